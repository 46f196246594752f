// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/control/format.h"
#include "ntpd/control/variables.h"

namespace ntp::control {
namespace {

using Text = std::optional<std::string>;
using C = ClockView;

std::string clock_variable_names(const C& c);

Text fudge_time(double seconds, bool asked) {
  return asked || seconds != 0 ? Text(milliseconds(seconds, 3)) : Text();
}

/// NTPsec: a clock's own identifier becomes a dotted quad above stratum 1, be it text or not.
Text reference_id(const C& c, bool) {
  return c.stratum > 1 ? c.reference_id.to_quad() : reference_text(c.reference_id);
}

Text name_or_nothing(const std::string& text, bool asked) {
  return asked || !text.empty() ? Text(in_quotes(text)) : Text();
}

constexpr ClockVariable kClockVariables[] = {
    {"name", Listing::Default,
     [](const C& c, bool asked) { return name_or_nothing(c.name, asked); }},
    {"timecode", Listing::Default, [](const C& c, bool) -> Text { return in_quotes(c.timecode); }},
    {"poll", Listing::Default, [](const C& c, bool) -> Text { return integer(c.polls); }},
    {"noreply", Listing::Default, [](const C& c, bool) -> Text { return integer(c.no_reply); }},
    {"badformat", Listing::Default, [](const C& c, bool) -> Text { return integer(c.bad_format); }},
    {"baddata", Listing::Default, [](const C& c, bool) -> Text { return integer(c.bad_data); }},
    {"fudgetime1", Listing::Default,
     [](const C& c, bool asked) { return fudge_time(c.fudge_time1, asked); }},
    {"fudgetime2", Listing::Default,
     [](const C& c, bool asked) { return fudge_time(c.fudge_time2, asked); }},
    {"stratum", Listing::Default, [](const C& c, bool) -> Text { return integer(c.stratum); }},
    {"refid", Listing::Default, reference_id},
    {"flags", Listing::Default, [](const C& c, bool) -> Text { return integer(c.flags); }},
    {"device", Listing::Default,
     [](const C& c, bool asked) { return name_or_nothing(c.device, asked); }},
    {"clock_var_list", Listing::OnRequest,
     [](const C& c, bool) -> Text { return in_quotes(clock_variable_names(c)); }},
};

std::string clock_variable_names(const C& c) {
  std::string names;
  for (const ClockVariable& variable : kClockVariables) {
    if (!names.empty()) names += ',';
    names += variable.name;
  }
  for (const C::Own& each : c.own) names += ',' + each.name;
  return names;
}

}  // namespace

std::span<const ClockVariable> clock_variables() { return kClockVariables; }

}  // namespace ntp::control
