// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libntp/config/settings.h"
#include "libntp/core/address.h"
#include "libntp/core/devices.h"
#include "libntp/core/refid.h"
#include "libntp/core/result.h"
#include "libntp/core/time.h"
#include "libntp/sync/selection.h"

namespace ntp::refclock {

class Feed;

/// How a clock does; the values stand in the clock status word of mode 6.
enum class ClockEvent : std::uint8_t {
  Nominal = 0,
  Timeout = 1,    // no reply
  BadFormat = 2,  // a reply that can't be read
  Fault = 3,      // the device can't be used
  BadSignal = 4,
  BadDate = 5,
  BadTime = 6,
};

/// What a driver may know of the daemon at the moment of a call.
struct Moment {
  MonoTime mono;
  WallTime wall;
  /// The system has the time from some source.
  bool synchronized = false;
  /// It follows another source than this one.
  bool others_lead = false;
};

/// A clock variable of a driver's own, for mode 6.
struct Variable {
  std::string name;
  std::string text;
  bool quoted = true;
  /// False: given only if it is asked for by its name.
  bool listed = true;
};

/// Turns what a device says into samples, which go into the Feed it was made with. It holds the
/// device and nothing else of the host, and may be called at any time with anything.
class Driver {
 public:
  virtual ~Driver() = default;
  /// Opens what it needs. Called at the start, and again after a failure, or after close().
  virtual Result<void> open(Devices& devices) = 0;
  /// Lets go of the device, which is in trouble.
  virtual void close() = 0;
  /// Once a second, while open.
  virtual void tick(const Moment& /*now*/) {}
  /// At each poll, right before the samples since the last one are used: asks the device,
  /// writes clockstats. Gives what is wrong if there are no samples; nothing if this poll doesn't
  /// count, and its samples don't either.
  virtual std::optional<ClockEvent> poll(const Moment& now) = 0;
  /// What it tells beside what all clocks do.
  [[nodiscard]] virtual std::vector<Variable> variables() const { return {}; }
  /// The own clock was stepped: stamps of before mean nothing any more. Samples don't count for two
  /// ticks from now.
  virtual void clock_stepped() {}
};

/// A driver as the registry knows it.
struct DriverInfo {
  /// As ntpq shows it: `SHM`. In lower case it is the word of ntp.conf.
  std::string_view name;
  std::string_view description;
  /// The type t of the address 127.127.t.u.
  int number = 0;
  /// Without `path`; `%u` is the unit. Empty: there is no device, or it has no default.
  std::string_view device;
  std::string_view refid;
  int stratum = 0;
  /// log2 s, to begin with; 0: that of the own clock.
  int precision = 0;
  /// The time source code of the system status word: 1 PPS, 2 long wave, 3 short wave, 4 UHF and
  /// satellites, 5 local, 9 telephone.
  int source_code = 4;
  sync::SourceKind kind = sync::SourceKind::Refclock;
  /// False: the driver has nothing to do each second.
  bool ticks = true;
  enum class Path : std::uint8_t {
    Device,
    Socket,  // that the driver makes
    Label,   // by which another program knows a device
    Pulse    // of `ppspath`
  };
  Path path = Path::Device;
  /// Whether there is such a `mode`; null: each is fine.
  bool (*knows_mode)(int mode) = nullptr;
  /// What else in the settings keeps the clock from ever telling the time; null: nothing can.
  std::optional<std::string> (*trouble_with)(const config::SourceSettings& settings) = nullptr;
  /// Changes the polls of ntp.conf to those that the driver insists on; null: it has none.
  void (*set_polls)(config::SourceSettings& settings) = nullptr;
  std::unique_ptr<Driver> (*make)(Feed& feed) = nullptr;
};

/// The driver of this name (lower case); null if none is built in.
const DriverInfo* find_driver(std::string_view name);
/// `local, pps, …`: those that are built in, in lower case.
std::string built_in_drivers();

/// 127.127.t.u.
Address pseudo_address(int number, int unit);

/// Why a clock with these settings never tells the time; nothing if it can.
std::optional<std::string> trouble_with(const DriverInfo& info,
                                        const config::SourceSettings& settings);
/// The settings, with the polls that the driver insists on.
config::SourceSettings with_polls(const DriverInfo& info, config::SourceSettings settings);

/// The path of the device of a clock: its own, or the driver's default.
std::string device_path(const DriverInfo& info, const config::SourceSettings& settings);
/// A pattern with the unit in place of `%u`.
std::string with_unit(std::string_view pattern, int unit);

}  // namespace ntp::refclock
