// SPDX-License-Identifier: BSD-2-Clause
#include "libntp/leap/leap_second.h"

#include <cmath>
#include <cstdint>

namespace ntp::leap {
namespace {

using std::chrono::seconds;

constexpr seconds kUnannounced{3};
constexpr seconds kDisturbed{5};

constexpr std::uint32_t kSmearMark = 0xfe000000;
constexpr std::uint32_t kSmearBits = 0x00ffffff;
constexpr double kSmearUnits = 1 << 22;  // in a second

}  // namespace

LeapSecond LeapSecond::before(WallTime transition, int change, WallTime wall, MonoTime mono) {
  const Duration left = transition - wall;
  return {mono + left - (change < 0 ? seconds(1) : seconds(0)), change};
}

bool LeapSecond::is_happening(MonoTime now) const {
  return change != 0 && now >= moment - kUnannounced && now < moment + seconds(1);
}

bool LeapSecond::disturbs(MonoTime now) const {
  return change != 0 && now >= moment - kDisturbed && now < moment + kDisturbed;
}

double smear_offset(const LeapSecond& leap, int interval, MonoTime now) {
  if (leap.change == 0 || interval <= 0 || now >= leap.moment) return 0;
  const double done = interval - to_seconds(leap.moment - now);
  return done <= 0 ? 0 : -leap.change * done / interval;
}

RefId smear_reference_id(double offset) {
  const auto units = static_cast<std::int32_t>(std::lround(offset * kSmearUnits));
  return RefId(kSmearMark | (static_cast<std::uint32_t>(units) & kSmearBits));
}

std::optional<double> smear_of(RefId reference_id) {
  if ((reference_id.raw() & ~kSmearBits) != kSmearMark) return std::nullopt;
  auto units = static_cast<std::int32_t>(reference_id.raw() & kSmearBits);
  if (units >= 1 << 23) units -= 1 << 24;
  const double offset = units / kSmearUnits;
  return std::abs(offset) <= 1 ? std::optional(offset) : std::nullopt;
}

}  // namespace ntp::leap
