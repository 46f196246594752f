// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <functional>

#include "libntp/wire/extension.h"
#include "libntp/wire/packet.h"
#include "ntpd/association/association.h"
#include "ntpd/association/nts_establisher.h"
#include "ntpd/association/nts_session.h"

namespace ntp::association {

/// A server of the network, given by a `server` line or found by a pool, asked in client mode.
class ServerAssociation final : public Association {
 public:
  /// Polls without an answer after which a server is asked ever more rarely and its name looked up
  /// anew, and a pool member is given up if there are enough without it (NTPsec: NTP_UNREACH).
  static constexpr unsigned kDeadPolls = 10;

  enum class Origin : std::uint8_t { Configured, PoolMember };
  /// True if another association asks there already.
  using InUse = std::function<bool(const Endpoint&)>;

  /// `pool_address` is set for pool members; others take the address of their line or look its
  /// name up. The first packet leaves at `first`.
  ServerAssociation(Id id, const config::SourceSettings& settings, Address pool_address,
                    const Context& context, MonoTime first, InUse in_use);

  Actions on_timer(const Context& context) override;
  Actions resolved(const Result<std::vector<Address>>& addresses, const Context& context) override;
  Actions established(const Result<nts::KeResult>& result, const Context& context) override;
  void hurry(const Context& context) override;
  /// With `nts`: these keys are to be used from now on.
  Actions adopt(const NtsGrant& grant, const Context& context);
  void clock_stepped(const Context& context) override;

  /// The request of the last Send leaves now, as the `number`-th datagram of its port.
  void sent(WallTime now, std::uint32_t number);
  /// The kernel saw that datagram leave.
  void transmit_stamped(std::uint32_t number, WallTime when);
  /// The request could not be sent at all.
  void send_failed(const std::string& why);
  /// The network says that the request did not arrive. Anybody may say so, so it is only shown.
  void undelivered(const std::string& why) { send_error_ = why; }
  /// A reply was dropped by the own access list.
  void count_restricted() { ++restricted_; }
  /// The address that requests leave from.
  void set_local(const Endpoint& local) { local_ = local; }
  /// Whether replies need a MAC: those of a server with a key need one by that key anyhow.
  enum class Trust : std::uint8_t { Anyone, KeyHoldersOnly };
  /// A datagram from the server's address and port. Nothing if it is no reply of NTP at all; with
  /// NTS that, too, is a reply without protection.
  std::optional<Actions> on_datagram(const Datagram& datagram, const Context& context,
                                     Trust trust = Trust::Anyone);
  /// Replies with a missing or wrong MAC, and requests that had no key to be signed with.
  [[nodiscard]] std::uint64_t bad_authentication() const { return bad_authentication_; }
  /// Datagrams that NTS does not vouch for, and copies of replies.
  [[nodiscard]] std::uint64_t declined() const { return declined_; }

  [[nodiscard]] bool active() const override;
  [[nodiscard]] bool dead() const override;
  [[nodiscard]] Origin origin() const { return origin_; }
  [[nodiscard]] control::PeerView view(const Context& context) const override;

 protected:
  [[nodiscard]] bool loops(const Context& context) const override;

 private:
  [[nodiscard]] bool named() const { return !literal_ && origin_ == Origin::Configured; }
  void look_up(const Context& context, Actions& actions);
  void move_to(const Endpoint& server, RefId reference_id, const Context& context);

  // server_association_nts.cpp
  /// Asks for keys if they are wanted and it is time; says whether a poll is due all the same.
  bool see_to_keys(const Context& context, Actions& actions);
  void await_keys(const Context& context);
  void send_protected(const Context& context, Actions& actions);
  Actions on_protected(const Datagram& datagram, const Context& context);
  void decline(std::string_view why, const Context& context, Actions& actions);

  void take_reply(const wire::Header& reply, WallTime received, const Context& context,
                  Actions& actions);
  void send_request(const Context& context, Actions& actions);
  [[nodiscard]] bool is_authentic(const wire::PacketLayout& reply, ByteView octets,
                                  const Context& context, Trust trust) const;
  void take_unauthentic(const wire::Header& reply, Actions& actions);
  void take_kiss(const wire::Header& reply, const Context& context, Actions& actions);
  void take_answer(const wire::Header& reply, WallTime received, unsigned lost,
                   const Context& context, Actions& actions);
  void reject(const wire::Header& reply, WallTime received, unsigned failed, unsigned lost,
              Actions& actions);

  const Origin origin_;
  InUse in_use_;
  bool literal_ = false;
  bool looking_up_ = false;
  int failed_look_ups_ = 0;
  MonoTime look_up_again_{};  // not before, of a dead server
  bool stopped_ = false;
  // Both or none, with `nts`.
  std::optional<NtsEstablisher> establisher_;
  std::optional<NtsSession> session_;
  /// The next poll, where the timer is set to an exchange that comes before it.
  std::optional<MonoTime> poll_due_;
  /// The last poll had no cookie to go out with.
  bool unsent_ = false;

  Endpoint local_;
  bool want_fresh_port_ = true;
  PendingRequest pending_;
  WallTime request_sent_{};
  std::uint32_t request_number_ = 0;
  /// Requests since the last answer, and replies to the last one that were rejected.
  unsigned unanswered_ = 0;
  unsigned rejected_ = 0;
  bool authentic_ = false;
  int mode_ = 0;
  NtpTimestamp last_transmit_;

  std::uint64_t bad_authentication_ = 0;
  std::uint64_t declined_ = 0;
  std::uint64_t bogus_origin_ = 0;
  std::uint64_t old_packet_ = 0;
  std::uint64_t kisses_ = 0;

  // Why there is no time from here, for clients of mode 6; empty after something better.
  std::string dns_error_;
  std::string send_error_;
  std::string kiss_code_;
  std::string declined_as_;
  std::uint64_t restricted_ = 0;
};

}  // namespace ntp::association
