// SPDX-License-Identifier: BSD-2-Clause
#include <algorithm>

#include "ntpq/diagnosis.h"
#include "ntpq/facts.h"

namespace ntp::ntpq {
namespace {

bool has_code(const SourceVerdict& verdict, std::string_view code) {
  return std::any_of(verdict.causes.begin(), verdict.causes.end(),
                     [&](const Cause& cause) { return cause.code == code; });
}

/// Why none of the sources leads.
Cause no_leader(const Facts& system, const std::vector<SourceVerdict>& verdicts) {
  const auto count = [&](auto&& is) {
    return static_cast<std::int64_t>(std::count_if(verdicts.begin(), verdicts.end(), is));
  };
  const std::int64_t sound = count([](const auto& v) { return v.used || v.sound; });
  const std::int64_t coming = count([](const auto& v) {
    return has_code(v, "few_samples") || has_code(v, "pending") || has_code(v, "nts_pending");
  });
  const std::int64_t wanted = system.integer("minsane", 1);
  const std::int64_t pools = count([](const auto& v) { return has_code(v, "pool"); });
  const std::int64_t servers = static_cast<std::int64_t>(verdicts.size()) - pools;
  if (verdicts.empty()) return {"no_sources", "it has no sources"};
  if (sound > 0 && sound < wanted) {
    return {"minsane", "it waits for more sources: " + std::to_string(sound) +
                           " can be used, tos minsane wants " + std::to_string(wanted)};
  }
  if (coming > 0) {
    return {"first_samples", "it waits for the first samples of " + times(coming, "source")};
  }
  if (sound > 0) {
    return {"no_majority", "no majority among " + times(sound, "usable source")};
  }
  if (servers == 0) return {"no_usable_source", "its pools have given no servers so far"};
  return {"no_usable_source", "none of " + times(servers, "source") + " can be used"};
}

}  // namespace

bool is_synchronized(const SystemFacts& system) {
  constexpr std::int64_t kAlarm = 3;
  return Facts(system.variables).integer("leap", kAlarm) != kAlarm;
}

std::vector<Cause> judge_system(const SystemFacts& system,
                                const std::vector<SourceVerdict>& verdicts) {
  constexpr unsigned kEventSpike = 3;
  constexpr unsigned kEventTraining = 4;
  const Facts reader(system.variables);
  const unsigned event = system.status & 0xfU;
  const std::string state = reader.text("clockstate");
  std::vector<Cause> causes;
  const bool led = reader.integer("peer") != 0;
  if (!led) causes.push_back(no_leader(reader, verdicts));
  if (state == "spike" || (state.empty() && event == kEventSpike)) {
    causes.push_back({"spike",
                      "the offset is beyond the step threshold, and has to stay there "
                      "before it is believed"});
  }
  if (led && (state == "training" || (state.empty() && event == kEventTraining))) {
    causes.push_back({"training", "the frequency of the clock is being measured"});
  }
  if (led && causes.empty() && !is_synchronized(system)) {
    causes.push_back({"first_update",
                      "it has a system peer, and waits for the next sample to set "
                      "the clock by"});
  }
  return causes;
}

}  // namespace ntp::ntpq
