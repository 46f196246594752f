// SPDX-License-Identifier: BSD-2-Clause
#include <algorithm>

#include "ntpd/check/judge.h"

namespace ntp::check {
namespace {

using config::SourceSettings;

/// Devices are opened before the rights of root are given up, and again after they were gone.
void check_device(Judge& judge, const SourceSettings& source, const std::string& path) {
  PlannedFile planned{title_of(source), path, PlannedFile::Use::Read, std::nullopt, {}};
  const auto plug = "correct the path, or see that the device is there when ntpd starts";
  switch (judge.files.look(path).kind) {
    case FileFacts::Kind::Unknown:
      planned.why_not = "it can't be seen from here";
      break;
    case FileFacts::Kind::Device:
      planned.possible = true;
      if (may(judge.files, judge.user, Need::Read, path) == false) {
        judge.find(Severity::Note, "clock-device", source.where,
                   title_of(source) + ": user " + judge.user.name + " may not read " + path +
                       ": once unplugged it can't be opened again",
                   "let that user read it, by a rule of udev");
      }
      break;
    case FileFacts::Kind::Missing:
      planned.possible = false;
      planned.why_not = "there is no such device";
      break;
    default:
      planned.possible = false;
      planned.why_not = "it is no device";
  }
  if (planned.possible == false) {
    judge.find(Severity::Warning, "clock-device", source.where,
               title_of(source) + ": " + path + ": " + planned.why_not, plug);
  }
  judge.report.files.push_back(std::move(planned));
}

void check_driver(Judge& judge, const SourceSettings& source) {
  const ClockFacts facts = judge.clock(source);
  if (!facts.wrong.empty()) {
    judge.find(Severity::Error, "clock-option", source.where,
               title_of(source) + ": " + facts.wrong + ": this clock never tells the time",
               "ntpd-refclock(5) and ntpd-refclock-serial(5) list what there is");
    return;
  }
  if (facts.use == ClockFacts::Use::Opened) check_device(judge, source, facts.device);
  if (facts.use == ClockFacts::Use::Made) {
    plan_write(judge, title_of(source), facts.device, source.where, User{});
  }
  if (!source.pps_path.empty()) check_device(judge, source, source.pps_path);
}

/// NTPsec: a pulse says when a second begins, but not which.
void check_pulse(Judge& judge, const SourceSettings& pulse) {
  if (pulse.noselect || judge.settings.tos.min_sane == 0) return;
  const auto others = [&](auto&& accept) {
    return std::ranges::any_of(judge.settings.sources, [&](const SourceSettings& other) {
      return other.driver != "pps" && !other.noselect && accept(other);
    });
  };
  if (others([](const SourceSettings& other) { return other.prefer; }) ||
      (pulse.prefer && others([](const SourceSettings&) { return true; }))) {
    return;
  }
  judge.find(Severity::Warning, "pps-alone", pulse.where,
             "no source is preferred that could number the seconds of " + title_of(pulse) +
                 ": its pulses are not used",
             "add 'prefer' to the source that the pulses belong to");
}

}  // namespace

void check_clocks(Judge& judge) {
  for (const SourceSettings& source : judge.settings.sources) {
    if (source.driver.empty()) continue;
    if (judge.clock) check_driver(judge, source);
    if (source.driver == "pps") check_pulse(judge, source);
    if (source.driver == "modem" && source.phones.empty()) {
      judge.find(Severity::Warning, "no-phone", source.where,
                 "there is no number to dial: a receiver is expected at the port itself",
                 "if it is a modem, add a line such as 'phone ATDT13034944774'");
    }
  }
}

}  // namespace ntp::check
