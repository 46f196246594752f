// SPDX-License-Identifier: BSD-2-Clause
#include "tests/sim/world.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace ntp::sim {
namespace {

// More events than any sound scenario has at one instant.
constexpr std::uint64_t kLivelock = 1'000'000;

}  // namespace

TrueTime at_utc(int year, unsigned month, unsigned day) {
  const std::chrono::sys_days date =
      std::chrono::year(year) / std::chrono::month(month) / std::chrono::day(day);
  return TrueTime(date.time_since_epoch());
}

World::World(std::uint64_t seed, TrueTime start) : seed_(seed), start_(start), now_(start) {}

World::EventId World::at(TrueTime when, Action action) {
  if (free_slots_.empty()) {
    free_slots_.push_back(static_cast<std::uint32_t>(slots_.size()));
    slots_.emplace_back();
  }
  const std::uint32_t index = free_slots_.back();
  free_slots_.pop_back();
  Slot& slot = slots_[index];
  slot.action = std::move(action);
  slot.live = true;
  const EventId id = (static_cast<EventId>(++slot.generation) << 32) | index;
  heap_.push_back({std::max(when, now_), ++sequence_, id});
  std::push_heap(heap_.begin(), heap_.end());
  return id;
}

void World::every(Duration interval, Action action) {
  after(interval, [this, interval, action = std::move(action)]() mutable {
    action();
    every(interval, std::move(action));
  });
}

World::Slot* World::find(EventId id) {
  const auto index = static_cast<std::uint32_t>(id);
  if (index >= slots_.size()) return nullptr;
  Slot& slot = slots_[index];
  return slot.live && slot.generation == id >> 32 ? &slot : nullptr;
}

void World::release(EventId id) {
  Slot* slot = find(id);
  slot->live = false;
  slot->action = nullptr;
  free_slots_.push_back(static_cast<std::uint32_t>(id));
}

void World::cancel(EventId id) {
  if (find(id) != nullptr) release(id);
}

bool World::run_next(TrueTime end) {
  while (!heap_.empty() && heap_.front().when <= end) {
    const Entry entry = heap_.front();
    std::pop_heap(heap_.begin(), heap_.end());
    heap_.pop_back();
    Slot* slot = find(entry.id);
    if (slot == nullptr) continue;
    events_at_now_ = entry.when == now_ ? events_at_now_ + 1 : 0;
    if (events_at_now_ > kLivelock) throw std::runtime_error("simulated time stands still");
    now_ = entry.when;
    ++events_run_;
    const Action action = std::move(slot->action);
    release(entry.id);
    action();
    return true;
  }
  return false;
}

void World::run_until(TrueTime end) {
  while (run_next(end)) {
  }
  now_ = std::max(now_, end);
}

bool World::run_until(const std::function<bool()>& condition, TrueTime deadline) {
  while (!condition()) {
    if (!run_next(deadline)) {
      now_ = std::max(now_, deadline);
      return condition();
    }
  }
  return true;
}

void World::set_leap(TrueTime when, Leap kind) {
  leap_time_ = when;
  leap_ = kind;
}

WallTime World::utc(TrueTime when) const {
  const WallTime plain(when.time_since_epoch());
  if (when < leap_time_) return plain;
  if (leap_ == Leap::Insert) return plain - std::chrono::seconds(1);
  if (leap_ == Leap::Delete) return plain + std::chrono::seconds(1);
  return plain;
}

}  // namespace ntp::sim
