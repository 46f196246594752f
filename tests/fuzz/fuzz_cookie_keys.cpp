// SPDX-License-Identifier: BSD-2-Clause
#include <cstdlib>

#include "libntp/nts/cookie_box.h"
#include "tests/support/fixed_host.h"

// A file of any content: what is read can be written and read again, makes cookies that open, and
// rotates.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using ntp::nts::CookieKeys;
  auto keys = CookieKeys::parse({reinterpret_cast<const char*>(data), size});
  if (!keys) {
    if (keys.error().message.empty()) std::abort();
    return 0;
  }
  if (keys->keys().empty() || keys->keys().size() > CookieKeys::kKept) std::abort();
  const auto again = CookieKeys::parse(keys->to_text());
  if (!again || *again != *keys) std::abort();
  auto box = ntp::nts::CookieBox::make(*keys);
  ntp::test::SeededRandom random;
  keys->rotate(ntp::WallTime(std::chrono::seconds(1'795'402'605)), random);
  if (!box || !box->set_keys(*keys)) std::abort();
  ntp::nts::SessionKeys session;
  session.c2s.resize(32);
  session.s2c.resize(32);
  std::vector<std::uint8_t> cookie(104);
  ntp::nts::SessionKeys opened;
  if (!box->seal(session, random, cookie) || !box->open(cookie, opened)) std::abort();
  if (opened != session) std::abort();
  return 0;
}
