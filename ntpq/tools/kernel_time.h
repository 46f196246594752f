// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <sys/timex.h>

#include <functional>
#include <iosfwd>
#include <span>
#include <string>

#include "libntp/core/result.h"
#include "ntpq/options.h"

/// ntptime: the kernel's clock variables, shown and, for root, set.
namespace ntp::tools {

/// The kernel's unit of frequencies is this part of 1 ppm.
inline constexpr double kFrequencyUnit = 65536;

struct KernelTimeOptions {
  /// What is to be set; no modes: nothing. The offset is in ns whatever the kernel's unit, the
  /// time constant is that of a kernel which counts in ns.
  timex wanted{};
  bool cost = false;
  bool json = false;
  bool raw = false;
};

Result<KernelTimeOptions, ntpq::EarlyExit> parse_kernel_time_options(
    std::span<const std::string> arguments);

/// adjtimex(2): the state of the clock, or a negative errno.
using KernelCall = std::function<int(timex& fields)>;

/// Returns the exit status: 1 if the kernel refused.
int run_kernel_time(const KernelTimeOptions& options, const KernelCall& kernel, std::ostream& out,
                    std::ostream& err);

}  // namespace ntp::tools
