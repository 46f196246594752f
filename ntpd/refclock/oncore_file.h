// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ntp::refclock {

/// What NTPsec's file `ntp.oncore` says of a Motorola Oncore receiver.
struct OncoreFile {
  enum class Mode : std::uint8_t {
    AsItIs = 0,  // nothing of the receiver is changed
    Hold = 1,    // it holds the position of the file
    Survey = 2,  // it finds out where it is, from that position on if there is one, and holds that
    ResetHold = 3,  // the same after a reset to its defaults
    ResetSurvey = 4,
  };
  struct Position {
    std::int32_t latitude = 0, longitude = 0;  // ms of arc, north and east positive
    std::int32_t height = 0;                   // cm above the ellipsoid
  };

  Mode mode = Mode::AsItIs;
  std::optional<Position> position;
  std::int32_t delay = 0;   // ns, of the cable
  std::int32_t offset = 0;  // ns, of the pulse
  std::optional<bool> clear_edge;
  bool kernel = false;  // HARDPPS
  int channels = 0;     // 6, 8 or 12; 0: the receiver is asked
  std::optional<bool> integrity;
  std::optional<std::uint8_t> mask;  // degrees
  std::uint8_t pulse_control = 1;  // of 12 channels: 1 always, 2 with a satellite, 3 if it is good
  /// What is wrong with it, or has no effect.
  std::vector<std::string> complaints;
};

/// Each line is a word and its value, with space or `=` between them; `#` begins a comment. NTPsec:
/// only the beginning of a word counts, unknown ones are passed over, and without MODE it is 0.
OncoreFile parse_oncore_file(std::string_view text);

}  // namespace ntp::refclock
