// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <memory>

#include "libntp/nts/client_packets.h"
#include "libntp/nts/cookie_jar.h"
#include "libntp/nts/key_establishment.h"

namespace ntp::association {

/// What a client has of its server's keys and cookies, and the request that is protected by them.
class NtsSession {
 public:
  /// Other keys and cookies in place of all there are. A request under way can still be answered
  /// under its own. Fails, and changes nothing, where OpenSSL does not do the algorithm.
  Result<void> adopt(const nts::KeResult& result);

  [[nodiscard]] bool established() const { return packets_ != nullptr; }
  [[nodiscard]] std::size_t cookies() const { return jar_.size(); }
  /// New keys are due: no cookie is left, or the server has said that it can't open them, and
  /// nothing genuine came since.
  [[nodiscard]] bool wants_keys() const { return jar_.empty() || refused_; }

  /// A request with this transmit stamp, with a fresh identifier and a cookie that goes nowhere
  /// else; gives its size, or 0 without a cookie.
  std::size_t make_request(NtpTimestamp transmit, Random& random, ByteSpan packet);
  /// Judges an answer to the last request.
  nts::ReplyVerdict judge(ByteView datagram);
  /// The answer was a NAK, and the request has got no other.
  void take_nak();
  /// Keeps the cookies of the answer judged last, which was Genuine.
  void keep_cookies();

 private:
  nts::CookieJar jar_;
  nts::UniqueId unique_id_{};
  std::shared_ptr<nts::ClientPackets> packets_;
  /// What the last request was made with.
  std::shared_ptr<nts::ClientPackets> asked_with_;
  bool refused_ = false;
  nts::Reply reply_;
};

}  // namespace ntp::association
