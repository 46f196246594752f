// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// Small text tools for the tables.
namespace ntp::ntpq {

/// The text with every octet that is not printable ASCII written as `\xNN`, so that nothing a
/// server or the DNS says can steer a terminal. Octets in `keep` pass.
std::string visible(std::string_view text, std::string_view keep = {});

/// A reply in raw form: its line ends as received, and what could steer a terminal made visible. A
/// line end follows.
std::string raw_lines(std::string_view reply);

/// Filled with blanks up to `width` characters, on the left or on the right; never cut.
std::string pad_left(std::string_view text, std::size_t width);
std::string pad_right(std::string_view text, std::size_t width);

/// At least `digits` digits.
std::string to_hex(std::uint64_t value, std::size_t digits);
std::string to_octal(std::uint64_t value, std::size_t digits);
/// As printf's `%.<decimals>f`.
std::string to_fixed(double value, int decimals);

/// The words between blanks.
std::vector<std::string_view> split_words(std::string_view text);
/// Without blanks and line ends at both sides.
std::string_view trim(std::string_view text);

}  // namespace ntp::ntpq
