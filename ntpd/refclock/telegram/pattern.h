// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <optional>
#include <string_view>

#include "ntpd/refclock/telegram/telegram.h"

namespace ntp::refclock::telegram {

/// Reads a telegram of fixed columns. In the pattern a lower-case letter is a digit of a field: `y`
/// year, `o` month, `d` day of the month, `j` day of the year, `w` weekday, `h` hour, `m` minute,
/// `s` second, `f` decimals of the second; `_` is any character, and everything else is itself.
/// The digits of a field stand together; its first ones may be blank, but not all of them. Nothing
/// if the text has another length or form.
std::optional<Civil> match(std::string_view text, std::string_view pattern);

/// The value of 1 to 9 decimal digits; nothing for anything else.
std::optional<int> number(std::string_view digits);

/// The value of a hexadecimal digit of either case.
std::optional<int> hex_digit(char c);

}  // namespace ntp::refclock::telegram
