// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/refclock/driver.h"
#include "ntpd/refclock/local.h"

namespace ntp::refclock {

Address pseudo_address(int number, int unit) {
  return Address::v4(0x7f7f0000U | static_cast<std::uint32_t>(number & 0xff) << 8 |
                     static_cast<std::uint32_t>(unit & 0xff));
}

Result<std::unique_ptr<Driver>> make_driver(const config::SourceSettings& settings) {
  if (settings.driver == "local") return std::unique_ptr<Driver>(std::make_unique<LocalDriver>());
  return fail("reference clock driver " + settings.driver + " is not built in");
}

}  // namespace ntp::refclock
