// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// How mode 6 clients read and write numbers. NTPsec: its ntpq is a Python program, and the text
/// of cooked variables is that of Python's numbers.
namespace ntp::ntpq {

/// Decimal, `0x`, `0o` or `0b`, with an optional sign. A decimal with leading zeros is none, except
/// zero itself; neither is what does not fit into 64 bits.
std::optional<std::int64_t> parse_integer(std::string_view text);
/// A decimal number with an optional sign and leading zeros; the whole text.
std::optional<std::int64_t> parse_decimal(std::string_view text);
/// A decimal fraction, with or without exponent, `inf` or `nan`.
std::optional<double> parse_real(std::string_view text);

/// The fewest digits that read back as the same number: `0.0`, `10.33`, `1e-06`, `16000.0`. The
/// exponent form stands below 1e-4 and from 1e16 on.
std::string shortest(double value);

}  // namespace ntp::ntpq
