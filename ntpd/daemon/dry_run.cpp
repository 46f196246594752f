// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/daemon/dry_run.h"

#include <cstdio>

#include "ntpd/check/check.h"
#include "ntpd/daemon/config_file.h"
#include "ntpd/daemon/without_effect.h"
#include "ntpd/engine/key_store.h"
#include "ntpd/os/file_survey.h"
#include "ntpd/os/files.h"
#include "ntpd/os/linux_clock.h"
#include "ntpd/refclock/driver.h"

namespace ntp::daemon {
namespace {

check::ClockFacts facts_of(const config::SourceSettings& source) {
  using Path = refclock::DriverInfo::Path;
  using Use = check::ClockFacts::Use;
  const refclock::DriverInfo* info = refclock::find_driver(source.driver);
  if (info == nullptr) return {};
  if (const auto trouble = refclock::trouble_with(*info, source)) return {.wrong = *trouble};
  std::string device = refclock::device_path(*info, source);
  if (info->path == Path::Pulse) {
    // With `ppspath` that is looked at as it is for any clock.
    if (!source.pps_path.empty()) return {};
    device = refclock::with_unit(info->device, source.unit);
  }
  if (info->path == Path::Label || device.empty()) return {};
  return {.use = info->path == Path::Socket ? Use::Made : Use::Opened, .device = device};
}

}  // namespace

int run_check(const Options& options) {
  os::Files files;
  check::Circumstances circumstances;
  circumstances.config_file = config_path(options);
  circumstances.user = options.identity.user;
  circumstances.group = options.identity.group;
  circumstances.now = os::ReadOnlyClock().wall();
  circumstances.key_types = engine::key_types();
  circumstances.clock = facts_of;
  config::ParseResult parsed = read_config_file(options, files, Reading::First);
  if (const auto applied = apply_options(options, parsed.settings); !applied) {
    config::Location where;
    if (!parsed.settings.interfaces.empty()) where = parsed.settings.interfaces.front().where;
    parsed.diagnostics.push_back({config::Severity::Error, where, applied.error().message});
  }
  for (const std::string& name : without_effect(parsed.settings)) {
    parsed.hints.push_back(
        {config::Severity::Warning, {}, "'" + name + "' has no effect in this version"});
  }
  for (config::SourceSettings& source : parsed.settings.sources) {
    if (source.driver.empty()) continue;
    if (const auto* info = refclock::find_driver(source.driver)) {
      source = with_polls(*info, source);
    } else {
      parsed.hints.push_back({config::Severity::Warning, source.where,
                              "reference clock driver " + source.driver +
                                  " is not built in: this source is left out (there are " +
                                  refclock::built_in_drivers() + ')'});
    }
  }
  const check::Report report = check::check(parsed, circumstances, os::HostSurvey());
  std::fputs((options.json ? to_json(report) : to_text(report)).c_str(), stdout);
  return report.status();
}

}  // namespace ntp::daemon
