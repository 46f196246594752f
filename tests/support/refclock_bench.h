// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "ntpd/refclock/unit.h"
#include "tests/support/fake_devices.h"

namespace ntp::test {

/// A clock on a test's bench: fake devices, and a time that the test moves on.
class RefclockBench {
 public:
  explicit RefclockBench(std::string driver) {
    settings.type = config::SourceType::Refclock;
    settings.driver = std::move(driver);
  }

  /// With the settings as they are by now.
  void start() {
    unit = std::move(*refclock::make_unit(settings, &devices));
    unit->open(now.mono);
    collect();
  }
  void tick() {
    unit->tick(now);
    collect();
  }
  /// A second passes, then comes the tick.
  void second() {
    advance(std::chrono::seconds(1));
    tick();
  }
  void advance(Duration by) {
    now.mono += by;
    now.wall += by;
  }
  std::optional<refclock::Unit::Batch> poll() {
    auto batch = unit->poll(now);
    collect();
    return batch;
  }
  [[nodiscard]] const refclock::Feed& feed() const { return unit->feed(); }

  config::SourceSettings settings;
  FakeDevices devices;
  refclock::Moment now{.mono = MonoTime(std::chrono::seconds(1000)),
                       .wall = WallTime(std::chrono::seconds(1'795'000'000)),
                       .synchronized = true,
                       .others_lead = false};
  std::unique_ptr<refclock::Unit> unit;
  /// What the clock has told so far.
  std::vector<refclock::ClockEvent> events;
  std::vector<std::string> stats;
  std::vector<std::string> log;
  std::set<std::string> log_keys;

 private:
  void collect() {
    for (auto& news : unit->take_news()) {
      if (auto* change = std::get_if<refclock::StateChange>(&news)) events.push_back(change->event);
      if (auto* line = std::get_if<refclock::StatsLine>(&news)) stats.push_back(line->text);
      if (auto* line = std::get_if<refclock::LogLine>(&news)) {
        log.push_back(line->text);
        log_keys.insert(line->key);
      }
    }
  }
};

}  // namespace ntp::test
