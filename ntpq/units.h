// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// Numbers with units (`-u`). NTPsec: microseconds are `us` and parts per thousand `ppk`, since its
/// ntpq never finds its output to be UTF-8. All work is done on the digits received, so that none
/// is invented.
namespace ntp::ntpq {

enum class Unit : std::uint8_t { Seconds, Milliseconds, PartsPerMillion };

/// The unit in which daemons send a variable, if it has one.
std::optional<Unit> unit_of(std::string_view variable);

/// The number scaled so that one to three digits stand before the point, with its unit. With a
/// width the result is padded to it, or loses decimals to fit. A text that is no plain decimal
/// number stays as it is, followed by its unit.
std::string with_unit(std::string_view number, Unit unit,
                      std::optional<std::size_t> width = std::nullopt);

/// The eight values of a filter array in milliseconds, all in the unit that most of them share.
/// Words that are no numbers are left out.
std::string filter_with_unit(std::string_view values);

}  // namespace ntp::ntpq
