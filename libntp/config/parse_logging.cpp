// SPDX-License-Identifier: BSD-2-Clause
#include <optional>

#include "libntp/config/directives.h"

namespace ntp::config {
namespace {

constexpr std::string_view kSetNames =
    "clockstats, loopstats, peerstats, protostats, rawstats, sysstats, usestats, ntsstats, "
    "ntskestats or ntskelog";
constexpr std::size_t kLongestStatsDir = 254;

std::optional<StatisticsSet> statistics_set(const Token& token) {
  if (token.kind != TokenKind::Keyword) return std::nullopt;
  switch (token.keyword) {
    case Keyword::ClockStats:
      return StatisticsSet::Clock;
    case Keyword::LoopStats:
      return StatisticsSet::Loop;
    case Keyword::PeerStats:
      return StatisticsSet::Peer;
    case Keyword::ProtoStats:
      return StatisticsSet::Proto;
    case Keyword::RawStats:
      return StatisticsSet::Raw;
    case Keyword::SysStats:
      return StatisticsSet::Sys;
    case Keyword::UseStats:
      return StatisticsSet::Use;
    case Keyword::NtsStats:
      return StatisticsSet::Nts;
    case Keyword::NtsKeStats:
      return StatisticsSet::NtsKe;
    case Keyword::NtsKeLog:
      return StatisticsSet::NtsKeLog;
    default:
      return std::nullopt;
  }
}

std::optional<FileGeneration> file_generation(const Token& token) {
  if (token.kind != TokenKind::Keyword) return std::nullopt;
  switch (token.keyword) {
    case Keyword::None:
      return FileGeneration::None;
    case Keyword::Pid:
      return FileGeneration::Pid;
    case Keyword::Day:
      return FileGeneration::Day;
    case Keyword::Week:
      return FileGeneration::Week;
    case Keyword::Month:
      return FileGeneration::Month;
    case Keyword::Year:
      return FileGeneration::Year;
    case Keyword::Age:
      return FileGeneration::Age;
    default:
      return std::nullopt;
  }
}

/// Reads the `filegen` option whose first word is taken. False if its argument is bad.
bool read_filegen_option(const Token& option, Line& line, StatisticsSettings& set) {
  switch (option.keyword) {
    case Keyword::File: {
      const Location where = line.here();
      auto name = line.string();
      if (!name) return false;
      if (name->find('/') == std::string::npos) {
        set.file = *std::move(name);
      } else {
        // NTPsec spins for ever on such a name.
        line.report().error(where, "the file of a statistics set is in statsdir, so that " +
                                       quote(*name) +
                                       " can't hold a '/'; the name of the set "
                                       "is used");
      }
      return true;
    }
    case Keyword::Type: {
      const auto type = file_generation(line.peek());
      if (!type) {
        line.reject("none, pid, day, week, month, year or age");
        return false;
      }
      line.take();
      set.type = *type;
      return true;
    }
    case Keyword::Link:
    case Keyword::NoLink:
      set.link = option.is(Keyword::Link);
      return true;
    default:
      set.enabled = option.is(Keyword::Enable);
      return true;
  }
}

/// The bits of a `logconfig` word without its sign; 0 if it is unknown.
std::uint32_t log_bits(std::string_view word) {
  struct Name {
    std::string_view text;
    std::uint32_t bits;
  };
  constexpr std::uint32_t kEach = 0x1111;
  constexpr Name kClasses[] = {{"clock", log_mask::kClockShift},
                               {"peer", log_mask::kPeerShift},
                               {"sync", log_mask::kSyncShift},
                               {"sys", log_mask::kSysShift}};
  constexpr Name kItems[] = {{"all", 0xf},
                             {"info", log_mask::kInfo},
                             {"events", log_mask::kEvents},
                             {"status", log_mask::kStatus},
                             {"statistics", log_mask::kStatistics}};
  if (word.starts_with("all")) {
    const std::string_view rest = word.substr(3);
    for (const auto& item : kItems) {
      if (rest == item.text) return item.bits * kEach;
    }
    for (const auto& name : kClasses) {
      if (rest == name.text) return 0xfU << name.bits;
    }
  }
  std::uint32_t shift = log_mask::kSysShift;  // NTPsec: no class is the class sys
  for (const auto& name : kClasses) {
    if (!word.starts_with(name.text)) continue;
    shift = name.bits;
    word.remove_prefix(name.text.size());
    break;
  }
  for (const auto& item : kItems) {
    if (word == item.text) return item.bits << shift;
  }
  return 0;
}

}  // namespace

bool parse_statistics(Keyword, Line& line, Draft& draft) {
  const auto matches = [](const Token& token) { return statistics_set(token).has_value(); };
  const auto reads = [&](const Token& token) {
    const auto index = static_cast<std::size_t>(*statistics_set(token));
    draft.wanted_statistics[index] = true;
    draft.settings.statistics[index].where = line.previous();
    return true;
  };
  return read_items(line, kSetNames, matches, reads);
}

bool parse_filegen(Keyword, Line& line, Draft& draft) {
  const auto which = statistics_set(line.peek());
  if (!which) {
    line.reject(kSetNames);
    return false;
  }
  line.take();
  const auto index = static_cast<std::size_t>(*which);
  StatisticsSettings set = draft.settings.statistics[index];
  // NTPsec: a filegen line enables its set, and forgets the name that an earlier one gave.
  set.enabled = true;
  set.file.clear();
  set.where = line.start();
  line.expect("file, type, link, nolink, enable or disable");
  while (is_any(line.peek(), Keyword::File, Keyword::Type, Keyword::Link, Keyword::NoLink,
                Keyword::Enable, Keyword::Disable)) {
    if (!read_filegen_option(line.take(), line, set)) return false;
  }
  draft.settings.statistics[index] = std::move(set);
  draft.generated_statistics[index] = true;
  return true;
}

bool parse_logconfig(Keyword, Line& line, Draft& draft) {
  std::uint32_t mask = draft.settings.log_classes;
  if (line.peek().kind != TokenKind::String) {
    line.reject("words such as =syncall, +clockinfo or -peerevents");
    return false;
  }
  while (line.peek().kind == TokenKind::String) {
    const Location where = line.here();
    const Token token = line.take();
    std::string_view word = token.text;
    const bool sign = std::string_view("+-=").find(word.front()) != std::string_view::npos;
    const char action = sign ? word.front() : '=';
    if (sign) word.remove_prefix(1);
    const std::uint32_t bits = log_bits(word);
    if (bits == 0) {
      line.report().error(where, "logconfig: " + quote(word) + " not recognized - ignored" +
                                     (action == '=' ? ", but '=' clears all classes" : ""));
    }
    mask = action == '+' ? mask | bits : action == '-' ? mask & ~bits : bits;
  }
  draft.settings.log_classes = mask;
  return true;
}

bool parse_statsdir(Keyword, Line& line, Draft& draft) {
  const Location where = line.here();
  auto path = line.string();
  if (!path) return false;
  if (!path->ends_with('/')) path->push_back('/');
  if (path->size() > kLongestStatsDir) {
    line.report().error(where, "statsdir is longer than 254 bytes (the line is ignored)");
    return true;
  }
  draft.settings.stats_dir = *std::move(path);
  draft.settings.stats_dir_at = where;
  return true;
}

}  // namespace ntp::config
