// SPDX-License-Identifier: BSD-2-Clause
#pragma once

/// Ctrl-C. While a command runs it asks the command to end; a second one, and one while nothing
/// runs, ends the program, with status 0 as NTPsec's does.
namespace ntp::ntpq::interrupt {

/// Catches SIGINT from now on.
void watch();
[[nodiscard]] bool pending();
void forget();
/// Says whether a command runs.
void set_busy(bool busy);

}  // namespace ntp::ntpq::interrupt
