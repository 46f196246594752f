// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "libntp/core/time.h"
#include "ntpd/refclock/driver.h"

namespace ntp::refclock {

/// The subtypes of `jjy` that are the telephone service: behind 100, how many percent of the delay
/// of a loop are the delay of its way to us; 100 itself does not measure it.
inline constexpr int kFirstJjyTelephone = 100, kLastJjyTelephone = 180;

constexpr bool is_jjy_telephone(int subtype) {
  return subtype >= kFirstJjyTelephone && subtype <= kLastJjyTelephone;
}

std::unique_ptr<Driver> make_jjy_telephone(Feed& feed, const DriverInfo& info);

/// NTPsec: `minpoll` is 8 at least, since a call takes time and costs.
void set_jjy_telephone_polls(config::SourceSettings& settings);

/// Why a number is not called; nothing if it may be: 6 to 10 digits, with hyphens or not, behind
/// `0,` for an outside line or not, that are no emergency or service number of Japan (as NTPsec).
std::optional<std::string> jjy_phone_trouble(const std::vector<std::string>& phones);

/// What a loop takes, of several measured: those above 700 ms and failed ones are left out, then of
/// three or more the longest, of four or more the shortest. Nothing if fewer than two are left.
struct JjyLoop {
  Duration mean{};
  int valid = 0;
};
std::optional<JjyLoop> jjy_loop(std::span<const std::optional<Duration>> loops);

}  // namespace ntp::refclock
