// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <memory>
#include <string>

#include "libntp/core/devices.h"

namespace ntp::os {

/// A PTP hardware clock of Linux, such as /dev/ptp0. Reads it in the best way that the kernel and
/// the device offer: cross time stamps, system stamps around each reading, or between them.
Result<std::unique_ptr<HardwareClock>> open_hardware_clock(const std::string& path);

}  // namespace ntp::os
