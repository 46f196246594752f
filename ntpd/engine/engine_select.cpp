// SPDX-License-Identifier: BSD-2-Clause
#include <algorithm>
#include <cmath>

#include "libntp/crypto/refid.h"
#include "ntpd/engine/engine.h"
#include "ntpd/engine/formatted.h"

namespace ntp::engine {
namespace {

constexpr Duration kFirstVotes = std::chrono::seconds(6);

sync::SelectionLimits selection_limits(const config::TosSettings& tos) {
  sync::SelectionLimits limits;
  limits.min_clock = tos.min_clock;
  limits.max_clock = tos.max_clock;
  limits.min_sane = tos.min_sane;
  limits.min_distance = tos.min_dist;
  limits.max_distance = tos.max_dist;
  return limits;
}

}  // namespace

/// At the start the first two answers would set the clock, whoever they are from. Sources that have
/// answered once are given time for their second answer, and with it for their vote.
bool Engine::awaits_votes() const {
  if (synchronized_once_ || host_.clock.mono() - started_ >= kFirstVotes) return false;
  return std::ranges::any_of(rows_, [](const auto& row) {
    const association::Association& source = *row->association;
    return source.active() && source.reach() != 0 && !source.has_estimate();
  });
}

void Engine::reselect() {
  if (awaits_votes()) return;
  const auto now = context();
  sync::ForEachSource<sync::Candidate> candidates;
  sync::ForEachSource<Row*> offered;
  candidates.reserve(rows_.size());
  offered.reserve(rows_.size());
  const bool smeared_are_left_out = leaves_out_smeared();
  for (const auto& row : rows_) {
    row->association->set_tally(sync::Tally::Reject);
    if (is_left_out(*row->association, smeared_are_left_out)) continue;
    if (auto candidate = row->association->candidate(now)) {
      candidates.push_back(*candidate);
      offered.push_back(row.get());
    }
  }
  auto limits = selection_limits(settings_.tos);
  limits.local_may_lead = now.mono > state_.orphan_at;
  const auto selection = sync::select(candidates, limits, state_.peer);
  survivors_ = selection.survivors;
  MonoTime newest{};
  leap_votes_insert_ = leap_votes_delete_ = 0;
  for (std::size_t i = 0; i < offered.size(); ++i) {
    association::Association& source = *offered[i]->association;
    source.set_tally(selection.tallies[i]);
    if (selection.tallies[i] == sync::Tally::Falseticker) warn_of_smear(source, selection.offset);
    if (selection.tallies[i] < sync::Tally::Candidate) continue;
    newest = std::max(newest, source.estimate().at);
    // A reference clock's word outweighs any number of servers.
    const int weight = source.is_refclock() ? static_cast<int>(rows_.size()) : 1;
    leap_votes_insert_ += source.leap() == Leap::Insert ? weight : 0;
    leap_votes_delete_ += source.leap() == Leap::Delete ? weight : 0;
  }
  if (!selection.system_peer) {
    if (const Row* last = find(state_.peer)) {
      // It may be right for all that.
      state_.root_dispersion += last->association->estimate().stray;
    }
    if (state_.peer != 0) {
      state_.peer = 0;
      await_orphanhood(now.mono);
      report(control::SystemEvent::NoSystemPeer);
      publish(now.mono);
    }
    return;
  }
  const bool is_own_clock =
      candidates[*selection.system_peer].kind == sync::SourceKind::Local && selection.offset == 0;
  follow(*offered[*selection.system_peer], now, selection, newest, is_own_clock);
}

/// Without a system peer the daemon is synchronized for so long.
void Engine::await_orphanhood(MonoTime now) {
  state_.orphan_at = now + std::chrono::seconds(settings_.tos.orphan_wait);
  arm_housekeeping();
}

void Engine::follow(Row& row, const association::Context& now,
                    const sync::SelectionResult& selection, MonoTime newest, bool is_own_clock) {
  association::Association& peer = *row.association;
  const bool is_another = peer.id() != state_.peer;
  if (is_another) {
    state_.peer = peer.id();
    report(peer, control::PeerEvent::SystemPeer, {});
  }
  // Of another peer nothing has been taken over yet.
  if (!is_another && newest <= state_.last_sample) return;
  state_.last_sample = newest;

  state_.stratum = std::min(peer.stratum() + 1, wire::kStratumUnsynchronized);
  state_.reference_id =
      peer.stratum() == 0 ? peer.reference_id() : crypto::reference_id(peer.address());
  state_.reference_time = NtpTimestamp::from_wall(peer.last_received());
  if (corrects()) offset_line_.add(now.mono, selection.offset);
  const double served_offset =
      corrects() ? selection.offset - offset_line_.at(now.mono) : selection.offset;
  state_.offset = selection.offset;
  state_.jitter = selection.jitter;
  state_.deviation = selection.deviation;
  state_.root_delay = peer.root_delay();
  state_.root_dispersion =
      std::max(peer.root_dispersion(now) - peer.estimate().jitter + selection.jitter +
                   selection.doubt + std::abs(served_offset),
               settings_.tos.min_dist);
  state_.updated = now.mono;

  // The own clock compared with itself says nothing of its offset, its frequency or what -g allows.
  if (is_own_clock || !clock_.disciplines()) {
    state_.growth = is_own_clock ? sync::BoundGrowth{} : growth(selection, 0);
    record_clock_update();
    take_adjustment(sync::Adjustment::Slewed, now.mono);
    return;
  }
  const auto before = clock_.controller().state();
  const auto adjustment = clock_.update({.offset = selection.offset,
                                         .jitter = selection.jitter,
                                         .frequency = selection.frequency,
                                         .frequency_deviation = selection.frequency_deviation,
                                         .poll_wish = selection.poll_wish,
                                         .min_poll = peer.min_poll(),
                                         .max_poll = peer.max_poll()});
  const double commanded = clock_.controller().frequency();
  state_.growth = growth(selection, commanded / (1 + commanded));
  report_state(before);
  if (adjustment == sync::Adjustment::Slewed || adjustment == sync::Adjustment::Stepped) {
    record_clock_update();
  }
  take_adjustment(adjustment, now.mono);
}

/// `steered` is what is done about the frequency already, s/s of the monotonic clock.
sync::BoundGrowth Engine::growth(const sync::SelectionResult& selection, double steered) const {
  sync::BoundGrowth growth;
  if (!corrects()) growth.rate += std::abs(selection.frequency - steered);
  growth.frequency_variance = selection.frequency_deviation * selection.frequency_deviation;
  growth.walk = selection.walk;
  return growth;
}

void Engine::take_adjustment(sync::Adjustment adjustment, MonoTime now) {
  switch (adjustment) {
    case sync::Adjustment::Ignored:
      break;
    case sync::Adjustment::Panic:
      host_.log.error(formatted("CLOCK: Panic: offset too big: %.3f", state_.offset));
      report(control::SystemEvent::PanicStop,
             formatted("%+.0f s", state_.offset) + ": set the clock by hand");
      options_.on_exit(1);
      return;
    case sync::Adjustment::Stepped:
      host_.log.warning(formatted("CLOCK: time stepped by %.6f", state_.offset));
      report(control::SystemEvent::ClockStep, formatted("%+.6f s", state_.offset));
      if (options_.quit_when_set) set_clock_once(adjustment);
      all_clocks_stepped();
      return;
    case sync::Adjustment::Slewed:
      if (state_.leap == Leap::Unsynchronized) {
        state_.leap = Leap::None;
        if (!synchronized_once_) {
          synchronized_once_ = true;
          options_.on_synchronized();
        }
        report(control::SystemEvent::ClockSync);
      }
      if (options_.quit_when_set) set_clock_once(adjustment);
      break;
  }
  update_leap(now);
  update_clock_status(now);
  publish(now);
}

void Engine::all_clocks_stepped() {
  const MonoTime last_sample = state_.last_sample;
  state_ = {};
  state_.reference_id = refid::kStep;
  state_.last_sample = last_sample;
  await_orphanhood(host_.clock.mono());
  survivors_ = 0;
  server_.clock_stepped();
  leap_watch_.clock_was_set();
  offset_line_.clear();
  const auto now = context();
  for (const auto& row : rows_) {
    row->association->clock_stepped(now);
    arm(*row);
  }
  update_clock_status(now.mono);
  publish(now.mono);
}

void Engine::lose_peer() {
  const bool orphan = settings_.tos.orphan < wire::kStratumUnsynchronized;
  const Leap leap = orphan ? Leap::None : Leap::Unsynchronized;
  const int stratum = orphan ? settings_.tos.orphan : wire::kStratumUnsynchronized;
  if (state_.leap == leap && state_.stratum == stratum) return;
  if (!orphan) host_.log.warning("PROTO: no peer for too long, server running free now");
  state_.leap = leap;
  state_.stratum = stratum;
  state_.reference_id =
      stratum > 1 ? RefId::from_v4(Address::loopback(Family::V4)) : RefId::from_text("LOOP");
  state_.offset = 0;
  state_.root_delay = 0;
  state_.root_dispersion = 0;
  state_.growth = {};
  state_.updated = host_.clock.mono();
  publish(state_.updated);
}

void Engine::update_clock_status(MonoTime now) {
  ClockLoop::Status status;
  status.leap = state_.leap;
  if (state_.leap != Leap::Unsynchronized) {
    status.max_error = state_.root_distance_at(now);
    // The jitter of a first update is none, which does not make it exact.
    status.estimated_error = std::max(clock_.controller().jitter(), state_.deviation);
  }
  if (leaps_) {
    if (const int tai = leaps_->tai_at(host_.clock.wall()); tai > 0) status.tai_offset = tai;
  }
  clock_.set_status(status);
}

/// Whether others are told the time by the estimate, since the clock shows it wrong for good.
bool Engine::corrects() const { return settings_.tos.correct && !clock_.disciplines(); }

void Engine::publish(MonoTime now) {
  server::ServerSnapshot snapshot;
  snapshot.leap = state_.leap;
  snapshot.stratum = state_.stratum;
  snapshot.precision = options_.precision;
  snapshot.root_delay = state_.root_delay;
  snapshot.root_dispersion = state_.root_dispersion_at(now);
  const double later = state_.root_dispersion_at(now + kHousekeeping);
  snapshot.dispersion_rate = (later - snapshot.root_dispersion) / to_seconds(kHousekeeping);
  snapshot.as_of = now;
  snapshot.reference_id = state_.reference_id;
  snapshot.reference_time = state_.reference_time;
  if (corrects()) snapshot.correction = {now, offset_line_.at(now), offset_line_.rate()};
  snapshot.leap_second = leap_watch_.second();
  snapshot.smear_interval = settings_.leap_smear_interval.value_or(0);
  server_.publish(snapshot);
}

}  // namespace ntp::engine
