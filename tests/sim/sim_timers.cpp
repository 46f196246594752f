// SPDX-License-Identifier: BSD-2-Clause
#include "tests/sim/sim_timers.h"

#include <algorithm>
#include <utility>

namespace ntp::sim {
namespace {

// Even what is overdue takes a moment: time goes on whatever a daemon asks for.
constexpr Duration kShortest = std::chrono::nanoseconds(100);

}  // namespace

SimTimers::SimTimers(World& world, SimClock& clock) : world_(world), clock_(clock) {
  clock_.on_rate_change([this] {
    world_.cancel(std::exchange(event_, World::kNone));
    arm();
  });
}

SimTimers::~SimTimers() {
  clock_.on_rate_change(nullptr);
  world_.cancel(event_);
}

Timers::Id SimTimers::at(MonoTime when, Callback callback) {
  timers_.push_back({when, ++last_id_, std::move(callback)});
  arm();
  return last_id_;
}

void SimTimers::cancel(Id id) {
  const auto found = std::find_if(timers_.begin(), timers_.end(),
                                  [id](const Timer& timer) { return timer.id == id; });
  if (found != timers_.end()) timers_.erase(found);
}

std::vector<SimTimers::Timer>::iterator SimTimers::earliest() {
  return std::min_element(timers_.begin(), timers_.end(), [](const Timer& a, const Timer& b) {
    return a.when != b.when ? a.when < b.when : a.id < b.id;
  });
}

std::optional<MonoTime> SimTimers::next() const {
  const auto first = std::ranges::min_element(timers_, {}, &Timer::when);
  if (first == timers_.end()) return std::nullopt;
  return first->when;
}

void SimTimers::arm() {
  if (timers_.empty()) return;
  const MonoTime when = earliest()->when;
  // An event that comes too early, for a cancelled timer, only looks and arms again.
  if (event_ != World::kNone && armed_for_ <= when) return;
  world_.cancel(event_);
  armed_for_ = when;
  event_ = world_.at(std::max(clock_.expect(when), world_.now() + kShortest), [this] { wake(); });
}

void SimTimers::wake() {
  event_ = World::kNone;
  const Id newest = last_id_;
  bool any = false;
  while (!timers_.empty()) {
    const auto first = earliest();
    if (!clock_.reached(first->when) || first->id > newest) break;
    any = true;
    const Callback callback = std::move(first->callback);
    timers_.erase(first);
    callback();
  }
  if (any) ++wakeups_;
  arm();
}

}  // namespace ntp::sim
