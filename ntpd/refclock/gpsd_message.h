// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "libntp/core/time.h"

namespace ntp::refclock {

/// An object of gpsd's JSON protocol, as far as it tells of the time.
struct GpsdMessage {
  enum class Kind : std::uint8_t { Version, Watch, Tpv, Toff, Pps, Other };
  Kind kind = Kind::Other;

  // Version
  std::string release;
  std::string revision;
  std::optional<int> major;
  std::optional<int> minor;
  // Watch
  std::string device;
  bool enabled = false;  // for JSON, too
  // Tpv
  int mode = 0;
  std::string time;
  std::optional<double> time_error;  // s
  // Toff, Pps
  std::optional<WallTime> real;   // of the receiver
  std::optional<WallTime> clock;  // own clock
  std::optional<int> precision;   // log2 s
};

/// Reads a line; nothing if it is no object with a class.
std::optional<GpsdMessage> parse_gpsd(std::string_view line);

/// `2026-11-25T20:52:15.000Z`.
std::optional<WallTime> parse_iso_time(std::string_view text);

/// The request that has gpsd report what a device says; `pulses` where its protocol knows them.
std::string watch_request(std::string_view device, bool pulses);

}  // namespace ntp::refclock
