// SPDX-License-Identifier: BSD-2-Clause
#include <algorithm>
#include <cmath>
#include <limits>

#include "libntp/config/directives.h"

namespace ntp::config {
namespace {

constexpr double kLeastStepout = 300;    // s
constexpr double kLeastHuffpuff = 900;   // s
constexpr int kDefaultOrphanWait = 300;  // s
constexpr int kHighestCeiling = 15;

void set_tos_integer(const Token& item, std::int32_t value, TosSettings& tos, Line& line) {
  switch (item.keyword) {
    case Keyword::Ceiling:
      if (value > kHighestCeiling) {
        line.report().warning(line.previous(), "Using maximum tos ceiling 15, " +
                                                   std::to_string(value) + " requested");
      }
      tos.ceiling = std::min(value, kHighestCeiling);
      break;
    case Keyword::Correct:
      tos.correct = value != 0;
      break;
    case Keyword::Floor:
      tos.floor = value;
      break;
    case Keyword::Orphan:
      tos.orphan = value;
      break;
    case Keyword::OrphanWait:
      tos.orphan_wait = value < 1 ? kDefaultOrphanWait : value;
      break;
    default:
      tos.min_sane = value;
      break;
  }
}

void set_tos_number(const Token& item, double value, TosSettings& tos) {
  switch (item.keyword) {
    case Keyword::MinDist:
      tos.min_dist = value;
      break;
    case Keyword::MaxDisp:
      tos.max_disp = value;
      break;
    case Keyword::MaxDist:
      tos.max_dist = value;
      break;
    case Keyword::MinClock:
      tos.min_clock = to_int(value);
      break;
    default:
      tos.max_clock = to_int(value);
      break;
  }
}

/// NTPsec: such a step threshold turns the kernel discipline off, for good.
bool too_wide_for_kernel(double step) { return step == 0 || step > 0.5; }

void set_tinker(Keyword item, double value, TinkerSettings& tinker, bool& kernel_off) {
  const auto check_either = [&] {
    if (too_wide_for_kernel(tinker.step_forward) || too_wide_for_kernel(tinker.step_backward)) {
      kernel_off = true;
    }
  };
  switch (item) {
    case Keyword::Step:
      tinker.step_forward = tinker.step_backward = value;
      check_either();
      break;
    case Keyword::StepFwd:
      tinker.step_forward = value;
      check_either();
      break;
    case Keyword::StepBack:
      tinker.step_backward = value;
      check_either();
      break;
    case Keyword::Panic:
      tinker.panic = value;
      break;
    case Keyword::StepOut:
      tinker.stepout = std::max(value, kLeastStepout);
      break;
    case Keyword::Allan:
      tinker.allan = to_int(value) & 0xff;
      break;  // NTPsec: kept in a byte
    case Keyword::Dispersion:
      tinker.dispersion = value;
      break;
    case Keyword::Freq:
      tinker.frequency = value;
      break;
    case Keyword::HuffPuff:
      tinker.huffpuff = std::max(value, kLeastHuffpuff);
      break;
    default:
      break;
  }
}

}  // namespace

int to_int(double value) {
  constexpr double kLeast = std::numeric_limits<int>::min();
  constexpr double kMost = std::numeric_limits<int>::max();
  return static_cast<int>(std::clamp(std::trunc(value), kLeast, kMost));
}

bool parse_tos(Keyword, Line& line, Draft& draft) {
  TosSettings tos = draft.settings.tos;
  const auto is_integer = [](const Token& token) {
    return is_any(token, Keyword::Ceiling, Keyword::Floor, Keyword::Orphan, Keyword::OrphanWait,
                  Keyword::MinSane, Keyword::Correct);
  };
  const auto matches = [&](const Token& token) {
    return is_integer(token) || is_any(token, Keyword::MinDist, Keyword::MaxDisp, Keyword::MaxDist,
                                       Keyword::MinClock, Keyword::MaxClock);
  };
  const auto reads = [&](const Token& item) {
    draft.note_setting("tos " + item.text, line.previous(), line.report());
    if (is_integer(item)) {
      const auto value = line.integer();
      if (value) set_tos_integer(item, *value, tos, line);
      return value.has_value();
    }
    const auto value = line.number();
    if (value) set_tos_number(item, *value, tos);
    return value.has_value();
  };
  if (!read_items(line,
                  "minclock, maxclock, minsane, floor, ceiling, orphan, orphanwait, mindist, "
                  "maxdist, maxdisp or correct",
                  matches, reads)) {
    return false;
  }
  draft.settings.tos = tos;
  draft.settings.tos_at = line.start();
  return true;
}

bool parse_tinker(Keyword, Line& line, Draft& draft) {
  TinkerSettings tinker = draft.settings.tinker;
  bool kernel_off = draft.kernel_off_by_tinker;
  const auto matches = [](const Token& token) {
    return is_any(token, Keyword::Allan, Keyword::Dispersion, Keyword::Freq, Keyword::HuffPuff,
                  Keyword::Panic, Keyword::Step, Keyword::StepBack, Keyword::StepFwd,
                  Keyword::StepOut, Keyword::Tick);
  };
  const auto reads = [&](const Token& item) {
    const Location where = line.previous();
    const auto value = line.number();
    if (!value) return false;
    draft.note_setting("tinker " + item.text, where, line.report());
    if (item.is(Keyword::Tick)) line.report().warning(where, "tick has no effect");
    set_tinker(item.keyword, *value, tinker, kernel_off);
    return true;
  };
  if (!read_items(line,
                  "step, stepback, stepfwd, panic, stepout, allan, dispersion, freq or huffpuff",
                  matches, reads)) {
    return false;
  }
  draft.settings.tinker = tinker;
  draft.kernel_off_by_tinker = kernel_off;
  return true;
}

bool parse_switches(Keyword directive, Line& line, Draft& draft) {
  const auto matches = [](const Token& token) {
    return is_any(token, Keyword::Calibrate, Keyword::Kernel, Keyword::Monitor, Keyword::Ntp,
                  Keyword::Stats);
  };
  const auto reads = [&](const Token& item) {
    SwitchWords& words = item.is(Keyword::Calibrate) ? draft.calibrate
                         : item.is(Keyword::Kernel)  ? draft.kernel
                         : item.is(Keyword::Monitor) ? draft.monitor
                         : item.is(Keyword::Ntp)     ? draft.ntp
                                                     : draft.stats;
    const bool enable = directive == Keyword::Enable;
    (enable ? words.enabled : words.disabled) = true;
    (enable ? words.enabled_at : words.disabled_at) = line.previous();
    return true;
  };
  return read_items(line, "calibrate, kernel, monitor, ntp or stats", matches, reads);
}

bool parse_driftfile(Keyword, Line& line, Draft& draft) {
  // NTPsec: `driftfile` and `driftfile ""` turn it off, and the second word is a fraction, not an
  // integer.
  const bool named = line.peek().kind == TokenKind::String;
  draft.settings.drift_file = named ? line.take().text : std::string();
  draft.settings.drift_file_at = line.start();
  if (!named) line.report().info(line.start(), "driftfile disabled");
  line.expect(named ? "a wander threshold with a decimal point, or the end of the line" : "a path");
  if (named && line.peek().kind == TokenKind::Real) {
    const auto threshold = line.number();
    if (!threshold) return false;
    draft.settings.wander_threshold = *threshold;
  }
  return true;
}

}  // namespace ntp::config
