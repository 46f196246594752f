// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <vector>

#include "libntp/core/seams.h"
#include "tests/sim/sim_clock.h"
#include "tests/sim/world.h"

namespace ntp::sim {

/// Timers on the monotonic clock of one node: however its rate changes meanwhile, they go off when
/// that clock shows their time, and no step of the wall clock moves them.
class SimTimers : public Timers {
 public:
  /// The clock must outlive the timers; it has room for the timers of one node only.
  SimTimers(World& world, SimClock& clock);
  ~SimTimers() override;
  SimTimers(const SimTimers&) = delete;
  SimTimers& operator=(const SimTimers&) = delete;

  Id at(MonoTime when, Callback callback) override;
  void cancel(Id id) override;
  [[nodiscard]] std::optional<MonoTime> next() const override;

  [[nodiscard]] std::size_t pending() const { return timers_.size(); }
  /// How often the node had to be woken.
  [[nodiscard]] std::uint64_t wakeups() const { return wakeups_; }

 private:
  struct Timer {
    MonoTime when;
    Id id;
    Callback callback;
  };

  [[nodiscard]] std::vector<Timer>::iterator earliest();
  /// Has the world wake us for the earliest timer.
  void arm();
  void wake();

  World& world_;
  SimClock& clock_;
  std::vector<Timer> timers_;
  Id last_id_ = kNone;
  World::EventId event_ = World::kNone;
  MonoTime armed_for_{};
  std::uint64_t wakeups_ = 0;
};

}  // namespace ntp::sim
