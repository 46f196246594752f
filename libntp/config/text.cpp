// SPDX-License-Identifier: BSD-2-Clause
#include "libntp/config/text.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace ntp::config {
namespace {

struct Driver {
  int type;
  std::string_view name;
};

constexpr auto kDrivers = std::to_array<Driver>({{1, "local"},
                                                 {4, "spectracom"},
                                                 {5, "truetime"},
                                                 {8, "generic"},
                                                 {11, "arbiter"},
                                                 {18, "modem"},
                                                 {20, "nmea"},
                                                 {22, "pps"},
                                                 {26, "hpgps"},
                                                 {28, "shm"},
                                                 {29, "trimble"},
                                                 {30, "oncore"},
                                                 {40, "jjy"},
                                                 {42, "zyfer"},
                                                 {46, "gpsd"},
                                                 {47, "phc"},
                                                 {48, "sock"}});

}  // namespace

std::string directory_of(const std::string& path) {
  const auto slash = path.rfind('/');
  if (slash == std::string::npos) return {};
  return slash == 0 ? "/" : path.substr(0, slash);
}

std::string to_lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

std::optional<long> parse_leading_integer(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  if (text.starts_with('+')) text.remove_prefix(1);
  long value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{}) return std::nullopt;
  return value;
}

std::optional<Address> parse_numeric_host(std::string_view text, Family family) {
  const auto bracket = text.starts_with('[') ? text.find(']') : std::string_view::npos;
  if (bracket != std::string_view::npos) text = text.substr(0, bracket + 1);
  const auto address = parse_address(text);
  if (!address || (family != Family::Any && address->family() != family)) return std::nullopt;
  return address;
}

std::optional<ClockAddress> parse_clock_address(std::string_view text) {
  const auto address = parse_address(text);
  if (!address || !address->is_v4()) return std::nullopt;
  const std::uint32_t value = address->v4_value();
  if (value >> 16 != 0x7f7f) return std::nullopt;
  return ClockAddress{static_cast<int>(value >> 8 & 0xff), static_cast<int>(value & 0xff)};
}

std::string clock_address(int type, int unit) {
  return "127.127." + std::to_string(type) + '.' + std::to_string(unit);
}

std::string_view driver_name(int type) {
  const auto driver = std::find_if(kDrivers.begin(), kDrivers.end(),
                                   [&](const Driver& each) { return each.type == type; });
  return driver == kDrivers.end() ? std::string_view{} : driver->name;
}

int driver_type(std::string_view name) {
  const std::string lower = to_lower(name);
  const auto driver = std::find_if(kDrivers.begin(), kDrivers.end(),
                                   [&](const Driver& each) { return each.name == lower; });
  return driver == kDrivers.end() ? 0 : driver->type;
}

std::string driver_names() {
  std::string names;
  for (const auto& driver : kDrivers) {
    if (!names.empty()) names += ' ';
    names += driver.name;
  }
  return names;
}

bool is_aead(std::string_view name) {
  // NTPsec has not the last one.
  return name == "AES_SIV_CMAC_256" || name == "AES_SIV_CMAC_384" || name == "AES_SIV_CMAC_512" ||
         name == "AES_128_GCM_SIV";
}

}  // namespace ntp::config
