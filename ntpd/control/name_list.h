// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

/// The list of names in the data of READVAR and READCLOCK. NTPsec reads it in two ways that clients
/// can tell apart: strictly for system variables, with tolerance for all others.
namespace ntp::control {

/// One item of the list, `name` or `name=value`; variables are asked for by name alone.
struct ListItem {
  std::string_view name;
  std::string_view value;
  /// What follows the item, its comma left out.
  std::string_view rest;
};

/// NTPsec: a value of this many characters or more ends the reading of the list.
inline constexpr std::size_t kStrictValueLimit = 127;
inline constexpr std::size_t kTolerantValueLimit = 128;

/// Everything up to the next comma; the name is what stands before `=`, blanks and NULs included.
[[nodiscard]] ListItem strict_item(std::string_view list);
/// Skips commas and white space first, and trims the value, but not the end of the name. Nothing at
/// the end of the list.
[[nodiscard]] std::optional<ListItem> tolerant_item(std::string_view list);

}  // namespace ntp::control
