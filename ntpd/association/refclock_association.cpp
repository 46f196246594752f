// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/association/refclock_association.h"

#include <algorithm>

namespace ntp::association {
namespace {

constexpr Duration kTick = std::chrono::seconds(1);
constexpr Duration kFirstPoll = std::chrono::seconds(8);
// NTPsec: this many polls without a sample in a row weaken what is known, each one more.
constexpr unsigned kRecentPolls = 0x0f;

template <class... Visitors>
struct Overloaded : Visitors... {
  using Visitors::operator()...;
};
template <class... Visitors>
Overloaded(Visitors...) -> Overloaded<Visitors...>;

}  // namespace

RefclockAssociation::RefclockAssociation(Id id, const config::SourceSettings& settings,
                                         const Context& context, MonoTime first,
                                         std::unique_ptr<refclock::Unit> unit)
    : Association(id, refclock::with_polls(unit->info(), settings), context, first),
      unit_(std::move(unit)),
      next_tick_(std::max(first, context.mono)) {
  take_identity();
  flash_ = peer_tests(context);
  if (!unit_->is_open()) unit_->open(context.mono);
  // There is nothing to be had at once from what is looked at each second.
  if (driver().ticks) {
    schedule_.set_due(next_tick_ +
                      std::min(kFirstPoll, from_seconds(log2_seconds(schedule_.poll()))));
  }
}

void RefclockAssociation::reconfigure(const config::SourceSettings& settings,
                                      const Context& context) {
  Association::reconfigure(refclock::with_polls(driver(), settings), context);
  unit_->reconfigure(settings);
  if (unit_->take_forgotten()) forget(context, reference_id_);
  take_identity();
}

void RefclockAssociation::take_identity() {
  const refclock::DriverInfo& info = driver();
  address_ = refclock::pseudo_address(info.number, settings_.unit);
  stratum_ = settings_.stratum.value_or(info.stratum);
  reference_id_ = settings_.refid ? RefId::from_text(*settings_.refid)
                                  : unit_->feed().refid().value_or(RefId::from_text(info.refid));
  if (info.precision != 0) precision_ = info.precision;
  precision_ = unit_->feed().precision().value_or(precision_);
}

MonoTime RefclockAssociation::due() const {
  return driver().ticks ? std::min(next_tick_, schedule_.due()) : schedule_.due();
}

Actions RefclockAssociation::on_timer(const Context& context) {
  Actions actions;
  const refclock::Moment now{.mono = context.mono,
                             .wall = context.wall,
                             .synchronized = context.synchronized,
                             .others_lead = context.system_peer != 0 && context.system_peer != id_};
  if (driver().ticks && context.mono >= next_tick_) {
    unit_->tick(now);
    if (const auto batch = unit_->take_handed_in(now)) {
      take_identity();
      use(*batch, context, actions);
    }
    // Ticks that were missed are not made up for.
    next_tick_ = std::max(next_tick_ + kTick, context.mono + kTick / 2);
  }
  if (unit_->take_forgotten()) {
    forget(context, reference_id_);
    take_identity();
  }
  if (context.mono >= schedule_.due()) poll(now, context, actions);
  if (was_lit_ != is_lit()) actions.push_back(Reselect{});
  was_lit_ = is_lit();
  tell_news(actions);
  return actions;
}

void RefclockAssociation::poll(const refclock::Moment& now, const Context& context,
                               Actions& actions) {
  schedule_.begin_poll(context.mono);
  last_poll_ = context.wall;
  shift_reach(context, actions);
  if (reach_ != 0 && (reach_ & kRecentPolls) == 0) {
    filter_.add_missing(context.mono);
  }
  if (const auto batch = unit_->poll(now)) use(*batch, context, actions);
  take_identity();
  ++sent_;
  schedule_.follow(context.system_poll);
  schedule_.set_due(context.mono + from_seconds(log2_seconds(schedule_.poll())));
}

void RefclockAssociation::use(const refclock::Unit::Batch& batch, const Context& context,
                              Actions& actions) {
  leap_ = batch.leap;
  last_received_ = context.wall;
  last_received_mono_ = context.mono;
  reference_time_ = NtpTimestamp::from_wall(batch.received);
  source_root_dispersion_ = batch.root_dispersion;
  ++received_;
  sync::Sample sample;
  // What was measured is the clock as it was then, not as it is at the end of the batch.
  const Duration age = std::clamp(context.wall - batch.received, Duration::zero(),
                                  from_seconds(log2_seconds(schedule_.poll())));
  sample.at = context.mono - age;
  sample.offset = batch.offset;
  sample.delay = 0;
  sample.dispersion = batch.jitter;
  take_sample(sample, context, actions);
}

void RefclockAssociation::tell_news(Actions& actions) {
  for (auto& news : unit_->take_news()) {
    std::visit(
        Overloaded{
            [&](refclock::StateChange& change) {
              actions.push_back(Report{control::PeerEvent::ClockEvent,
                                       std::string(refclock::event_text(change.event))});
            },
            [&](refclock::StatsLine& line) {
              actions.push_back(RecordClock{std::move(line.text)});
            },
            [&](refclock::LogLine& line) {
              actions.push_back(Note{line.level, std::move(line.text), name() + ' ' + line.key});
            },
        },
        news);
  }
}

void RefclockAssociation::clock_stepped(const Context& context) {
  Association::clock_stepped(context);
  unit_->clock_stepped();
  take_identity();
}

std::optional<sync::Candidate> RefclockAssociation::candidate(const Context& context) {
  auto offered = Association::candidate(context);
  if (!offered) return offered;
  offered->kind = driver().kind;
  if (driver().kind == sync::SourceKind::Pps) {
    // Without its pulse it has nothing to say, not even for as long as it is still reachable.
    if (!is_lit()) return std::nullopt;
  } else if (is_lit()) {
    offered->kind = sync::SourceKind::Pps;
    offered->numbers_seconds = true;
  }
  return offered;
}

control::ClockView RefclockAssociation::clock_view() const {
  const refclock::Feed& feed = unit_->feed();
  const refclock::Feed::Counters& counters = feed.counters();
  control::ClockView view;
  view.report_count = counters.reports;
  view.state = static_cast<int>(feed.status());
  view.name = unit_->clock_name();
  view.timecode = feed.timecode();
  view.device = unit_->description();
  view.polls = counters.polls;
  view.no_reply = counters.no_reply;
  view.bad_format = counters.bad_format;
  view.bad_data = counters.bad_data;
  view.fudge_time1 = feed.settings().time1;
  view.fudge_time2 = feed.settings().time2;
  view.reference_id = reference_id_;
  // NTPsec: the driver's own record of its stratum is what is shown.
  const bool shows_none = driver().kind == sync::SourceKind::Pps;
  view.stratum =
      settings_.stratum.value_or(shows_none ? wire::kStratumUnsynchronized : driver().stratum);
  view.flags = settings_.flags;
  for (auto& each : unit_->variables()) {
    view.own.push_back({.name = std::move(each.name),
                        .text = std::move(each.text),
                        .quoted = each.quoted,
                        .listed = each.listed});
  }
  return view;
}

control::PeerView RefclockAssociation::view(const Context& context) const {
  control::PeerView view = Association::view(context);
  view.authentic = reach_ != 0;
  view.remote.port = kNtpPort;
  view.local = Endpoint{Address::loopback(Family::V4), kNtpPort};
  view.peer_poll = max_poll();  // NTPsec: until the clock is first stepped
  view.peer_mode = 4;
  view.unreach = 0;
  if (last_poll_) view.transmit_time = NtpTimestamp::from_wall(*last_poll_);
  view.host_name = name();
  view.refclock_mode = settings_.mode;
  return view;
}

}  // namespace ntp::association
