// SPDX-License-Identifier: BSD-2-Clause
#include <algorithm>

#include "libntp/wire/control.h"

namespace ntp::wire {
namespace {

std::string_view trim(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n\v\f";
  const auto first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

/// The position of the first `wanted` outside double quotes, or the end of the text.
std::size_t find_unquoted(std::string_view text, char wanted) {
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"') quoted = !quoted;
    if (text[i] == wanted && !quoted) return i;
  }
  return text.size();
}

std::string_view without_quotes(std::string_view value) {
  const bool quoted = value.size() >= 2 && value.front() == '"' && value.back() == '"';
  return quoted ? value.substr(1, value.size() - 2) : value;
}

}  // namespace

std::vector<Variable> parse_variables(std::string_view text) {
  std::vector<Variable> variables;
  while (!text.empty()) {
    const std::size_t comma = find_unquoted(text, ',');
    const std::string_view item = trim(text.substr(0, comma));
    text.remove_prefix(std::min(comma + 1, text.size()));
    if (item.empty()) continue;
    const std::size_t equals = item.find('=');
    Variable variable{trim(item.substr(0, equals)), std::nullopt};
    if (equals != std::string_view::npos) {
      variable.value = without_quotes(trim(item.substr(equals + 1)));
    }
    variables.push_back(variable);
  }
  return variables;
}

}  // namespace ntp::wire
