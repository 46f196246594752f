// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <memory>
#include <string>

#include "libntp/core/devices.h"

namespace ntp::os {

/// A PTP device of Linux, as far as its clock is read; tests play it.
class PtpDevice {
 public:
  virtual ~PtpDevice() = default;
  /// An ioctl of linux/ptp_clock.h: 0, or the errno.
  virtual int call(unsigned long request, void* data) = 0;
  /// What tells how long a call takes.
  [[nodiscard]] virtual MonoTime now() const = 0;
};

/// A PTP hardware clock of Linux, such as /dev/ptp0. Reads it in the best way that the kernel and
/// the device offer: cross time stamps, system stamps around each reading, or between them.
Result<std::unique_ptr<HardwareClock>> open_hardware_clock(const std::string& path);

/// The same of a device that is open; `path` is for what is said of it.
std::unique_ptr<HardwareClock> make_hardware_clock(std::unique_ptr<PtpDevice> device,
                                                   std::string path);

}  // namespace ntp::os
