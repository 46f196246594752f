// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "libntp/core/clock_command.h"
#include "libntp/core/time.h"
#include "tests/sim/random.h"

namespace ntp::sim {

/// Tag of the one axis that every clock of a simulation is measured against.
struct TrueTag {
  using duration = Duration;
  using rep = duration::rep;
  using period = duration::period;
  static constexpr bool is_steady = true;
};
/// True time: uniform nanoseconds that count leap seconds. Up to the leap second of the world it
/// reads as UTC does, counted from 1970-01-01.
using TrueTime = std::chrono::time_point<TrueTag, Duration>;

/// Midnight of a UTC day, as a start or a leap: `at_utc(2026, 1, 1) + 6h`.
TrueTime at_utc(int year, unsigned month, unsigned day);

/// True time and the queue of what happens in it, in the order of (time, scheduling). A run depends
/// on nothing but the scenario and the seed.
class World {
 public:
  using EventId = std::uint64_t;
  static constexpr EventId kNone = 0;
  using Action = std::function<void()>;

  explicit World(std::uint64_t seed, TrueTime start = at_utc(2026, 1, 1));
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  [[nodiscard]] std::uint64_t seed() const { return seed_; }
  [[nodiscard]] TrueTime start() const { return start_; }
  [[nodiscard]] TrueTime now() const { return now_; }
  [[nodiscard]] Duration elapsed() const { return now_ - start_; }
  /// The random numbers of one part of the simulation, by its name.
  [[nodiscard]] RandomStream random(std::string_view name) const {
    return RandomStream(seed_, name);
  }

  /// Runs `action` at `when`; what is past happens now, after all that is already due.
  EventId at(TrueTime when, Action action);
  EventId after(Duration delay, Action action) { return at(now_ + delay, std::move(action)); }
  /// Runs `action` every `interval` from now on.
  void every(Duration interval, Action action);
  /// Forgets an event. Unknown and spent ones are ignored.
  void cancel(EventId id);

  /// Lets everything happen up to and including `end`, where true time then stands. Throws when
  /// events keep happening without time going on.
  void run_until(TrueTime end);
  void run_for(Duration span) { run_until(now_ + span); }
  /// Until the condition holds, looking after each event, or true time is `deadline`; says whether
  /// it holds.
  bool run_until(const std::function<bool()>& condition, TrueTime deadline);
  [[nodiscard]] std::uint64_t events_run() const { return events_run_; }

  /// At `when` UTC repeats a second (Insert) or leaves one out (Delete). One a world; `when` is the
  /// true time of the first second that has another name than before.
  void set_leap(TrueTime when, Leap kind);
  [[nodiscard]] Leap leap() const { return leap_; }
  [[nodiscard]] TrueTime leap_time() const { return leap_time_; }
  /// What a perfect clock shows at `when`; like the kernel's, it shows 23:59:59 twice on Insert.
  [[nodiscard]] WallTime utc(TrueTime when) const;
  [[nodiscard]] WallTime utc() const { return utc(now_); }

 private:
  struct Entry {
    TrueTime when;
    std::uint64_t sequence;
    EventId id;
    // Reversed: the heap functions keep the greatest in front.
    bool operator<(const Entry& other) const {
      return when != other.when ? when > other.when : sequence > other.sequence;
    }
  };
  struct Slot {
    Action action;
    std::uint32_t generation = 0;
    bool live = false;
  };

  Slot* find(EventId id);
  void release(EventId id);
  /// Runs the first event if it is due by `end`.
  bool run_next(TrueTime end);

  std::uint64_t seed_;
  TrueTime start_;
  TrueTime now_;
  Leap leap_ = Leap::None;
  TrueTime leap_time_{};
  std::uint64_t sequence_ = 0;
  std::uint64_t events_run_ = 0;
  std::uint64_t events_at_now_ = 0;
  std::vector<Entry> heap_;
  std::vector<Slot> slots_;
  std::vector<std::uint32_t> free_slots_;
};

}  // namespace ntp::sim
