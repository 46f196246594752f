// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/association/association.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

namespace ntp::association {

Association::Association(Id id, const config::SourceSettings& settings, const Context& context,
                         MonoTime first)
    : id_(id),
      settings_(settings),
      schedule_(settings.min_poll, settings.max_poll, first),
      reach_changed_(context.mono) {
  flash_ = flash::kPeerStratum | flash::kPeerDistance | flash::kPeerUnreachable;
  precision_ = context.precision;
}

void Association::reconfigure(const config::SourceSettings& settings, const Context& context) {
  settings_ = settings;
  schedule_.set_limits(context.mono, settings.min_poll, settings.max_poll, context.random);
}

Actions Association::resolved(const Result<std::vector<Address>>&, const Context&) { return {}; }

Actions Association::established(const Result<nts::KeResult>&, const Context&) { return {}; }

std::string Association::name() const {
  return address_.is_set() ? address_.to_string() : settings_.host;
}

void Association::forget(const Context& context, RefId reference_id) {
  filter_.clear();
  leap_ = Leap::Unsynchronized;
  stratum_ = wire::kStratumUnsynchronized;
  precision_ = context.precision;
  reference_id_ = reference_id;
  reach_ = 0;
  unreach_ = 0;
  tally_ = sync::Tally::Reject;
  flash_ = peer_tests(context);
}

void Association::clock_stepped(const Context& context) {
  forget(context, refid::kStep);
  // All sources at once would be an implosion; a second or two apart is none.
  const double spread = std::min(log2_seconds(schedule_.min_poll()), 4.0);
  schedule_.restart(context.mono + PollSchedule::kSpacing +
                    from_seconds(context.random.uniform() * spread));
}

void Association::shift_reach(const Context& context, Actions& actions) {
  const bool was_reachable = reach_ != 0;
  ++unreach_;
  reach_ = static_cast<std::uint8_t>(reach_ << 1);
  if (reach_ != 0) {
    unreach_ = 0;
    return;
  }
  filter_.add_missing(context.mono);
  if (was_reachable) {
    reach_changed_ = context.mono;
    flash_ = (flash_ & ~flash::kPeerTests) | peer_tests(context);
    actions.push_back(Report{control::PeerEvent::Unreachable, {}});
    actions.push_back(Reselect{});
  }
}

void Association::take_sample(const sync::Sample& sample, const Context& context,
                              Actions& actions) {
  if (reach_ == 0) {
    reach_changed_ = context.mono;
    actions.push_back(Report{control::PeerEvent::Reachable, {}});
  }
  reach_ |= 1;
  unreach_ = 0;
  // An exchange tells the offset of its middle.
  const MonoTime middle = sample.at - from_seconds(sample.delay / 2);
  const double correction = context.corrections != nullptr ? context.corrections->at(middle) : 0;
  switch (filter_.add(sample, correction, context.frequency)) {
    case sync::ClockFilter::Verdict::Updated:
      actions.push_back(RecordEstimate{});
      break;
    case sync::ClockFilter::Verdict::Popcorn: {
      std::array<char, 32> text{};
      std::snprintf(text.data(), text.size(), "%.6f s", filter_.change());
      actions.push_back(Report{control::PeerEvent::Popcorn, text.data()});
      break;
    }
  }
  actions.push_back(Reselect{});
}

double Association::root_delay() const { return source_root_delay_ + estimate().delay; }

double Association::root_dispersion(const Context& context) const {
  return source_root_dispersion_ + estimate().dispersion + estimate().jitter +
         estimate().growth.in(to_seconds(context.mono - filter_.updated()));
}

double Association::root_distance(const Context& context) const {
  const double distance = root_delay() / 2 + log2_seconds(precision_) +
                          log2_seconds(context.precision) + source_root_dispersion_ +
                          sync::kPhi * to_seconds(context.mono - filter_.updated()) +
                          estimate().jitter;
  return std::max(distance, context.limits.min_dist);
}

unsigned Association::peer_tests(const Context& context) const {
  unsigned failed = 0;
  if (leap_ == Leap::Unsynchronized || stratum_ < context.limits.floor ||
      stratum_ >= context.limits.ceiling) {
    failed |= flash::kPeerStratum;
  }
  // One poll interval of ageing is allowed for.
  const double limit = context.limits.max_dist + sync::kPhi * log2_seconds(schedule_.poll());
  if (!is_refclock() && (!filter_.has_estimate() || root_distance(context) >= limit ||
                         estimate().dispersion >= limit)) {
    failed |= flash::kPeerDistance;
  }
  if (stratum_ > 1 && loops(context)) failed |= flash::kPeerLoop;
  if (reach_ == 0 || settings_.noselect) failed |= flash::kPeerUnreachable;
  return failed;
}

std::optional<sync::Candidate> Association::candidate(const Context& context) {
  const unsigned failed = peer_tests(context);
  flash_ = (flash_ & ~flash::kPeerTests) | failed;
  if (failed != 0 || !filter_.has_estimate()) return std::nullopt;
  const sync::Prediction now = filter_.estimator().predict(context.mono);
  const double steered = context.corrections != nullptr ? context.corrections->at(context.mono) : 0;
  sync::Candidate candidate;
  candidate.id = id_;
  candidate.stratum = stratum_;
  candidate.offset = now.offset - steered;
  candidate.variance = now.offset_variance;
  candidate.frequency = now.frequency;
  candidate.frequency_variance = now.frequency_variance;
  candidate.walk = now.walk;
  candidate.stray = estimate().stray;
  candidate.leap = estimate().leap;
  candidate.delay = estimate().delay;
  candidate.upstream = source_root_delay_ / 2 + source_root_dispersion_;
  candidate.poll_wish = filter_.estimator().poll_wish();
  candidate.jitter = estimate().jitter;
  candidate.root_distance = root_distance(context);
  candidate.root_delay = root_delay();
  candidate.root_dispersion = root_dispersion(context);
  candidate.prefer = settings_.prefer;
  candidate.truechimer = settings_.truechimer;
  return candidate;
}

control::PeerView Association::view(const Context& context) const {
  control::PeerView view;
  view.id = id_;
  view.auth_enabled = settings_.key != 0 || settings_.nts;
  view.selection = static_cast<int>(tally_);
  view.event_count = events_.count();
  view.event_code = events_.code();
  view.remote.address = address_;
  view.leap = leap_;
  view.stratum = stratum_;
  view.host_poll = schedule_.poll();
  view.precision = precision_;
  view.root_delay = source_root_delay_;
  view.root_dispersion = source_root_dispersion_;
  view.reference_id = reference_id_;
  view.refclock = is_refclock();
  view.reference_time = reference_time_;
  if (last_received_mono_) {
    view.received_time = NtpTimestamp::from_wall(last_received_);
    view.since_received = to_seconds(context.mono - *last_received_mono_);
  }
  view.reach = reach_;
  view.unreach = unreach_;
  view.until_next_poll = to_seconds(schedule_.due() - context.mono);
  view.delay = estimate().delay;
  view.offset = estimate().offset;
  // NTPsec: without samples it is what the clock can tell apart at best.
  view.jitter = filter_.has_estimate() ? estimate().jitter : log2_seconds(context.precision);
  view.dispersion = estimate().dispersion;
  view.key_id = settings_.key;
  view.noselect = settings_.noselect;
  view.source_name = settings_.host.empty() ? name() : settings_.host;
  for (std::size_t i = 0; i < sync::ClockFilter::kStages; ++i) {
    view.filter_delay[i] = filter_.stages()[i].delay;
    view.filter_offset[i] = filter_.stages()[i].offset;
    view.filter_dispersion[i] = filter_.stages()[i].dispersion;
  }
  view.packets_received = received_;
  view.packets_sent = sent_;
  view.flash = flash_;
  view.headway = schedule_.headway(context.mono);
  view.bias = settings_.bias;
  view.since_reach_change = to_seconds(context.mono - reach_changed_);
  return view;
}

}  // namespace ntp::association
