// SPDX-License-Identifier: BSD-2-Clause
#include <algorithm>
#include <array>

#include "libntp/config/text.h"
#include "ntpd/check/judge.h"

namespace ntp::check {
namespace {

using config::SourceSettings;
using config::SourceType;

// With four, one that lies is outvoted even while another is away.
constexpr std::size_t kGoodNumber = 4;

bool is_local_clock(const SourceSettings& source) {
  return source.type == SourceType::Refclock && source.driver == "local";
}

/// Known to smear leap seconds over a day: half a second off a plain server in the middle of it.
bool smears(const std::string& host) {
  constexpr std::array<std::string_view, 4> kDomains{".google.com", ".facebook.com", ".aws.com",
                                                     ".android.com"};
  constexpr std::array<std::string_view, 2> kAddresses{"169.254.169.123", "fd00:ec2::123"};
  const std::string name = config::to_lower(host);
  return std::any_of(kDomains.begin(), kDomains.end(),
                     [&](std::string_view domain) {
                       return name.ends_with(domain) && name.starts_with("time");
                     }) ||
         std::find(kAddresses.begin(), kAddresses.end(), name) != kAddresses.end();
}

std::string plural(std::size_t count, const char* noun) {
  return std::to_string(count) + ' ' + noun + (count == 1 ? "" : "s");
}

void check_number(Judge& judge) {
  const auto& sources = judge.settings.sources;
  const auto counts = [](const SourceSettings& source) {
    return !source.noselect && !is_local_clock(source);
  };
  const auto voters =
      static_cast<std::size_t>(std::count_if(sources.begin(), sources.end(), counts));
  const bool pool = std::any_of(sources.begin(), sources.end(), [](const SourceSettings& source) {
    return source.type == SourceType::Pool;
  });
  const auto first = std::find_if(sources.begin(), sources.end(), counts);
  const config::Location where = first != sources.end() ? first->where
                                 : sources.empty()      ? config::Location{}
                                                        : sources.front().where;
  const auto wanted = static_cast<std::size_t>(std::max(judge.settings.tos.min_sane, 0));
  if (!pool && voters > 0 && voters < wanted) {
    judge.find(Severity::Error, "too-few-sources", where,
               plural(voters, "source") + ", but 'tos minsane " + std::to_string(wanted) +
                   "' wants more to agree: the clock is never set",
               "name more sources, or lower minsane");
  } else if (voters == 0) {
    judge.find(Severity::Warning, "no-sources", where,
               sources.empty() ? "there is no source: the clock is never set"
                               : "no source can be followed: all are 'noselect' or the local clock",
               "add lines such as 'pool pool.ntp.org iburst'");
  } else if (!pool && voters < kGoodNumber) {
    judge.find(Severity::Warning, "too-few-sources", where,
               voters == 1   ? "1 source: nothing tells when it is wrong"
               : voters == 2 ? "2 sources: if they differ, neither outvotes the other"
                             : "3 sources: if one is away, the other two can't outvote each other",
               "name at least four servers, or a pool");
  }
}

void check_smearing(Judge& judge) {
  const SourceSettings* smearing = nullptr;
  const SourceSettings* plain = nullptr;
  for (const SourceSettings& source : judge.settings.sources) {
    if (source.noselect || is_local_clock(source)) continue;
    const SourceSettings*& place = smears(source.host) ? smearing : plain;
    if (place == nullptr) place = &source;
  }
  if (smearing != nullptr && plain == nullptr && !judge.settings.leap_file.empty()) {
    judge.find(Severity::Warning, "smearing-leapfile", judge.settings.leap_file_at,
               smearing->host + " smears leap seconds: with this file the clock does them again",
               "leave 'leapfile' out");
  }
  if (smearing == nullptr || plain == nullptr) return;
  judge.find(
      Severity::Warning, "smearing-mixed", smearing->where,
      smearing->host + " smears leap seconds and " + title_of(*plain) +
          " does not, as far as is known: around a leap second they differ by up to a second",
      "use servers of one kind only");
}

/// NTPsec: a pool gives its servers version, minpoll, maxpoll, iburst and NTS's options only.
void check_pool_options(Judge& judge) {
  for (const SourceSettings& source : judge.settings.sources) {
    if (source.type != SourceType::Pool) continue;
    std::string lost;
    const auto lose = [&](bool given, const char* word) {
      if (given) lost += (lost.empty() ? "'" : ", '") + std::string(word) + '\'';
    };
    lose(source.key != 0, "key");
    lose(source.prefer, "prefer");
    lose(source.noselect, "noselect");
    lose(source.burst, "burst");
    lose(source.truechimer, "true");
    lose(source.bias != 0, "bias");
    if (lost.empty()) continue;
    judge.find(Severity::Warning, "pool-option", source.where,
               "the servers of a pool do not get " + lost,
               "leave it out, or name the servers in 'server' lines");
  }
}

/// NTPsec: they are stored for a server, too, and say nothing to it.
void check_clock_options(Judge& judge) {
  for (const SourceSettings& source : judge.settings.sources) {
    if (source.type == SourceType::Refclock) continue;
    std::string idle;
    const auto note = [&](bool given, const char* word) {
      if (given) idle += (idle.empty() ? "'" : ", '") + std::string(word) + '\'';
    };
    note(source.mode != 0, "mode");
    note(!source.path.empty(), "path");
    note(!source.pps_path.empty(), "ppspath");
    note(source.baud != 0, "baud");
    note(source.time1 != 0, "time1");
    note(source.time2 != 0, "time2");
    note(source.stratum.has_value(), "stratum");
    note(source.refid.has_value(), "refid");
    note(source.flags != 0, "flag1 to flag4");
    if (idle.empty()) continue;
    judge.find(Severity::Warning, "no-effect", source.where,
               idle + " of " + source.host + " has no effect: it is for reference clocks",
               "leave it out; 'bias' corrects the offsets of a server");
  }
}

/// NTPsec: once there is a rule, what none matches is closed, but for the loopback.
void check_interfaces(Judge& judge) {
  const auto& rules = judge.settings.interfaces;
  const bool opens = std::any_of(rules.begin(), rules.end(), [](const config::InterfaceRule& rule) {
    return rule.action == config::InterfaceRule::Action::Listen;
  });
  if (rules.empty() || opens) return;
  judge.find(Severity::Warning, "interface-closes-all", rules.front().where,
             "rules that only ignore or drop close all other addresses, too, but the loopback",
             "put 'interface listen all' before them");
}

/// Nothing if the kernel does not list its interfaces here.
void check_interface_name(Judge& judge, const std::string& name, const config::Location& where) {
  const std::string folder = "/sys/class/net";
  if (name.find_first_of("*?[/") != std::string::npos ||
      judge.files.look(folder).kind != FileFacts::Kind::Directory ||
      judge.files.look(folder + '/' + name).kind != FileFacts::Kind::Missing) {
    return;
  }
  judge.find(Severity::Warning, "interface-unknown", where,
             "there is no interface '" + name + "' here", "correct the name");
}

void check_interface_names(Judge& judge) {
  for (const config::InterfaceRule& rule : judge.settings.interfaces) {
    if (rule.match != config::InterfaceRule::Match::Name) continue;
    // An alias of an interface, such as eth0:1, is not listed.
    check_interface_name(judge, rule.name.substr(0, rule.name.find(':')), rule.where);
  }
  for (const std::string& name : judge.settings.hardware_stamps) {
    check_interface_name(judge, name, judge.settings.hardware_stamps_at);
  }
}

void check_tos(Judge& judge) {
  const config::TosSettings& tos = judge.settings.tos;
  const bool no_stratum = tos.floor >= tos.ceiling;
  if (no_stratum || tos.max_dist <= 0) {
    judge.find(Severity::Error, "tos", judge.settings.tos_at,
               (no_stratum ? "no stratum is from 'floor' on and below 'ceiling'"
                           : std::string("no source is nearer than 'maxdist'")) +
                   ": no source is ever used",
               no_stratum ? "raise ceiling, or lower floor" : "raise maxdist");
  }
  if (tos.min_clock <= tos.max_clock) return;
  judge.find(Severity::Warning, "tos", judge.settings.tos_at,
             "'minclock " + std::to_string(tos.min_clock) + "' is above 'maxclock " +
                 std::to_string(tos.max_clock) + "': a pool never has enough servers",
             "raise maxclock, or lower minclock");
}

void check_frequency(Judge& judge) {
  if (!judge.settings.tinker.frequency || judge.settings.drift_file.empty()) return;
  judge.find(Severity::Note, "no-effect", judge.settings.drift_file_at,
             "'tinker freq' counts only as long as the drift file is not there", "");
}

}  // namespace

void check_sources(Judge& judge) {
  check_number(judge);
  check_smearing(judge);
  check_pool_options(judge);
  check_clock_options(judge);
  check_interfaces(judge);
  check_interface_names(judge);
  check_tos(judge);
  check_frequency(judge);
}

}  // namespace ntp::check
