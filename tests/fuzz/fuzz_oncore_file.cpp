// SPDX-License-Identifier: BSD-2-Clause
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "libntp/core/bytes.h"
#include "ntpd/refclock/oncore_file.h"

/// Any text is a file for an Oncore receiver, and what comes of it is within its limits.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using Mode = ntp::refclock::OncoreFile::Mode;
  const auto file = ntp::refclock::parse_oncore_file(ntp::as_text(ntp::ByteView(data, size)));
  if (file.delay < 0 || file.delay > 999'999 || file.offset < 0 || file.offset > 999'999'999) {
    std::abort();
  }
  if (file.position && (std::abs(file.position->latitude) > 90 * 3'600'000 ||
                        std::abs(file.position->longitude) > 360 * 3'600'000)) {
    std::abort();
  }
  if (!file.position && (file.mode == Mode::Hold || file.mode == Mode::ResetHold)) std::abort();
  if (file.mode > Mode::ResetSurvey || file.mask.value_or(0) > 89 || file.complaints.size() > 10) {
    std::abort();
  }
  return 0;
}
