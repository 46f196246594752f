// SPDX-License-Identifier: BSD-2-Clause
#include <cstdlib>

#include "libntp/nts/ke_client.h"

namespace {

using ntp::nts::KeClient;

KeClient fed(ntp::ByteView data, std::size_t step) {
  using ntp::crypto::AeadId;
  KeClient client({AeadId::Aes128GcmSiv, AeadId::AesSivCmac256, AeadId::AesSivCmac512});
  while (!data.empty()) {
    const std::size_t size = step < data.size() ? step : data.size();
    client.feed(data.first(size));
    data = data.subspan(size);
  }
  client.end();
  return client;
}

}  // namespace

// Any reply to a key establishment: the client ends with cookies that can be used or a reason that
// can be logged, however the reply is split.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ntp::ByteView reply(data, size);
  const KeClient whole = fed(reply, size + 1);
  const KeClient split = fed(reply, 1 + (size == 0 ? 0 : data[size - 1] % 7));
  if (whole.state() == KeClient::State::Reading || whole.state() != split.state()) std::abort();
  const auto& agreement = whole.agreement();
  if (whole.state() == KeClient::State::Failed) {
    if (whole.error() != split.error() || whole.error().empty()) std::abort();
    for (const char c : whole.error()) {
      if (c < ' ' || c > '~') std::abort();
    }
    return 0;
  }
  if (agreement.cookies.empty() || agreement.port == 0 || agreement.server.size() > 255) {
    std::abort();
  }
  for (const auto& cookie : agreement.cookies) {
    if (!ntp::nts::Cookie::is_usable(cookie.size())) std::abort();
  }
  return 0;
}
