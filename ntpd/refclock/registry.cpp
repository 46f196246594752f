// SPDX-License-Identifier: BSD-2-Clause
#include <algorithm>

#include "ntpd/refclock/driver.h"

// All drivers, one line each: its word in ntp.conf. Its file defines `extern const DriverInfo
// driver_WORD`.
#define REGULATOR_DRIVERS(X) \
  X(arbiter)                 \
  X(generic)                 \
  X(gpsd)                    \
  X(hpgps)                   \
  X(jjy)                     \
  X(local)                   \
  X(modem)                   \
  X(nmea)                    \
  X(oncore)                  \
  X(phc)                     \
  X(pps)                     \
  X(shm)                     \
  X(sock)                    \
  X(spectracom)              \
  X(trimble)                 \
  X(truetime)                \
  X(zyfer)

namespace ntp::refclock {

#define REGULATOR_DECLARE(word) extern const DriverInfo driver_##word;
REGULATOR_DRIVERS(REGULATOR_DECLARE)
#undef REGULATOR_DECLARE

namespace {

struct Entry {
  std::string_view word;
  const DriverInfo* info;
};
#define REGULATOR_ENTRY(word) {#word, &driver_##word},
constexpr Entry kDrivers[] = {REGULATOR_DRIVERS(REGULATOR_ENTRY)};
#undef REGULATOR_ENTRY

}  // namespace

const DriverInfo* find_driver(std::string_view name) {
  const auto* found = std::ranges::find(kDrivers, name, &Entry::word);
  return found == std::end(kDrivers) ? nullptr : found->info;
}

std::string built_in_drivers() {
  std::string names;
  for (const Entry& each : kDrivers) {
    names += (names.empty() ? "" : ", ") + std::string(each.word);
  }
  return names;
}

Address pseudo_address(int number, int unit) {
  return Address::v4(0x7f7f0000U | static_cast<std::uint32_t>(number & 0xff) << 8 |
                     static_cast<std::uint32_t>(unit & 0xff));
}

std::string with_unit(std::string_view pattern, int unit) {
  std::string path(pattern);
  if (const auto place = path.find("%u"); place != std::string::npos) {
    path.replace(place, 2, std::to_string(unit));
  }
  return path;
}

std::optional<std::string> trouble_with(const DriverInfo& info,
                                        const config::SourceSettings& settings) {
  if (info.knows_mode != nullptr && !info.knows_mode(settings.mode)) {
    return "there is no subtype " + std::to_string(settings.mode);
  }
  return info.trouble_with == nullptr ? std::nullopt : info.trouble_with(settings);
}

config::SourceSettings with_polls(const DriverInfo& info, config::SourceSettings settings) {
  if (info.set_polls != nullptr) info.set_polls(settings);
  return settings;
}

std::string device_path(const DriverInfo& info, const config::SourceSettings& settings) {
  return settings.path.empty() ? with_unit(info.device, settings.unit) : settings.path;
}

}  // namespace ntp::refclock
