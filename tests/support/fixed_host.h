// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <algorithm>

#include "libntp/core/seams.h"

namespace ntp::test {

/// A clock that stands where the test sets it.
class FixedClock : public Clock {
 public:
  [[nodiscard]] WallTime wall() const override { return wall_time; }
  [[nodiscard]] MonoTime mono() const override { return mono_time; }
  Result<void> apply(const ClockCommand&) override { return {}; }
  [[nodiscard]] double frequency() const override { return 0; }
  [[nodiscard]] bool adjustable() const override { return false; }

  void advance(Duration by) {
    wall_time += by;
    mono_time += by;
  }

  WallTime wall_time{std::chrono::seconds(1'795'000'000)};
  MonoTime mono_time{std::chrono::seconds(1000)};
};

/// A repeatable sequence (xorshift).
class SeededRandom : public Random {
 public:
  explicit SeededRandom(std::uint64_t seed = 1) : state_(seed * 2 + 1) {}
  void fill(ByteSpan out) override {
    for (auto& octet : out) {
      state_ ^= state_ << 13;
      state_ ^= state_ >> 7;
      state_ ^= state_ << 17;
      octet = static_cast<std::uint8_t>(state_ >> 32);
    }
  }

 private:
  std::uint64_t state_;
};

}  // namespace ntp::test
