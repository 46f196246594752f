// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "libntp/core/address.h"

namespace ntp::config {

std::string to_lower(std::string_view text);

/// The directory part of a path, `/` for a file in the root; empty if it has none.
std::string directory_of(const std::string& path);

/// The digits that `text` begins with, after blanks and a sign; none if there are none.
std::optional<long> parse_leading_integer(std::string_view text);

/// The address in `text` if it is numeric and of `family`. Brackets around IPv6 are allowed, and
/// whatever comes after them is ignored (NTPsec).
std::optional<Address> parse_numeric_host(std::string_view text, Family family);

/// 127.127.t.u, the address of a reference clock.
struct ClockAddress {
  int type = 0;
  int unit = 0;
};
std::optional<ClockAddress> parse_clock_address(std::string_view text);
std::string clock_address(int type, int unit);

/// A driver of NTPsec by its number t, in lower case; empty if there is none.
std::string_view driver_name(int type);
/// Its number; any case, 0 if there is none of that name.
int driver_type(std::string_view name);
/// All names with a blank between them.
std::string driver_names();

/// Whether NTS knows an AEAD of that name; case matters.
bool is_aead(std::string_view name);

}  // namespace ntp::config
