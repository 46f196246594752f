// SPDX-License-Identifier: BSD-2-Clause
#include "ntpq/monitor_detail.h"

#include <algorithm>
#include <array>
#include <optional>

#include "ntpq/date.h"
#include "ntpq/number.h"
#include "ntpq/text.h"
#include "ntpq/units.h"

namespace ntp::ntpq {
namespace {

constexpr const char* kMissing = "***missing***";

std::string value(const Variables& variables, std::string_view name, const CookOptions& options) {
  const Variable* variable = variables.find(name);
  if (variable == nullptr) return "?";
  const auto unit = unit_of(variable->name);
  if (options.units && unit) return with_unit(variable->text, *unit);
  if (variable->kind == Variable::Kind::Real) return shortest(variable->real);
  return visible(variable->text);
}

std::string date(const Variables& variables, std::string_view name, WallTime now) {
  const Variable* variable = variables.find(name);
  const auto stamp = variable == nullptr ? std::nullopt : parse_timestamp(variable->text);
  if (!stamp) return kMissing;
  const std::string text = pretty_date(*stamp, now);
  return text.substr(text.find(' ') + 1);
}

std::string leap(const Variables& variables) {
  constexpr std::array<std::string_view, 4> kLeaps = {"no-leap", "add-leap", "del-leap", "unsync"};
  const Variable* variable = variables.find("leap");
  const bool known = variable != nullptr && variable->is_integer() && variable->integer >= 0 &&
                     variable->integer < 4;
  return known ? std::string(kLeaps[static_cast<std::size_t>(variable->integer)]) : "?";
}

/// In seven columns, with fewer decimals if need be.
std::string fitted(std::string_view number) {
  constexpr std::size_t kWidth = 7;
  const auto real = parse_real(number);
  const std::size_t point = number.find('.');
  if (number.size() <= kWidth || !real || point == std::string_view::npos) {
    return pad_left(visible(number), kWidth);
  }
  const int decimals = point + 1 < kWidth ? static_cast<int>(kWidth - point - 1) : 0;
  // The point stays, to show that there is more behind it.
  return pad_left(to_fixed(*real, decimals) + (decimals == 0 ? "." : ""), kWidth);
}

std::string filter(const Variables& variables, std::string_view name, const CookOptions& options) {
  const Variable* variable = variables.find(name);
  if (variable == nullptr) return "?";
  if (options.units) return filter_with_unit(variable->text);
  std::string text;
  for (const std::string_view word : split_words(variable->text)) {
    text += (text.empty() ? "" : " ") + fitted(word);
  }
  return text;
}

std::string endpoint(const Variables& variables, std::string_view address, std::string_view port,
                     const CookOptions& options) {
  std::string host = value(variables, address, options);
  if (host.find(':') != std::string::npos) host = "[" + host + "]";
  return std::string(address) + "=" + host + ":" + value(variables, port, options);
}

/// Columns that begin at every eighth character.
std::string columns(const std::string& first, const std::string& second, const std::string& third) {
  constexpr std::size_t kStop = 8;
  const auto to_stop = [](const std::string& text) {
    return pad_right(text, (text.size() / kStop + 1) * kStop);
  };
  return to_stop(to_stop(first) + second) + third + "\n";
}

}  // namespace

bool is_clock(const Variables& variables) {
  const Variable* host = variables.find("srchost");
  return host != nullptr && host->text.find('(') != std::string::npos;
}

std::string describe_source(const Variables& variables, const CookOptions& options) {
  const auto get = [&](std::string_view name) { return value(variables, name, options); };
  const auto pair = [&](std::string_view name) { return std::string(name) + "=" + get(name); };
  const auto stamp = [&](std::string_view name) { return date(variables, name, options.now); };
  const std::string local = endpoint(variables, "dstadr", "dstport", options);
  const std::string remote = endpoint(variables, "srcadr", "srcport", options);
  const bool one_line = local.size() + 1 + remote.size() + 2 <= options.width;
  std::string text = local + (one_line ? " " : "\n") + remote + "\n";
  text += columns("reftime=" + stamp("reftime"), "leap=" + leap(variables), pair("rootdelay"));
  text += columns("    rec=" + stamp("rec"), "stratum=" + pad_left(get("stratum"), 2),
                  pair("rootdisp"));
  text += columns("    xmt=" + stamp("xmt"), "precision=" + pad_left(get("precision"), 3),
                  pair("dispersion"));
  std::string counters;
  for (const std::string_view name :
       {"unreach", "hmode", "pmode", "hpoll", "ppoll", "headway", "flash", "keyid"}) {
    counters += (counters.empty() ? "" : " ") + pair(name);
  }
  text += counters + "\n";
  for (const std::string_view name : {"filtdelay", "filtoffset", "filtdisp"}) {
    text += pad_right(name, 10) + " = " + filter(variables, name, options) + "\n";
  }
  return text;
}

}  // namespace ntp::ntpq
