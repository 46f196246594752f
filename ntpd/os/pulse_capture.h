// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <memory>
#include <string>

#include "libntp/core/devices.h"

namespace ntp::os {

/// A PPS device of Linux, such as /dev/pps0. That the kernel captures needs CAP_SYS_TIME.
Result<std::unique_ptr<PulseCapture>> open_pulse_capture(const std::string& path);

}  // namespace ntp::os
