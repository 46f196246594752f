// SPDX-License-Identifier: BSD-2-Clause
#include <algorithm>

#include "ntpd/association/refclock_association.h"
#include "ntpd/engine/engine.h"

namespace ntp::engine {
namespace {

// Time source codes of the system status word (RFC 9327 section 4.1).
constexpr int kNoSource = 0;
constexpr int kNetworkSource = 6;

std::string_view name_of(sync::ControllerState state) {
  switch (state) {
    case sync::ControllerState::NeverSet:
      return "unset";
    case sync::ControllerState::FrequencySet:
      return "frequency_set";
    case sync::ControllerState::Spike:
      return "spike";
    case sync::ControllerState::Synchronized:
      break;
  }
  return "synchronized";
}

}  // namespace

control::SystemView Engine::system() const {
  const MonoTime now = host_.clock.mono();
  const sync::Controller& controller = clock_.controller();
  control::SystemView view;
  view.leap = state_.leap;
  view.stratum = state_.stratum;
  view.precision = options_.precision;
  view.root_delay = state_.root_delay;
  view.root_dispersion = state_.root_dispersion_at(now);
  // NTPsec: of the last update, while the dispersion is shown as it is now.
  view.root_distance = state_.root_delay / 2 + state_.root_dispersion;
  view.reference_id = state_.reference_id;
  view.reference_time = state_.reference_time;
  view.time_constant = controller.poll_exponent();
  view.peer = state_.peer;
  view.offset = clock_.disciplines() ? controller.last_offset() : state_.offset;
  view.frequency = clock_.disciplines() ? controller.frequency() : host_.clock.frequency();
  view.system_jitter = state_.jitter;
  view.clock_jitter = controller.jitter();
  view.clock_wander = controller.wander();
  view.clock = host_.clock.wall();
  if (leaps_) {
    view.tai = leaps_->tai_at(view.clock);
    view.leap_expires = leaps_->expires;
    if (const leap::Transition* last = leaps_->last()) view.leap_second = last->at;
  }
  view.uptime = to_seconds(now - started_);
  view.source = kNoSource;
  if (const Row* row = find(state_.peer)) {
    const auto peer = row->association->view(context());
    // Without a discipline nothing else keeps it within the limits of the source.
    if (!clock_.disciplines()) view.time_constant = peer.host_poll;
    view.peer_address = peer.remote;
    view.peer_mode = peer.host_mode;
    const auto* clock =
        dynamic_cast<const association::RefclockAssociation*>(row->association.get());
    view.source = clock ? clock->driver().source_code : kNetworkSource;
  }
  view.event_count = events_.count();
  view.event_code = events_.code();
  view.min_sane = settings_.tos.min_sane;
  view.max_distance = settings_.tos.max_dist;
  view.clock_state = clock_.disciplines() ? name_of(controller.state()) : "disabled";
  return view;
}

std::vector<std::uint16_t> Engine::associations() const {
  std::vector<std::uint16_t> ids;
  ids.reserve(rows_.size());
  for (auto row = rows_.rbegin(); row != rows_.rend(); ++row) {
    ids.push_back((*row)->association->id());
  }
  return ids;
}

std::optional<control::PeerView> Engine::peer(std::uint16_t id) const {
  const Row* row = find(id);
  if (row == nullptr) return std::nullopt;
  return row->association->view(context());
}

std::vector<control::UserVariable> Engine::user_variables() const {
  std::vector<control::UserVariable> variables;
  for (const config::VariableSettings& variable : settings_.variables) {
    const std::string name = variable.name + '=';
    // NTPsec: a variable that is set again keeps its place.
    const auto known = std::find_if(variables.begin(), variables.end(),
                                    [&](const auto& each) { return each.text.starts_with(name); });
    control::UserVariable fresh{name + variable.value, variable.is_default};
    if (known == variables.end()) {
      variables.push_back(std::move(fresh));
    } else {
      *known = std::move(fresh);
    }
  }
  return variables;
}

void Engine::acknowledge_events(std::uint16_t id) {
  if (Row* row = find(id)) row->association->events().acknowledge();
}

std::vector<control::RestrictionView> Engine::restrictions() const {
  const auto& entries = server_.access().entries();
  std::vector<control::RestrictionView> views;
  views.reserve(entries.size());
  for (std::size_t i = 0; i < entries.size(); ++i) {
    views.push_back(
        {entries[i].address, entries[i].mask, server_.hits()[i], server::flag_words(entries[i])});
  }
  return views;
}

}  // namespace ntp::engine
