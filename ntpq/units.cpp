// SPDX-License-Identifier: BSD-2-Clause
#include "ntpq/units.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <span>
#include <utility>
#include <vector>

#include "ntpq/number.h"
#include "ntpq/text.h"

namespace ntp::ntpq {
namespace {

constexpr std::array<std::string_view, 2> kSecondVariables = {"tai", "poll"};
constexpr std::array<std::string_view, 2> kPpmVariables = {"frequency", "clk_wander"};
constexpr std::array<std::string_view, 23> kMillisecondVariables = {"rootdelay",
                                                                    "rootdisp",
                                                                    "rootdist",
                                                                    "offset",
                                                                    "sys_jitter",
                                                                    "clk_jitter",
                                                                    "leapsmearoffset",
                                                                    "authdelay",
                                                                    "koffset",
                                                                    "kmaxerr",
                                                                    "kesterr",
                                                                    "kprecis",
                                                                    "kppsjitter",
                                                                    "clk_wander_threshold",
                                                                    "tick",
                                                                    "in",
                                                                    "out",
                                                                    "bias",
                                                                    "delay",
                                                                    "jitter",
                                                                    "dispersion",
                                                                    "fudgetime1",
                                                                    "fudgetime2"};

struct Scale {
  std::span<const std::string_view> names;
  /// Where the unit of the daemon stands among the names.
  std::size_t start;
};

constexpr std::array<std::string_view, 5> kTimeNames = {"ns", "us", "ms", "s", "ks"};
constexpr std::array<std::string_view, 4> kRatioNames = {"ppt", "ppb", "ppm", "ppk"};

Scale scale_of(Unit unit) {
  if (unit == Unit::PartsPerMillion) return {kRatioNames, 2};
  return {kTimeNames, unit == Unit::Seconds ? std::size_t{3} : std::size_t{2}};
}

/// A decimal number as its digits.
struct Digits {
  std::string whole;
  std::string decimals;
  bool negative = false;

  [[nodiscard]] std::string text() const {
    std::string text = negative ? "-" : "";
    text += whole.empty() ? "0" : whole;
    if (!decimals.empty()) text += "." + decimals;
    return text;
  }
  [[nodiscard]] bool is_zero() const { return zeros(whole) && zeros(decimals); }
  [[nodiscard]] bool whole_is_zero() const { return zeros(whole); }
  /// By how many units it can go down without inventing digits.
  [[nodiscard]] int groups() const { return static_cast<int>(decimals.size() / 3); }

 private:
  static bool zeros(std::string_view digits) {
    return digits.find_first_not_of('0') == std::string_view::npos;
  }
};

/// A number and the units it was moved, up if positive.
struct Scaled {
  std::string text;
  int moved = 0;
};

/// What stands before and behind the point, digits or not.
Digits split_at_point(std::string_view text) {
  Digits digits;
  if (!text.empty() && text.front() == '-') {
    digits.negative = true;
    text.remove_prefix(1);
  }
  const std::size_t point = std::min(text.find('.'), text.size());
  digits.whole = text.substr(0, point);
  if (point < text.size()) digits.decimals = text.substr(point + 1);
  return digits;
}

std::optional<Digits> parse_digits(std::string_view text) {
  Digits digits = split_at_point(text);
  const auto only_digits = [](std::string_view part) {
    return part.find_first_not_of("0123456789") == std::string_view::npos;
  };
  if (!only_digits(digits.whole) || !only_digits(digits.decimals)) return std::nullopt;
  return digits;
}

void strip_leading_zeros(std::string& digits) {
  digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size()));
}

/// Moves the point by whole units: left if positive, right if negative, as far as groups() allows.
std::string rescale(Digits digits, int units) {
  if (units == 0) return digits.text();
  const auto moved = static_cast<std::size_t>(std::abs(units)) * 3;
  if (units > 0) {
    if (digits.whole.size() < moved) digits.whole.insert(0, moved - digits.whole.size(), '0');
    digits.decimals.insert(0, digits.whole.substr(digits.whole.size() - moved));
    digits.whole.erase(digits.whole.size() - moved);
  } else {
    digits.whole += digits.decimals.substr(0, moved);
    digits.decimals.erase(0, moved);
  }
  strip_leading_zeros(digits.whole);
  return digits.text();
}

