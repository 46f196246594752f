// SPDX-License-Identifier: BSD-2-Clause
#include <algorithm>
#include <chrono>

#include "ntpd/engine/engine.h"
#include "ntpd/engine/formatted.h"

namespace ntp::engine {
namespace {

// Who does not answer is asked again a minute later, in a burst of half a minute: twice. Sources
// start a second apart.
constexpr auto kPatience = std::chrono::seconds(180);

}  // namespace

void Engine::await_first_setting() {
  if (rows_.empty()) {
    host_.log.error("SYNC: no servers found: none is configured");
    options_.on_exit(1);
    return;
  }
  // NTPsec waits for ever if nothing answers.
  const auto patience = kPatience + std::chrono::seconds(settings_.sources.size());
  give_up_timer_ = host_.timers.at(started_ + patience, [this] { give_up(); });
}

void Engine::give_up() {
  const auto now = context();
  const bool answered = std::any_of(rows_.begin(), rows_.end(), [&](const auto& row) {
    return row->association->view(now).packets_received != 0;
  });
  host_.log.error(
      formatted("SYNC: no servers found: after %.0f s ", to_seconds(now.mono - started_)) +
      (answered ? "no answer gives a usable time" : "nothing has answered"));
  options_.on_exit(1);
}

void Engine::set_clock_once(sync::Adjustment adjustment) {
  const bool stepped = adjustment == sync::Adjustment::Stepped;
  host_.timers.cancel(give_up_timer_);
  if (!settings_.discipline) {
    host_.log.notice(
        formatted("CLOCK: time offset %+.6f s, not set: 'disable ntp'", state_.offset));
    options_.on_clock_set(Setting::None, state_.offset);
    options_.on_exit(0);
    return;
  }
  if (!host_.clock.adjustable()) {
    host_.log.error(
        formatted("CLOCK: the time is %+.6f s off and could not be set", state_.offset));
    options_.on_exit(1);
    return;
  }
  if (!stepped) clock_.hand_over(state_.offset);
  host_.log.notice(
      formatted(stepped ? "CLOCK: time set %+.6f s" : "CLOCK: time slew %+.6f s", state_.offset));
  options_.on_clock_set(stepped ? Setting::Step : Setting::Slew, state_.offset);
  options_.on_exit(0);
}

}  // namespace ntp::engine
