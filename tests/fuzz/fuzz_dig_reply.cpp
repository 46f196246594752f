// SPDX-License-Identifier: BSD-2-Clause
// What servers may send to ntpdig, and what it prints of that: finite numbers in a line of text or
// in one JSON object, and nothing that could steer a terminal.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <sstream>
#include <string>

#include "ntpq/tools/dig.h"
#include "ntpq/tools/dig_reply.h"
#include "tests/unit/ntpq/tools/dig_host.h"

namespace {

namespace tools = ntp::tools;

void require(bool condition) {
  if (!condition) std::abort();
}

void require_harmless(std::string_view text) {
  for (const char character : text) {
    require((character >= ' ' && character <= '~') || character == '\n');
  }
}

/// The input in pieces, each preceded by its length. Of an even length the origin stamp becomes the
/// one that was asked with, so that the reply counts.
std::vector<tools::FakeDigHost::Coming> replies(ntp::ByteView input, ntp::ByteView request) {
  constexpr std::ptrdiff_t kOrigin = 24;
  constexpr std::ptrdiff_t kTransmit = 40;
  constexpr std::ptrdiff_t kStamp = 8;
  std::vector<tools::FakeDigHost::Coming> coming;
  while (!input.empty() && coming.size() < 20) {
    const std::size_t size = std::min<std::size_t>(input[0], input.size() - 1);
    std::vector<std::uint8_t> datagram(input.begin() + 1,
                                       input.begin() + 1 + static_cast<std::ptrdiff_t>(size));
    if (size % 2 == 0 && size >= static_cast<std::size_t>(kOrigin + kStamp)) {
      std::copy_n(request.begin() + kTransmit, kStamp, datagram.begin() + kOrigin);
    }
    coming.push_back({std::chrono::milliseconds(coming.size()), std::move(datagram)});
    input = input.subspan(1 + size);
  }
  return coming;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ntp::ByteView input(data, size);
  for (const bool keyed : {false, true}) {
    tools::FakeDigHost host(
        [&](const ntp::Address&, ntp::ByteView request) { return replies(input, request); });
    host.files["keys"] = "1 AES 00112233445566778899aabbccddeeff\n";
    tools::DigOptions options;
    options.hosts = {"192.0.2.1", "2001:db8::1"};
    options.json = keyed;
    options.debug = 1;
    options.samples = 2;
    options.step = options.slew = true;
    if (keyed) {
      options.key_id = 1;
      options.key_file = "keys";
    }
    std::ostringstream out;
    std::ostringstream log;
    const int status = tools::run_dig(options, host, out, log);
    require(status == 0 || status == 1);
    require((status == 0) == !out.str().empty());
    require_harmless(out.str());
    require_harmless(log.str());
    require(out.str().find("nan") == std::string::npos &&
            out.str().find("inf") == std::string::npos);
  }
  if (const auto replayed = tools::parse_replay(ntp::as_text(input))) {
    require_harmless(tools::report_text(*replayed));
    require_harmless(tools::report_json(*replayed, false));
    require_harmless(tools::report_stamps(*replayed));
  }
  return 0;
}
