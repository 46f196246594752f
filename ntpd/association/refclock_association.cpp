// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/association/refclock_association.h"

namespace ntp::association {

RefclockAssociation::RefclockAssociation(Id id, const config::SourceSettings& settings,
                                         const Context& context, MonoTime first,
                                         std::unique_ptr<refclock::Driver> driver)
    : Association(id, settings, context, first), driver_(std::move(driver)) {
  precision_ = context.precision;
  take_identity();
  flash_ = peer_tests(context);
}

void RefclockAssociation::take_identity() {
  address_ = refclock::pseudo_address(driver_->number(), settings_.unit);
  stratum_ = settings_.stratum.value_or(driver_->default_stratum());
  reference_id_ = settings_.refid ? RefId::from_text(*settings_.refid) : driver_->default_refid();
}

std::string RefclockAssociation::name() const {
  return std::string(driver_->name()) + '(' + std::to_string(settings_.unit) + ')';
}

Actions RefclockAssociation::on_timer(const Context& context) {
  Actions actions;
  schedule_.begin_poll(context.mono);
  shift_reach(context, actions);
  const bool others_lead = context.system_peer != 0 && context.system_peer != id_;
  if (const auto reading = driver_->poll(context.wall, others_lead)) {
    leap_ = reading->leap;
    last_received_ = context.wall;
    last_received_mono_ = context.mono;
    reference_time_ = NtpTimestamp::from_wall(context.wall);
    ++received_;
    sync::Sample sample;
    sample.at = context.mono;
    sample.offset = reading->offset + settings_.time1;
    sample.delay = 0;
    sample.dispersion = reading->dispersion;
    take_sample(sample, context, actions);
  }
  ++sent_;
  schedule_.set_due(context.mono + from_seconds(log2_seconds(schedule_.poll())));
  return actions;
}

void RefclockAssociation::clock_stepped(const Context& context) {
  Association::clock_stepped(context);
  take_identity();
}

std::optional<sync::Candidate> RefclockAssociation::candidate(const Context& context) {
  auto offered = Association::candidate(context);
  if (offered) offered->kind = driver_->kind();
  return offered;
}

control::ClockView RefclockAssociation::clock_view() const {
  control::ClockView view;
  view.name = driver_->name();
  view.device = driver_->description();
  view.polls = sent_;
  view.fudge_time1 = settings_.time1;
  view.fudge_time2 = settings_.time2;
  view.stratum = stratum_ < wire::kStratumUnsynchronized
                     ? stratum_
                     : settings_.stratum.value_or(driver_->default_stratum());
  view.reference_id = reference_id_;
  view.flags = settings_.flags;
  return view;
}

control::PeerView RefclockAssociation::view(const Context& context) const {
  control::PeerView view = Association::view(context);
  view.authentic = reach_ != 0;
  view.remote.port = kNtpPort;
  view.local = Endpoint{Address::loopback(Family::V4), kNtpPort};
  view.peer_mode = reach_ != 0 ? 4 : 0;
  view.host_name = name();
  view.refclock_mode = settings_.mode;
  return view;
}

}  // namespace ntp::association
