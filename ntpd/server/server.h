// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "libntp/config/settings.h"
#include "libntp/core/seams.h"
#include "ntpd/server/access_table.h"
#include "ntpd/server/counters.h"
#include "ntpd/server/nts_side.h"
#include "ntpd/server/recent_list.h"
#include "ntpd/server/responder.h"
#include "ntpd/server/snapshot.h"

namespace ntp::server {

/// What is to be done about a datagram.
struct Outcome {
  /// Sign: the reply in the buffer goes out once the domain has signed it (DomainSigner).
  enum class Action : std::uint8_t { Drop, Reply, Sign, Control };
  Action action = Action::Drop;
  /// Of the reply in the buffer.
  std::size_t size = 0;
  /// Why it is dropped.
  std::optional<DropReason> reason;
  /// The restrict flags in force, `limited` and `kod` only if the sender is over the limit.
  std::uint32_t flags = 0;
  /// What is wrong with a request under NTS, fit for a log line; empty if nothing is.
  std::string_view nts_flaw = {};
};

/// The server side: who may ask, how often, and what the answer is. It decides in the order of
/// NTPsec. Not for use by several threads at once; nothing is allocated for a packet but, up to
/// their limit, entries of the list of recent clients.
class Server {
 public:
  /// Host names among the restrictions are asked of `lookup`, once.
  Server(const config::Settings& settings, Random& random,
         const AccessTable::HostLookup& lookup = {});

  /// What requests are answered from now on.
  void publish(const ServerSnapshot& snapshot) { snapshot_ = snapshot; }
  /// Judges a datagram. For Reply the answer stands in `out`, which has room for kMaxReply octets;
  /// for Control the caller lets the control room answer.
  Outcome handle(const Datagram& datagram, const Clock& clock, ByteSpan out);
  /// Forgets the recent clients, whose stamps no longer mean anything.
  void clock_stepped() { recent_.clear(); }
  /// Other limits of rate and memory from now on.
  void reconfigure(const config::Settings& settings);
  /// Counts a datagram that came as an answer to an own request, and what was wrong with it.
  void count_reply(ByteView datagram, std::optional<DropReason> reason = std::nullopt);

  /// Counts a request that was let in and then refused by the restrict list (`nomodify`, …).
  void count_refusal() { count(DropReason::Restricted); }

  /// The keys that sign and check from now on; they outlive the server. Without any, each MAC is
  /// wrong.
  void use_keys(crypto::KeyRing& keys) { keys_ = &keys; }

  /// Protected requests (NTS) are answered by these keys from now on, and not at all with null.
  /// Fails, and all stays as it is, if OpenSSL on this host gives no or wrong results.
  Result<void> set_cookie_keys(const nts::CookieKeys* keys);

  /// Replaces the restrict list; its hit counts start anew.
  void set_access(AccessTable table);
  /// See AccessTable::poke_hole(). Hit counts go on.
  AccessTable::Hole poke_hole(const Endpoint& source, bool authenticated);
  [[nodiscard]] const AccessTable& access() const { return access_; }
  /// How often each entry of access() has matched.
  [[nodiscard]] const std::vector<std::uint64_t>& hits() const { return hits_; }

  [[nodiscard]] const RecentList& recent() const { return recent_; }
  [[nodiscard]] const Counters& counters() const { return counters_; }
  /// From here on the variables `ss_…` and `nts_…_r` count anew; `ss_…_r` and `nts_…` go on.
  void start_period() {
    period_ = counters_;
    nts_period_ = nts_counters();
  }
  /// Counts since then; control requests are not told apart.
  [[nodiscard]] Counters period_counters() const;
  [[nodiscard]] NtsCounters nts_counters() const;
  [[nodiscard]] NtsCounters nts_period_counters() const { return nts_counters() - nts_period_; }
  /// The mode 6 variables `ss_…`, `mru_…`, `nts_server_…` and `nts_cookie_…` that are counts or
  /// limits of the server.
  [[nodiscard]] std::optional<std::uint64_t> counter(std::string_view name) const;

 private:
  struct Judgement {
    std::optional<DropReason> reason;
    std::uint32_t flags = 0;
  };

  void count_version1(ByteView datagram);
  [[nodiscard]] Judgement judge(const Datagram& datagram, const Kind& kind, MonoTime now);
  /// A request with the fields of NTS, when access list and rate limit have had their say.
  Outcome answer_protected(const Datagram& datagram, MonoTime now, const Clock& clock,
                           std::uint32_t flags, ByteSpan out);
  /// A request by a machine of a Windows domain, to be signed by others (NTPsec: by no key of
  /// ours).
  Outcome answer_unsigned(const Datagram& datagram, MonoTime now, const Clock& clock,
                          std::uint32_t flags, ByteSpan out);
  std::size_t write_protected(const Request& request, MonoTime now, const Clock& clock,
                              ByteSpan out);
  Outcome reply(std::size_t size, std::uint32_t flags);
  void count(DropReason reason);
  Outcome drop(DropReason reason, std::uint32_t flags);
  [[nodiscard]] bool remembers() const { return monitor_ || access_has_limits_; }
  [[nodiscard]] std::optional<std::uint64_t> recent_counter(std::string_view name) const;
  [[nodiscard]] std::optional<std::uint64_t> nts_counter(std::string_view name) const;

  Random& random_;
  bool monitor_;
  AccessTable access_;
  bool access_has_limits_ = false;
  std::vector<std::uint64_t> hits_;
  RecentList recent_;
  crypto::KeyRing* keys_ = nullptr;
  std::unique_ptr<NtsSide> nts_;  // kept for its counters when there are no keys any more
  bool nts_on_ = false;
  std::uint64_t nts_not_server_ = 0;
  NtsCounters nts_period_;
  ServerSnapshot snapshot_;
  Counters counters_;
  Counters period_;
  MonoTime last_received_{};
};

}  // namespace ntp::server
