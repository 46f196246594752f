// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "libntp/core/bytes.h"
#include "libntp/core/seams.h"
#include "libntp/crypto/aead.h"
#include "libntp/nts/cookie_box.h"
#include "libntp/nts/records.h"
#include "libntp/nts/session_keys.h"

namespace ntp::nts {

struct KeServerOptions {
  /// What the server can do; the client's order of preference decides. AEAD 30 is chosen only for a
  /// client that sent record 1024 (RFC 8915 and chrony differ without it).
  std::vector<crypto::AeadId> aeads;
  /// Sent to every client unless empty and 0.
  std::string server;
  std::uint16_t port = 0;
};

/// The server's side of one key establishment, without its transport. Feed it while it is Reading;
/// when Agreed export the keys for aead() and grant(); when Replied send reply() in one write and
/// close. Errors are replied, too.
class KeServer {
 public:
  enum class State : std::uint8_t { Reading, Agreed, Replied };
  /// What the reply says: cookies, that nothing suits both, or an Error record.
  enum class Outcome : std::uint8_t { Pending, Granted, NoCommonProtocol, NoCommonAead, Refused };
  /// Octets of the longest request that is read (RFC 8915 demands 1024).
  static constexpr std::size_t kMaxRequest = 2048;

  /// `options` outlive the object.
  explicit KeServer(const KeServerOptions& options) : options_(options) {}

  /// What comes behind the end of message is ignored: it may be on its way when the reply is made.
  State feed(ByteView data);
  /// The client has closed, or its time is up: an unfinished request is a bad one.
  State expire();
  /// When Agreed: eight cookies with these keys, whose `aead` is aead(). Where no cookie can be
  /// made, an Error record is the reply.
  State grant(const SessionKeys& keys, CookieBox& cookies, Random& random);
  /// When Agreed, but the keys can't be exported: an Error record, internal server error.
  State refuse(std::string reason);

  [[nodiscard]] State state() const { return state_; }
  [[nodiscard]] Outcome outcome() const { return outcome_; }
  /// When Agreed.
  [[nodiscard]] crypto::AeadId aead() const { return aead_; }
  /// When Replied: the whole message.
  [[nodiscard]] ByteView reply() const { return reply_; }
  /// Why the outcome is not Granted, fit for a log line.
  [[nodiscard]] const std::string& reason() const { return reason_; }

 private:
  void take(const Record& record);
  void take_protocol(const Record& record);
  void take_aead(const Record& record);
  void finish();
  State answer_without_cookies(Outcome outcome, std::string reason);
  void refuse(KeError error, std::string reason);

  const KeServerOptions& options_;
  std::vector<std::uint8_t> pending_;  // part of a record
  std::size_t received_ = 0;
  State state_ = State::Reading;
  Outcome outcome_ = Outcome::Pending;
  bool protocol_seen_ = false;
  bool aead_seen_ = false;
  bool ntpv4_ = false;
  bool compliant_gcm_siv_ = false;
  std::vector<crypto::AeadId> offered_;  // those that the server has, in the client's order
  crypto::AeadId aead_ = crypto::AeadId::AesSivCmac256;
  std::vector<std::uint8_t> reply_;
  std::string reason_;
};

}  // namespace ntp::nts