Scaled scale_zero(Digits digits) {
  digits.negative = false;
  const int moved = -digits.groups();
  return {rescale(digits, moved), moved};
}

Scaled scale(Digits digits) {
  if (digits.is_zero()) return scale_zero(std::move(digits));
  if (digits.whole_is_zero()) {
    const std::size_t first = digits.decimals.find_first_not_of('0');
    int units = static_cast<int>(first / 3) + 1;
    units = std::min(units, std::max(digits.groups(), static_cast<int>(first / 3)));
    digits.whole.clear();
    if (units == 0) return {digits.text(), 0};
    return {rescale(std::move(digits), -units), -units};
  }
  const int units = static_cast<int>((digits.whole.size() - 1) / 3);
  const std::size_t kept = digits.whole.size() - static_cast<std::size_t>(units) * 3;
  digits.decimals.insert(0, digits.whole.substr(kept));
  digits.whole.resize(kept);
  return {digits.text(), units};
}

/// Pads on the left, or rounds to fewer decimals. Where none is left the point stays, to show that
/// there were some. Digits before the point are never lost.
std::string fit(const std::string& number, std::size_t width) {
  const std::size_t point = number.find('.');
  if (number.size() <= width || point == std::string::npos) return pad_left(number, width);
  const std::size_t decimals = number.size() - point - 1;
  const std::size_t kept = decimals - std::min(decimals, number.size() - width);
  const auto value = parse_real(number);
  if (!value) return number;
  return to_fixed(*value, static_cast<int>(kept)) + (kept == 0 ? "." : "");
}

template <std::size_t Count>
bool contains(const std::array<std::string_view, Count>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

std::optional<Unit> unit_of(std::string_view variable) {
  if (contains(kMillisecondVariables, variable)) return Unit::Milliseconds;
  if (contains(kSecondVariables, variable)) return Unit::Seconds;
  if (contains(kPpmVariables, variable)) return Unit::PartsPerMillion;
  return std::nullopt;
}

std::string with_unit(std::string_view number, Unit unit, std::optional<std::size_t> width) {
  const Scale names = scale_of(unit);
  std::string unscaled = visible(number) + std::string(names.names[names.start]);
  auto digits = parse_digits(number);
  if (!digits) return width ? pad_left(unscaled, *width) : unscaled;
  // Nothing is smaller than the smallest unit.
  const std::size_t most_decimals = names.start * 3;
  if (!digits->is_zero() && digits->decimals.size() > most_decimals) {
    digits->decimals.resize(most_decimals);
  }
  const Scaled scaled = scale(*digits);
  const int index = static_cast<int>(names.start) + scaled.moved;
  if (index < 0 || index >= static_cast<int>(names.names.size())) return unscaled;
  const std::string_view name = names.names[static_cast<std::size_t>(index)];
  if (!width) return scaled.text + std::string(name);
  return fit(scaled.text, *width - name.size()) + std::string(name);
}

std::string filter_with_unit(std::string_view values) {
  constexpr std::size_t kValueWidth = 7;
  const Scale names = scale_of(Unit::Milliseconds);
  std::vector<Digits> numbers;
  // NTPsec: stray octets of 1.2.2 daemons leave words that are no numbers, and move like them.
  for (const std::string_view word : split_words(values)) numbers.push_back(split_at_point(word));
  if (numbers.empty()) return visible(values);
  int lowest = -static_cast<int>(names.start);
  std::vector<std::pair<int, int>> votes;
  for (const Digits& number : numbers) {
    lowest = std::max(lowest, -number.groups());
    const int moved = scale(number).moved;
    const auto known = std::find_if(votes.begin(), votes.end(),
                                    [&](const auto& vote) { return vote.first == moved; });
    if (known == votes.end()) {
      votes.emplace_back(moved, 1);
    } else {
      ++known->second;
    }
  }
  const int highest = static_cast<int>(names.names.size() - 1 - names.start);
  int moved = 0;
  int most = 0;
  for (const auto& [candidate, count] : votes) {
    if (candidate < lowest || candidate > highest || count <= most) continue;
    moved = candidate;
    most = count;
  }
  std::string text;
  for (const Digits& number : numbers) {
    text += visible(fit(rescale(number, moved), kValueWidth)) + " ";
  }
  const int index = static_cast<int>(names.start) + moved;
  return text + std::string(names.names[static_cast<std::size_t>(index)]);
}

}  // namespace ntp::ntpq
