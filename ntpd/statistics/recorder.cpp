// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/statistics/recorder.h"

#include <algorithm>

#include "ntpd/statistics/records.h"

namespace ntp::statistics {
namespace {

constexpr Duration kBetweenComplaints = std::chrono::hours(1);

}  // namespace

std::string directory_of(const config::Settings& settings) {
  return settings.stats_dir.empty() ? config::default_path::kStatsDir : settings.stats_dir;
}

Recorder::Recorder(const config::Settings& settings, int pid, const Host& host)
    : clock_(host.clock), store_(host.files), log_(host.log), started_(host.clock.mono()) {
  if (!settings.stats) return;
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    if (!settings.statistics[i].enabled) continue;
    slots_[i].emplace(Slot{SetFiles(static_cast<config::StatisticsSet>(i), settings.statistics[i],
                                    directory_of(settings), pid)});
  }
}

bool Recorder::wants(config::StatisticsSet set) const {
  return slots_[static_cast<std::size_t>(set)].has_value();
}

void Recorder::record(config::StatisticsSet set, std::string_view fields) {
  auto& slot = slots_[static_cast<std::size_t>(set)];
  if (!slot) return;
  const WallTime now = clock_.wall();
  std::string line = time_stamp(now) + ' ';
  const std::size_t begin = line.size();
  line += fields;
  // A name or a driver's text must not start a line of its own.
  std::replace_if(
      line.begin() + static_cast<std::ptrdiff_t>(begin), line.end(),
      [](char c) { return static_cast<unsigned char>(c) < ' '; }, '?');
  line += '\n';
  take(*slot, slot->files.write(store_, {now, clock_.mono() - started_}, line));
}

void Recorder::take(Slot& slot, const SetFiles::Outcome& outcome) {
  if (outcome.in_its_file && outcome.problem) {  // once a file
    log_.error("LOG: statistics: " + outcome.problem->message);
  }
  const bool fails = !outcome.in_its_file;
  if (!outcome.written) ++lost_;
  if (fails != slot.failing) failing_ += fails ? 1 : -1;
  slot.failing = fails;
  const MonoTime now = clock_.mono();
  if (fails && !complained_ && (!last_complaint_ || now - *last_complaint_ >= kBetweenComplaints)) {
    complained_ = true;
    last_complaint_ = now;
    log_.error("LOG: statistics: " + outcome.problem->message);
  } else if (failing_ == 0 && complained_) {
    complained_ = false;
    log_.notice("LOG: statistics are written again; lines lost: " + std::to_string(lost_));
    lost_ = 0;
  }
}

}  // namespace ntp::statistics
