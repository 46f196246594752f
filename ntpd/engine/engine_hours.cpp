// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/engine/engine.h"
#include "ntpd/statistics/records.h"

namespace ntp::engine {
namespace {

using config::StatisticsSet;

constexpr Duration kHour = std::chrono::hours(1);

}  // namespace

void Engine::start_hours() {
  counting_since_ = usage_since_ = started_;
  used_before_ = {};
  next_hour_ = started_ + kHour;
  hourly_timer_ = host_.timers.at(next_hour_, [this] { end_hour(); });
}

void Engine::end_hour() {
  const MonoTime now = host_.clock.mono();
  // A host that slept through several hours counts them as one.
  while (next_hour_ <= now) next_hour_ += kHour;
  hourly_timer_ = host_.timers.at(next_hour_, [this] { end_hour(); });
  // NTPsec: counts go on with `disable stats`, and without it start anew even if nothing is
  // written.
  if (settings_.stats) {
    record_system(now - counting_since_);
    record_nts(now - counting_since_);
    start_period(now);
  }
  if (options_.resource_usage && statistics_->wants(StatisticsSet::Use)) {
    record_usage(now - usage_since_);
    usage_since_ = now;
  }
  check_leap_file();
  options_.on_hour();
}

void Engine::start_period(MonoTime now) {
  server_.start_period();
  if (signer_) signer_->start_period();
  ke_period_ = options_.ke_counts();
  nts_client_before_ = nts_client_;
  counting_since_ = now;
}

void Engine::record_system(Duration elapsed) {
  if (!statistics_->wants(StatisticsSet::Sys)) return;
  const server::Counters counts = server_.period_counters();
  statistics::SystemRecord record;
  record.elapsed = elapsed;
  record.received = counts.received;
  record.processed = counts.processed;
  record.this_version = counts.this_version;
  record.old_version = counts.old_version;
  record.restricted = counts.restricted;
  record.bad_format = counts.bad_format;
  record.bad_authentication = counts.bad_authentication;
  record.declined = counts.declined;
  record.limited = counts.limited;
  record.kod_sent = counts.kod_sent;
  record.version1 = counts.version1;
  statistics_->record(StatisticsSet::Sys, fields(record));
}

void Engine::record_usage(Duration elapsed) {
  statistics::UsageRecord record;
  record.elapsed = elapsed;
  record.before = used_before_;
  record.now = options_.resource_usage();
  used_before_ = record.now;
  statistics_->record(StatisticsSet::Use, fields(record));
}

}  // namespace ntp::engine
