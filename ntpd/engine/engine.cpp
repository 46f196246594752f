// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/engine/engine.h"

#include "ntpd/engine/diagnostics.h"

#include <cstdio>
#include <utility>

#include "ntpd/association/server_association.h"
#include "ntpd/engine/formatted.h"

namespace ntp::engine {
namespace {

// s: with -x only an offset beyond this is stepped (NTPsec: the same).
constexpr double kSlewOnlyStep = 600;
// Less than this without the daemon is no more than a busy host gives.
constexpr Duration kSuspended = std::chrono::seconds(1);

bool of_other_family(const config::SourceSettings& source, Family family) {
  if (family == Family::Any) return false;
  if (source.family != Family::Any && source.family != family) return true;
  const auto literal = parse_address(source.host);
  return literal && literal->family() != family;
}

std::shared_ptr<KeyStore> keys_of(const EngineOptions& options, const config::Settings& settings,
                                  const Host& host) {
  if (options.keys) return options.keys;
  auto keys = std::make_shared<KeyStore>(settings.keys, host.files, host.log);
  keys->load();
  return keys;
}

}  // namespace

ClockLoop::Settings clock_settings(const config::Settings& settings, const EngineOptions& options) {
  ClockLoop::Settings clock;
  const config::TinkerSettings& tinker = settings.tinker;
  clock.controller.step_forward = tinker.step_forward;
  clock.controller.step_backward = tinker.step_backward;
  if (options.slew_only) {
    clock.controller.step_forward = std::max(tinker.step_forward, kSlewOnlyStep);
    clock.controller.step_backward = std::max(tinker.step_backward, kSlewOnlyStep);
  }
  if (clock.controller.never_steps() || options.slew_only) {
    // Who wants no steps wants no clock that runs at a rate of its own either.
    clock.controller.start_rate = clock.controller.max_frequency;
  }
  clock.controller.panic = tinker.panic;
  clock.controller.stepout = tinker.stepout;
  clock.controller.allow_panic = options.allow_panic;
  clock.controller.step_first = options.step_first;
  clock.discipline = settings.discipline;
  clock.drift_file = settings.drift_file;
  clock.drift_threshold = settings.wander_threshold;
  if (tinker.frequency) clock.frequency = *tinker.frequency * 1e-6;
  return clock;
}

Engine::Engine(config::Settings settings, EngineOptions options, const Host& host)
    : settings_(std::move(settings)),
      options_(std::move(options)),
      host_(host),
      keys_(keys_of(options_, settings_, host)),
      clock_(clock_settings(settings_, options_), host),
      server_(settings_, host.random),
      control_(*this, host.random, options_.identity, {&keys_->ring(), keys_->control_key()}),
      statistics_(std::in_place, settings_, options_.process_id, host),
      self_(std::make_shared<Engine*>(this)) {
  server_.use_keys(keys_->ring());
  if (options_.signing_socket != nullptr) {
    signer_.emplace(*options_.signing_socket, host_.clock, [this](const std::string& reason) {
      log_seldom(LogLevel::Error, "SIGND: " + settings_.keys.signd_socket + "/socket: " + reason);
    });
  }
  // Guessing an association's number is no use to anybody, but neither is knowing it.
  next_id_ = static_cast<association::Id>(host_.random.u64() & 0xffff);
}

Engine::~Engine() {
  if (host_.devices != nullptr) host_.devices->set_tai_source({});
  host_.timers.cancel(housekeeping_timer_);
  host_.timers.cancel(give_up_timer_);
  host_.timers.cancel(hourly_timer_);
  for (const auto& row : rows_) host_.timers.cancel(row->timer);
}

void Engine::start() {
  running_ = true;
  started_ = io_reset_ = timers_reset_ = host_.clock.mono();
  suspended_ = host_.clock.suspended();
  await_orphanhood(started_);
  report(control::SystemEvent::Restart);
  if (clock_.start()) {
    report(control::SystemEvent::FrequencySet,
           "ntpd " + formatted("%.6f PPM", clock_.controller().frequency() * 1e6));
  } else {
    report(control::SystemEvent::FrequencyNotSet);
  }
  load_leap_file();
  if (host_.devices != nullptr) {
    host_.devices->set_tai_source(
        [this] { return leaps_ ? leaps_->tai_at(host_.clock.wall()) : 0; });
  }
  resolve_restrictions();
  warn_of_monitor(host_.log, settings_, server_.access());
  MonoTime first = started_;
  for (const config::SourceSettings& source : settings_.sources) {
    if (start_source(source, first)) first += kSourceSpacing;
  }
  publish(host_.clock.mono());
  if (options_.quit_when_set) await_first_setting();
  start_hours();
}

config::SourceSettings Engine::for_this_host(config::SourceSettings source) const {
  if (source.family == Family::Any) source.family = options_.family;
  if (options_.quit_when_set) source.iburst = true;
  if (source.nts_aead.empty()) source.nts_aead = settings_.nts.aead;
  if (source.nts_ca.empty()) source.nts_ca = settings_.nts.ca;
  return source;
}

bool Engine::start_source(const config::SourceSettings& source, MonoTime first) {
  if (source.nts && host_.key_establishment == nullptr) {
    // What the administrator wants protected is not asked for without protection.
    host_.log.error("NTSc: " + source.host + ": left out, because NTS can't be used here");
    return false;
  }
  if (of_other_family(source, options_.family)) {
    host_.log.info("PROTO: " + source.host + ": not of the address family in use, left out");
    return false;
  }
  Row* row = mobilize(for_this_host(source), {}, first);
  if (row == nullptr) return false;
  row->line = source;
  return true;
}

void Engine::stop() {
  running_ = false;
  clock_.stop();
  host_.timers.cancel(housekeeping_timer_);
  host_.timers.cancel(give_up_timer_);
  host_.timers.cancel(hourly_timer_);
  char line[200];
  std::snprintf(line, sizeof line,
                "PROTO: summary: up %.0f s, stratum %d, offset %+.6f s, jitter %.6f s, "
                "frequency %+.3f ppm, %zu associations",
                to_seconds(host_.clock.mono() - started_), state_.stratum, state_.offset,
                state_.jitter, clock_.controller().frequency() * 1e6, rows_.size());
  host_.log.info(line);
  const Row* peer = find(state_.peer);
  const server::Counters& counters = server_.counters();
  host_.log.info(
      "PROTO: summary: system peer " + (peer ? peer->association->name() : std::string("none")) +
      ", packets received " + std::to_string(counters.received) + ", processed " +
      std::to_string(counters.processed) + ", requests sent " + std::to_string(requests_sent_));
  for (const auto& row : rows_) host_.timers.cancel(row->timer);
  rows_.clear();
}

void Engine::housekeeping() {
  arm_housekeeping();
  watch_clock();
  clock_.save_drift_hourly();
  const MonoTime now = host_.clock.mono();
  if (state_.peer == 0 && now > state_.orphan_at) lose_peer();
  update_leap(now);
  update_clock_status(now);
  publish(now);
}

void Engine::arm_housekeeping() {
  host_.timers.cancel(housekeeping_timer_);
  const MonoTime now = host_.clock.mono();
  MonoTime next = now + kHousekeeping;
  if (state_.peer == 0 && state_.orphan_at >= now) {
    next = std::min(next, state_.orphan_at + Duration(1));
  }
  housekeeping_at_ = next;
  housekeeping_timer_ = host_.timers.at(next, [this] { housekeeping(); });
}

void Engine::housekeeping_along(MonoTime now) {
  if (housekeeping_at_ - now <= kHousekeepingEarly) housekeeping();
}

void Engine::watch_clock(Duration least) {
  const Duration before = std::exchange(suspended_, host_.clock.suspended());
  const auto moved = clock_.foreign_step(least);
  if (suspended_ - before >= kSuspended) {
    host_resumed(suspended_ - before);
  } else if (moved) {
    clock_moved(*moved);
  }
}

void Engine::host_resumed(Duration suspended) {
  host_.log.warning(
      formatted("CLOCK: the host was suspended for %.0f s: measuring anew", to_seconds(suspended)));
  clock_.restart();
  all_clocks_stepped();
}

void Engine::clock_moved(Duration by) {
  host_.log.warning(formatted(
      "CLOCK: the clock was set by somebody else, by %+.6f s: measuring anew", to_seconds(by)));
  clock_.restart();
  all_clocks_stepped();
}

void Engine::on_server_datagram(const Datagram& datagram, const Reply& reply,
                                const LateReply& late) {
  namespace flag = config::restrict_flag;
  ++packets_received_;
  if (datagram.truncated) ++packets_dropped_;
  Traffic& traffic = traffic_of(datagram.local);
  ++traffic.received;
  const auto answer = [&](ByteView octets) {
    ++packets_sent_;
    ++traffic.sent;
    reply(octets);
  };
  std::array<std::uint8_t, server::kMaxReply> out;
  const auto outcome = server_.handle(datagram, host_.clock, out);
  if (!outcome.nts_flaw.empty()) tell_refused(datagram, outcome.nts_flaw);
  switch (outcome.action) {
    case server::Outcome::Action::Reply:
      answer(ByteView(out).first(outcome.size));
      break;
    case server::Outcome::Action::Sign:
      reply_signed(datagram, ByteView(out).first(outcome.size), late);
      break;
    case server::Outcome::Action::Control: {
      const control::Caller caller{datagram.remote, datagram.received,
                                   (outcome.flags & flag::kNoMruList) == 0,
                                   (outcome.flags & flag::kNoModify) == 0};
      for (const auto& frame : control_.respond(datagram.payload, caller)) answer(frame);
      break;
    }
    case server::Outcome::Action::Drop:
      break;
  }
}

void Engine::on_unsent(const Address& local) {
  ++send_failures_;
  Traffic& traffic = traffic_of(local);
  ++traffic.failed;
  // They may have been reset since.
  if (packets_sent_ > 0) --packets_sent_;
  if (traffic.sent > 0) --traffic.sent;
}

}  // namespace ntp::engine
