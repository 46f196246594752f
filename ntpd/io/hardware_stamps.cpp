// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/io/hardware_stamps.h"

#include <linux/net_tstamp.h>

#include <algorithm>
#include <utility>

namespace ntp::io {
namespace {

// Two clocks that drift by 100 ppm are 200 ns apart after that.
constexpr Duration kComparisonHolds = std::chrono::milliseconds(2);
constexpr int kReadings = 5;
constexpr Duration kPlausible = std::chrono::milliseconds(100);

}  // namespace

std::optional<int> receive_filter(const StampingAbility& ability) {
  if (!ability.receive) return std::nullopt;
  for (const int filter : {HWTSTAMP_FILTER_NTP_ALL, HWTSTAMP_FILTER_ALL}) {
    if ((ability.receive_filters & (1U << filter)) != 0) return filter;
  }
  return std::nullopt;
}

std::optional<ClockPair> best_pair(std::span<const HardwareReading> readings) {
  const auto best = std::min_element(
      readings.begin(), readings.end(),
      [](const auto& a, const auto& b) { return a.after - a.before < b.after - b.before; });
  if (best == readings.end() || best->after < best->before) return std::nullopt;
  return ClockPair{best->before + (best->after - best->before) / 2, best->device};
}

HardwareStamps::HardwareStamps(std::unique_ptr<StampingInterfaces> interfaces, Log& log)
    : interfaces_(std::move(interfaces)), log_(log) {}

HardwareStamps::~HardwareStamps() = default;

void HardwareStamps::enable(const std::vector<std::string>& wanted) {
  for (const std::string& name : wanted) {
    if (name != "*") {
      enable_one(name, true);
      continue;
    }
    for (const std::string& each : interfaces_->names()) enable_one(each, false);
    if (!any()) log_.warning("IO: hwtimestamp *: no interface stamps packets by itself");
  }
}

void HardwareStamps::enable_one(const std::string& name, bool named) {
  const auto refuse = [&](const std::string& why) {
    const std::string line = "IO: hwtimestamp " + name + ": " + why;
    if (named) {
      log_.error(line);
    } else {
      log_.debug(line);
    }
  };
  const std::uint32_t index = interfaces_->index_of(name);
  if (index == 0) return refuse("there is no such interface");
  if (clocks_.contains(index)) return;
  const auto ability = interfaces_->ability_of(name);
  if (!ability) return refuse(ability.error().message);
  const auto filter = receive_filter(*ability);
  if (ability->clock < 0 || (!ability->transmit && !filter)) {
    return refuse("it has no hardware stamps for NTP, the kernel's own are used");
  }
  auto device = interfaces_->open_clock(ability->clock);
  if (!device) return refuse(device.error().message);
  const auto enabled =
      interfaces_->enable(name, ability->transmit, filter.value_or(HWTSTAMP_FILTER_NONE));
  if (!enabled) return refuse(enabled.error().message);
  clocks_[index] = {name, std::move(*device), std::nullopt, {}, false};
  log_.info("IO: hwtimestamp " + name + ": stamps " +
            (ability->transmit && filter ? "sent and received packets"
             : filter                    ? "received packets only"
                                         : "sent packets only") +
            " by /dev/ptp" + std::to_string(ability->clock));
}

std::optional<ClockPair> HardwareStamps::compare(Clock& clock, MonoTime now) {
  const Duration age = now - clock.compared;
  if (clock.pair && age >= Duration::zero() && age < kComparisonHolds) return clock.pair;
  const auto readings = clock.device->read(kReadings);
  clock.pair = readings ? best_pair(*readings) : std::nullopt;
  clock.compared = now;
  return clock.pair;
}

std::optional<WallTime> HardwareStamps::to_wall(std::uint32_t interface, Duration stamp,
                                                WallTime near, MonoTime now) {
  auto found = clocks_.find(interface);
  if (found == clocks_.end() && interface == 0 && clocks_.size() == 1) found = clocks_.begin();
  if (found == clocks_.end()) return std::nullopt;
  Clock& clock = found->second;
  if (const auto pair = compare(clock, now)) {
    const WallTime wall = pair->system + (stamp - pair->hardware);
    if (std::chrono::abs(wall - near) <= kPlausible) return wall;
  }
  if (!std::exchange(clock.told_broken, true)) {
    log_.warning("IO: hwtimestamp " + clock.name +
                 ": its clock can't be read or does not run, the kernel's stamps are used");
  }
  return std::nullopt;
}

}  // namespace ntp::io
