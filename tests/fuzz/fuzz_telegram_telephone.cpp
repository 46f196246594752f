// SPDX-License-Identifier: BSD-2-Clause
#include <cstddef>
#include <cstdint>

#include "libntp/core/bytes.h"
#include "ntpd/refclock/telegram/dialup.h"
#include "ntpd/refclock/telegram/jjy.h"
#include "tests/fuzz/telegram_check.h"

using namespace ntp;
using namespace ntp::refclock::telegram;

/// Any line is one of a time service or of a receiver of JJY, or is refused.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view line = as_text(ByteView(data, size));
  if (const auto dialup = decode_dialup(line); dialup && *dialup) check((**dialup).decoded);
  check(decode_jst2000(line));
  check(decode_lt2000(line));
  check(decode_jjy200(line));
  check(decode_tdc300(line));
  (void)decode_tristate_date(line);
  (void)decode_tristate_time(line);
  (void)decode_teljjy_date(line);
  (void)decode_teljjy_time(line);
  (void)decode_teljjy_leap(line);
  return 0;
}
