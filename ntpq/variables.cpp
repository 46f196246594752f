// SPDX-License-Identifier: BSD-2-Clause
#include "ntpq/variables.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "ntpq/number.h"
#include "ntpq/text.h"

namespace ntp::ntpq {
namespace {

Variable read_variable(std::string_view name, std::string_view value) {
  Variable variable;
  variable.name = name;
  variable.text = value;
  if (const auto integer = parse_integer(value)) {
    variable.kind = Variable::Kind::Integer;
    variable.integer = *integer;
    variable.real = static_cast<double>(*integer);
  } else if (const auto real = parse_real(value)) {
    variable.kind = Variable::Kind::Real;
    variable.real = *real;
  } else if (value.size() >= 2 && value.front() == '"' && value.back() == '"') {
    variable.text = value.substr(1, value.size() - 2);
  }
  return variable;
}

}  // namespace

Variables Variables::parse(std::string_view reply) {
  Variables variables;
  std::string item;
  bool quoted = false;
  for (const char character : reply) {
    const auto octet = static_cast<unsigned char>(character);
    if (character == ',' && !quoted) {
      variables.add(item);
      item.clear();
    } else if (octet > 0 && octet < 127) {
      if (character == '"') quoted = !quoted;
      item += character;
    }
  }
  variables.add(item);
  return variables;
}

void Variables::add(std::string_view item) {
  item = trim(item);
  if (item.empty()) return;
  const std::size_t equals = item.find('=');
  const bool has_value = equals != std::string_view::npos;
  Variable variable =
      read_variable(trim(item.substr(0, equals)), has_value ? trim(item.substr(equals + 1)) : "");
  const auto known = std::find_if(items_.begin(), items_.end(), [&](const Variable& other) {
    return other.name == variable.name;
  });
  if (known == items_.end()) {
    items_.push_back(std::move(variable));
  } else {
    *known = std::move(variable);
  }
}

const Variable* Variables::find(std::string_view name) const {
  const auto found = std::find_if(items_.begin(), items_.end(),
                                  [&](const Variable& item) { return item.name == name; });
  return found == items_.end() ? nullptr : &*found;
}

}  // namespace ntp::ntpq
