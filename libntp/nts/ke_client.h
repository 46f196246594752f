// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "libntp/core/bytes.h"
#include "libntp/crypto/aead.h"
#include "libntp/nts/cookie_jar.h"
#include "libntp/nts/records.h"

namespace ntp::nts {

/// What a key establishment gave to the client. The keys come out of TLS (session_keys.h).
struct KeAgreement {
  crypto::AeadId aead = crypto::AeadId::AesSivCmac256;
  /// The server echoed record 1024. Without it, AEAD 30 may be that of an old chrony whose keys
  /// differ: where nothing but NAKs come, establish keys once more and offer 15 only.
  bool compliant_gcm_siv = false;
  CookieList cookies;
  /// How many cookies came; more than are kept, or some that can't be used.
  std::size_t cookies_received = 0;
  /// The time server's name, or its IPv4 or IPv6 address as text: 1 to 255 printable characters.
  /// Empty: the host of the key establishment. A name is absolute, and nothing has checked where it
  /// points.
  std::string server;
  /// Never 0.
  std::uint16_t port = 123;
};

/// The client's side of one key establishment, without its transport: send request(), feed what
/// comes until the state is no longer Reading. How the octets are split does not matter.
class KeClient {
 public:
  enum class State : std::uint8_t { Reading, Done, Failed };
  /// Octets of the longest reply that is read.
  static constexpr std::size_t kMaxReply = 65536;

  /// Offers these, at least one, in this order of preference.
  explicit KeClient(std::vector<crypto::AeadId> offer);

  /// All there is to send.
  [[nodiscard]] ByteView request() const { return request_; }
  State feed(ByteView data);
  /// The server has closed; an unfinished reply is a failure.
  State end();

  [[nodiscard]] State state() const { return state_; }
  /// When Done. The end of the message is all that counts, whether TLS is closed properly or not.
  [[nodiscard]] const KeAgreement& agreement() const { return agreement_; }
  /// When Failed: the reason, fit for a log line (printable, short, without the server's words).
  [[nodiscard]] const std::string& error() const { return error_; }

 private:
  State fail(std::string reason);
  void take(const Record& record);
  void take_protocol(const Record& record);
  void take_aead(const Record& record);
  void take_cookie(const Record& record);
  void take_server(const Record& record);
  void take_port(const Record& record);
  void finish(const Record& record);

  std::vector<crypto::AeadId> offer_;
  std::vector<std::uint8_t> request_;
  std::vector<std::uint8_t> pending_;  // part of a record
  std::size_t received_ = 0;
  State state_ = State::Reading;
  bool protocol_seen_ = false;
  bool aead_seen_ = false;
  bool port_seen_ = false;
  KeAgreement agreement_;
  std::string error_;
};

}  // namespace ntp::nts
