// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/control/name_list.h"

namespace ntp::control {
namespace {

constexpr std::string_view kWhiteSpace = " \t\n\v\f\r";
constexpr std::string_view kSkipped = ", \t\n\v\f\r";

std::string_view trim(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kWhiteSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kWhiteSpace) - first + 1);
}

}  // namespace

ListItem strict_item(std::string_view list) {
  ListItem item;
  const std::size_t comma = list.find(',');
  const std::string_view text = list.substr(0, comma);
  if (comma != std::string_view::npos) item.rest = list.substr(comma + 1);
  const std::size_t equals = text.find('=');
  item.name = text.substr(0, equals);
  if (equals != std::string_view::npos) item.value = text.substr(equals + 1);
  return item;
}

std::optional<ListItem> tolerant_item(std::string_view list) {
  const std::size_t start = list.find_first_not_of(kSkipped);
  if (start == std::string_view::npos) return std::nullopt;
  ListItem item = strict_item(list.substr(start));
  item.value = trim(item.value);
  return item;
}

}  // namespace ntp::control
