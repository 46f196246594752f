// SPDX-License-Identifier: BSD-2-Clause
#include "ntpq/cook.h"

#include <algorithm>
#include <array>
#include <vector>

#include "ntpq/date.h"
#include "ntpq/number.h"
#include "ntpq/text.h"
#include "ntpq/units.h"

namespace ntp::ntpq {
namespace {

constexpr std::array<std::string_view, 13> kFlashBits = {
    "pkt_dup",     "pkt_bogus",  "pkt_unsync",  "pkt_denied", "pkt_auth",
    "pkt_stratum", "pkt_header", "pkt_autokey", "pkt_crypto", "peer_stratum",
    "peer_dist",   "peer_loop",  "peer_unreach"};

std::string cook_timestamp(const Variable& variable, const CookOptions& options) {
  const auto stamp = parse_timestamp(variable.text);
  return stamp ? pretty_date(*stamp, options.now) : visible(variable.text);
}

std::string cook_as_received(const Variable& variable, const CookOptions&) {
  return visible(variable.text);
}

std::string cook_leap(const Variable& variable, const CookOptions&) {
  constexpr std::array<std::string_view, 4> kLeaps = {"00", "01", "10", "11"};
  if (!variable.is_integer() || variable.integer < 0 || variable.integer > 3) {
    return visible(variable.text);
  }
  return std::string(kLeaps[static_cast<std::size_t>(variable.integer)]);
}

std::string cook_reach(const Variable& variable, const CookOptions&) {
  if (!variable.is_integer() || variable.integer < 0) return visible(variable.text);
  return to_octal(static_cast<std::uint64_t>(variable.integer), 3);
}

std::string cook_flash(const Variable& variable, const CookOptions&) {
  if (!variable.is_integer() || variable.integer < 0) return visible(variable.text);
  const auto bits = static_cast<std::uint64_t>(variable.integer);
  std::string text = to_hex(bits, 2);
  if (bits == 0) text += " ok";
  for (std::size_t bit = 0; bit < kFlashBits.size(); ++bit) {
    if ((bits >> bit & 1U) != 0) text += " " + std::string(kFlashBits[bit]);
  }
  return text;
}

std::string cook_filter(const Variable& variable, const CookOptions& options) {
  if (options.units) return filter_with_unit(variable.text);
  std::string text;
  for (const std::string_view value : split_words(variable.text)) {
    if (!text.empty()) text += "\t";
    text += visible(value);
  }
  return text;
}

/// In double quotes, with a backslash before what would not show. A double quote or an apostrophe
/// inside becomes a double quote: nobody reads this back.
std::string in_quotes(std::string_view text) {
  std::string shown = "\"";
  for (const char character : text) {
    switch (character) {
      case '\'':
        shown += '"';
        break;
      case '\\':
        shown += "\\\\";
        break;
      case '\n':
        shown += "\\n";
        break;
      case '\r':
        shown += "\\r";
        break;
      case '\t':
        shown += "\\t";
        break;
      default:
        shown += visible(std::string_view(&character, 1));
    }
  }
  return shown + '"';
}

std::string cook_other(const Variable& variable, const CookOptions& options) {
  const auto unit = unit_of(variable.name);
  if (unit && options.units) return with_unit(variable.text, *unit);
  switch (variable.kind) {
    case Variable::Kind::Integer:
      return std::to_string(variable.integer);
    case Variable::Kind::Real:
      return shortest(variable.real);
    case Variable::Kind::Text:
      break;
  }
  return in_quotes(variable.text);
}

using Cook = std::string (*)(const Variable&, const CookOptions&);
struct Form {
  std::string_view name;
  Cook cook;
};
/// The variables that have a form of their own.
constexpr std::array<Form, 16> kForms = {{{"reftime", cook_timestamp},
                                          {"clock", cook_timestamp},
                                          {"org", cook_timestamp},
                                          {"rec", cook_timestamp},
                                          {"xmt", cook_timestamp},
                                          {"srcadr", cook_as_received},
                                          {"peeradr", cook_as_received},
                                          {"dstadr", cook_as_received},
                                          {"refid", cook_as_received},
                                          {"leap", cook_leap},
                                          {"reach", cook_reach},
                                          {"flash", cook_flash},
                                          {"filtdelay", cook_filter},
                                          {"filtoffset", cook_filter},
                                          {"filtdisp", cook_filter},
                                          {"filterror", cook_filter}}};

std::string cook_item(const Variable& variable, const CookOptions& options) {
  const std::string name = visible(variable.name);
  for (const Form& form : kForms) {
    if (variable.name != form.name) continue;
    const std::string value = form.cook(variable, options);
    // The arrays stand below each other.
    return form.cook == cook_filter ? pad_left(name, 10) + " =" + value : name + "=" + value;
  }
  return name + "=" + cook_other(variable, options);
}

}  // namespace

std::string cook(const Variables& variables, const CookOptions& options) {
  constexpr std::string_view kSeparator = ", ";
  const std::size_t limit = options.width > 2 ? options.width - 2 : 1;
  std::string text;
  std::size_t line = 0;
  for (const Variable& variable : variables) {
    const std::string item = cook_item(variable, options);
    const std::size_t length = item.size() + kSeparator.size();
    if (line + length > limit) {
      if (!text.empty()) text.pop_back();
      text += '\n';
      line = 0;
    }
    text += item;
    text += kSeparator;
    line += length;
  }
  if (!text.empty()) text.resize(text.size() - kSeparator.size());
  return text + "\n";
}

std::string raw_text(std::string_view reply) {
  std::string text;
  for (std::size_t at = 0; at < reply.size(); ++at) {
    const std::string_view rest = reply.substr(at);
    if (rest.front() == '\'') {
      text += '"';
    } else if (rest.substr(0, 2) != "\r\n") {
      text += visible(rest.substr(0, 1), "\n\t");
    } else if (text.empty() || text.back() != ',') {
      // The CR of the last line end stays, as NTPsec's does.
      text += '\r';
    }
  }
  return text;
}

}  // namespace ntp::ntpq
