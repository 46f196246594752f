// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/association/nts_session.h"

#include <utility>

namespace ntp::association {

Result<void> NtsSession::adopt(const nts::KeResult& result) {
  auto packets = nts::ClientPackets::make(result.keys);
  if (!packets) return Failure<Error>{packets.error()};
  packets_ = std::make_shared<nts::ClientPackets>(std::move(*packets));
  jar_.clear();
  jar_.add(result.agreement.cookies);
  refused_ = false;
  return {};
}

std::size_t NtsSession::make_request(NtpTimestamp transmit, Random& random, ByteSpan packet) {
  asked_with_.reset();
  const auto cookie = jar_.take();
  if (!cookie || !packets_) return 0;
  nts::write_client_header(transmit, packet);
  random.fill(unique_id_);
  asked_with_ = packets_;
  return packets_->protect(unique_id_, *cookie, jar_.placeholders(*cookie), random, packet);
}

nts::ReplyVerdict NtsSession::judge(ByteView datagram) {
  if (!asked_with_) return nts::ReplyVerdict::NotOurs;
  return asked_with_->verify(datagram, unique_id_, reply_);
}

void NtsSession::take_nak() {
  // New keys may have come since; then it is of the old ones.
  if (asked_with_ == packets_) refused_ = true;
}

void NtsSession::keep_cookies() {
  if (asked_with_ != packets_) return;
  jar_.add(reply_.cookies);
  refused_ = false;
}

}  // namespace ntp::association
