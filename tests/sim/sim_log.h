// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

#include "libntp/core/seams.h"
#include "tests/sim/world.h"

namespace ntp::sim {

/// Keeps the last lines that were logged.
class SimLog : public Log {
 public:
  struct Line {
    TrueTime at;
    LogLevel level;
    std::string text;
  };
  static constexpr std::size_t kKept = 10'000;

  explicit SimLog(World& world) : world_(world) {}

  void write(LogLevel level, std::string_view text) override;

  [[nodiscard]] const std::deque<Line>& lines() const { return lines_; }
  /// How many of the lines kept have `part` in them.
  [[nodiscard]] std::size_t count(std::string_view part) const;
  [[nodiscard]] bool contains(std::string_view part) const { return count(part) > 0; }
  /// All lines ever written at this level or a graver one.
  [[nodiscard]] std::uint64_t written(LogLevel at_least) const;
  /// The lines kept as one text, each with the seconds since the start, for a failing test.
  [[nodiscard]] std::string text() const;

 private:
  World& world_;
  std::deque<Line> lines_;
  std::array<std::uint64_t, 5> written_{};
};

}  // namespace ntp::sim
