// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "libntp/core/devices.h"
#include "libntp/core/seams.h"

namespace ntp::io {

/// What a network interface can stamp by itself (ETHTOOL_GET_TS_INFO).
struct StampingAbility {
  bool transmit = false;
  bool receive = false;
  std::uint32_t receive_filters = 0;  // 1 << HWTSTAMP_FILTER_…
  int clock = -1;                     // the N of /dev/ptpN; -1: none
};

/// The host's interfaces, as far as stamps go.
class StampingInterfaces {
 public:
  virtual ~StampingInterfaces() = default;
  /// Those that are up, but for loopback.
  [[nodiscard]] virtual std::vector<std::string> names() const = 0;
  /// As sockets tell where a datagram came in; 0 if there is no such interface.
  [[nodiscard]] virtual std::uint32_t index_of(const std::string& name) const = 0;
  virtual Result<StampingAbility> ability_of(const std::string& name) = 0;
  /// Has it stamp what is sent and, by one HWTSTAMP_FILTER_, what is received.
  virtual Result<void> enable(const std::string& name, bool transmit, int filter) = 0;
  virtual Result<std::unique_ptr<HardwareClock>> open_clock(int number) = 0;
};
std::unique_ptr<StampingInterfaces> linux_stamping_interfaces();

/// The receive filter to ask for: packets of NTP, else all; nothing if neither can be had.
[[nodiscard]] std::optional<int> receive_filter(const StampingAbility& ability);

/// One moment by both clocks.
struct ClockPair {
  WallTime system{};
  Duration hardware{};
};
/// Of several readings the one that took the least time, in its middle; nothing of none.
[[nodiscard]] std::optional<ClockPair> best_pair(std::span<const HardwareReading> readings);

/// Stamps that interfaces make (`hwtimestamp`), in the time of the system's clock.
class HardwareStamps {
 public:
  HardwareStamps(std::unique_ptr<StampingInterfaces> interfaces, Log& log);
  ~HardwareStamps();

  /// Switches the stamps on for these interfaces, `*` being all that can. The log says for each
  /// that is named what it does, or why it does nothing. What was on stays on: others may use it.
  void enable(const std::vector<std::string>& wanted);
  [[nodiscard]] bool any() const { return !clocks_.empty(); }

  /// The system's time of a stamp of the interface (0: not known, which is enough if there is only
  /// one), with the clocks compared at `now`. Nothing if it can't be told, or if it is not within
  /// a tenth of a second of `near`, which is about when it was: such a clock is broken.
  std::optional<WallTime> to_wall(std::uint32_t interface, Duration stamp, WallTime near,
                                  MonoTime now);

 private:
  struct Clock {
    std::string name;
    std::unique_ptr<HardwareClock> device;
    std::optional<ClockPair> pair;
    MonoTime compared{};
    bool told_broken = false;
  };
  void enable_one(const std::string& name, bool named);
  std::optional<ClockPair> compare(Clock& clock, MonoTime now);

  std::unique_ptr<StampingInterfaces> interfaces_;
  Log& log_;
  std::map<std::uint32_t, Clock> clocks_;
};

}  // namespace ntp::io
