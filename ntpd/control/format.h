// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <array>
#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

#include "libntp/core/address.h"
#include "libntp/core/refid.h"
#include "libntp/core/time.h"

/// How mode 6 writes values. Nothing depends on the locale, and a number that is not finite is
/// written as zero.
namespace ntp::control {

template <std::integral T>
std::string integer(T value) {
  return std::to_string(value);
}
/// Whole seconds of a span, cut off; 0 if it is negative.
[[nodiscard]] std::string whole_seconds(double seconds);
/// `0x` and lower case digits, without padding.
[[nodiscard]] std::string hexadecimal(std::uint64_t value);
/// With so many decimals, in the unit it has.
[[nodiscard]] std::string fixed(double value, int decimals);
/// Seconds as milliseconds.
[[nodiscard]] std::string milliseconds(double seconds, int decimals);
/// s/s as parts per million.
[[nodiscard]] std::string parts_per_million(double rate, int decimals);
/// `0x%08x.%08x`.
[[nodiscard]] std::string timestamp(NtpTimestamp stamp);
/// `2017-01-01T00:00Z`.
[[nodiscard]] std::string date(WallTime time);
/// In double quotes. There is no way to escape, so a double quote or an octet that is not printable
/// ASCII becomes a dot.
[[nodiscard]] std::string in_quotes(std::string_view text);
/// Numeric; `0.0.0.0` if not set.
[[nodiscard]] std::string address(const Address& address);
/// As characters, or as a dotted quad for strata 2 to 15. A server may send any octets here, and a
/// comma or a double quote would end the value for a client: they become dots.
[[nodiscard]] std::string reference_text(RefId id);
[[nodiscard]] std::string reference_text(RefId id, int stratum);
/// Eight times a blank and a number of milliseconds with two decimals.
[[nodiscard]] std::string filter_array(const std::array<double, 8>& seconds);

}  // namespace ntp::control
