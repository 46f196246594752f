// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/server/nts_side.h"

#include <utility>

namespace ntp::server {

NtsCounters operator-(const NtsCounters& now, const NtsCounters& before) {
  NtsCounters since = now;
  since.sent -= before.sent;
  since.good -= before.good;
  since.bad -= before.bad;
  since.not_server -= before.not_server;
  nts::CookieCounters& cookies = since.cookies;
  cookies.made -= before.cookies.made;
  cookies.decode_total -= before.cookies.decode_total;
  cookies.decode_current -= before.cookies.decode_current;
  cookies.decode_old -= before.cookies.decode_old;
  cookies.decode_old2 -= before.cookies.decode_old2;
  cookies.decode_older -= before.cookies.decode_older;
  cookies.decode_too_old -= before.cookies.decode_too_old;
  cookies.decode_error -= before.cookies.decode_error;
  return since;
}

Result<std::unique_ptr<NtsSide>> NtsSide::make(const nts::CookieKeys& keys, Random& random) {
  auto cookies = nts::CookieBox::make(keys);
  if (!cookies) return fail(cookies.error().message);
  std::unique_ptr<NtsSide> side(new NtsSide(std::move(*cookies), random));
  auto packets = nts::ServerPackets::make(side->cookies_, side->random_);
  if (!packets) return fail(packets.error().message);
  side->packets_ = std::move(*packets);
  return side;
}

NtsCounters NtsSide::counters() const {
  const auto& packets = packets_->counters();
  return {packets.sent, packets.good, packets.bad, 0, cookies_.counters()};
}

}  // namespace ntp::server
