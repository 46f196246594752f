// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/engine/engine.h"
#include "ntpd/engine/formatted.h"
#include "ntpd/statistics/records.h"

namespace ntp::engine {
namespace {

using config::StatisticsSet;
namespace log_mask = config::log_mask;

}  // namespace

void Engine::report(control::SystemEvent event, const std::string& detail) {
  if (!events_.report(event)) return;
  const auto status = control::system_status_word(state_.leap, system().source, events_);
  log_event(log_mask::kEvents << log_mask::kSysShift, control::event_line(status, event, detail));
}

void Engine::report(association::Association& association, control::PeerEvent event,
                    const std::string& detail) {
  if (!association.events().report(event)) return;
  log_event(log_mask::kEvents << log_mask::kPeerShift,
            control::event_line(association.name(), status_of(association), event, detail));
}

/// What the discipline of the clock has come to.
void Engine::report_state(sync::ControllerState before) {
  const sync::ControllerState now = clock_.controller().state();
  if (now == before) return;
  if (now == sync::ControllerState::Spike) {
    report(control::SystemEvent::SpikeDetect, formatted("%+.6f s", state_.offset));
  }
}

void Engine::log_event(std::uint32_t log_class, const std::string& line) {
  const bool wanted = (settings_.log_classes & log_class) != 0;
  host_.log.write(wanted ? LogLevel::Info : LogLevel::Debug, "PROTO: " + line);
  statistics_->record(StatisticsSet::Proto, line);
}

void Engine::log_seldom(LogLevel level, const std::string& text, const std::string& key) {
  const auto held_back = log_limiter_.admit(key.empty() ? text : key, host_.clock.mono());
  if (!held_back) return;
  host_.log.write(level, *held_back == 0
                             ? text
                             : text + " (and " + std::to_string(*held_back) + " times before)");
}

std::uint16_t Engine::status_of(const association::Association& association) const {
  const control::PeerView view = association.view(context());
  const control::PeerStatus status{.configured = view.configured,
                                   .auth_enabled = view.auth_enabled,
                                   .authentic = view.authentic,
                                   .reachable = view.reach != 0,
                                   .selection = view.selection};
  return control::peer_status_word(status, association.events());
}

void Engine::record_clock_update() {
  if (!statistics_->wants(StatisticsSet::Loop)) return;
  const sync::Controller& controller = clock_.controller();
  statistics::LoopRecord record;
  record.offset = clock_.disciplines() ? controller.last_offset() : state_.offset;
  record.frequency = clock_.disciplines() ? controller.frequency() : host_.clock.frequency();
  record.jitter = clock_.disciplines() ? controller.jitter() : state_.jitter;
  record.wander = controller.wander();
  record.poll = controller.poll_exponent();
  statistics_->record(StatisticsSet::Loop, fields(record));
}

void Engine::record_clock(const association::Association& clock, const std::string& text) {
  statistics_->record(StatisticsSet::Clock, clock.name() + ' ' + text);
}

void Engine::record_estimate(const association::Association& association) {
  if (!statistics_->wants(StatisticsSet::Peer)) return;
  const sync::Estimate& estimate = association.estimate();
  statistics_->record(StatisticsSet::Peer, fields(statistics::PeerRecord{
                                               .source = association.name(),
                                               .status = status_of(association),
                                               .offset = estimate.offset,
                                               .delay = estimate.delay,
                                               .dispersion = estimate.dispersion,
                                               .jitter = estimate.jitter,
                                           }));
}

void Engine::record_reply(const association::Association& association,
                          const association::RecordReply& record) {
  if (!statistics_->wants(StatisticsSet::Raw)) return;
  const wire::Header& reply = record.reply;
  statistics::RawRecord raw;
  raw.source = association.name();
  raw.local = association.view(context()).local.address;
  raw.sent = NtpTimestamp::from_wall(record.sent);
  raw.received = reply.receive;
  raw.transmitted = reply.transmit;
  raw.returned = NtpTimestamp::from_wall(record.returned);
  raw.leap = reply.leap;
  raw.version = reply.version;
  raw.mode = static_cast<int>(reply.mode);
  raw.stratum = reply.stratum;
  raw.poll = reply.poll;
  raw.precision = reply.precision;
  raw.root_delay = reply.root_delay.to_seconds();
  raw.root_dispersion = reply.root_dispersion.to_seconds();
  raw.reference_id = reply.reference_id;
  raw.lost = record.lost;
  raw.rejected = record.rejected;
  raw.flags = record.flags;
  statistics_->record(StatisticsSet::Raw, fields(raw));
}

}  // namespace ntp::engine
