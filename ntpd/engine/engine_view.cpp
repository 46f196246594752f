// SPDX-License-Identifier: BSD-2-Clause
#include <algorithm>

#include "ntpd/association/refclock_association.h"
#include "ntpd/engine/engine.h"

namespace ntp::engine {
namespace {

// Time source codes of the system status word (RFC 9327 section 4.1).
constexpr int kNoSource = 0;
constexpr int kNetworkSource = 6;

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
    view.peer_address = peer.remote;
    view.peer_mode = peer.host_mode;
    const auto* clock =
        dynamic_cast<const association::RefclockAssociation*>(row->association.get());
    view.source = clock ? clock->driver().source_code() : kNetworkSource;
  }
  view.event_count = events_.count();
  view.event_code = events_.code();
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

std::optional<std::uint64_t> Engine::counter(std::string_view name) const {
  if (name == "io_sent") return packets_sent_;
  if (name == "io_sendfailed") return send_failures_;
  const auto seconds_since = [this](MonoTime begin) {
    const auto span = std::chrono::floor<std::chrono::seconds>(host_.clock.mono() - begin);
    return static_cast<std::uint64_t>(span.count());
  };
  if (name == "ss_reset") return seconds_since(counting_since_);
  if (name == "ss_reset_r") return seconds_since(started_);
  if (const auto count = key_counter(name)) return count;
  if (const auto count = nts_client_counter(name)) return count;
  return server_.counter(name);
}

}  // namespace ntp::engine
