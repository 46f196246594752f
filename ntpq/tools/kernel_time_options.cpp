// SPDX-License-Identifier: BSD-2-Clause
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>

#include "ntpq/command_line.h"
#include "ntpq/number.h"
#include "ntpq/tools/kernel_time.h"

namespace ntp::tools {
namespace {

using ntpq::CommandLine;
using ntpq::EarlyExit;

constexpr std::string_view kLetters = "MNT:cde:f:hjm:o:rs:t:V";
constexpr ntpq::OptionSet kOptions{kLetters, {}};
constexpr std::string_view kUsage = R"(usage: ntptime [-MNT:cde:f:hjm:o:rs:t:V]

-M		have the kernel count in microseconds
-N		have the kernel count in nanoseconds
-T seconds	set TAI - UTC
-c		show how the time moves on from call to call (us)
-e error	set the estimated error (us)
-f frequency	set the frequency correction (ppm)
-h		print this text
-j		print JSON
-m error	set the maximum error (us)
-o offset	set the offset of the kernel's loop (ns)
-r		show the times as the kernel has them, too
-s status	set the status bits
-t constant	set the time constant of the kernel's loop (log2 s)
-V		print the version
)";

EarlyExit usage() { return {std::string(kUsage), false, 2}; }

bool take_frequency(const std::string& text, timex& wanted) {
  constexpr double kMost = 500;
  const auto value = ntpq::parse_real(text);
  if (!value || !(std::fabs(*value) <= kMost)) return false;
  wanted.freq = std::lround(*value * kFrequencyUnit);
  wanted.modes |= ADJ_FREQUENCY;
  return true;
}

bool take_number(const CommandLine::Switch& given, timex& wanted) {
  constexpr std::int64_t kMost = std::numeric_limits<std::int32_t>::max();
  constexpr std::int64_t kMostStatus = 0xff;
  const auto value = ntpq::parse_decimal(given.value);
  if (!value || *value > kMost || *value < -kMost) return false;
  const auto number = static_cast<long>(*value);
  switch (given.letter) {
    case 'T':
      // NTPsec: only this, whatever came before.
      wanted.modes = ADJ_TAI;
      wanted.constant = number;
      return true;
    case 'e':
      wanted.modes |= ADJ_ESTERROR;
      wanted.esterror = number;
      return true;
    case 'm':
      wanted.modes |= ADJ_MAXERROR;
      wanted.maxerror = number;
      return true;
    case 'o':
      wanted.modes |= ADJ_OFFSET;
      wanted.offset = number;
      return true;
    case 's':
      wanted.modes |= ADJ_STATUS;
      wanted.status = static_cast<int>(number);
      return number >= 0 && number <= kMostStatus;
    case 't':
      wanted.modes |= ADJ_TIMECONST;
      wanted.constant = number;
      return true;
    default:
      return false;
  }
}

}  // namespace

Result<KernelTimeOptions, EarlyExit> parse_kernel_time_options(
    std::span<const std::string> arguments) {
  const auto line = read_command_line(arguments, kOptions);
  if (!line || !line->words.empty()) return fail(usage());
  KernelTimeOptions options;
  for (const CommandLine::Switch& given : line->switches) {
    bool good = true;
    switch (given.letter) {
      case 'M':
        options.wanted.modes |= ADJ_MICRO;
        break;
      case 'N':
        options.wanted.modes |= ADJ_NANO;
        break;
      case 'c':
        options.cost = true;
        break;
      case 'j':
        options.json = true;
        break;
      case 'r':
        options.raw = true;
        break;
      case 'V':
        return fail(ntpq::version_of("ntptime"));
      case 'f':
        good = take_frequency(given.value, options.wanted);
        break;
      default:
        good = take_number(given, options.wanted);
    }
    if (!good) return fail(usage());
  }
  return options;
}

}  // namespace ntp::tools
