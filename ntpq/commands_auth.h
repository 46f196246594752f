// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <string_view>

namespace ntp::ntpq {

class Shell;

/// Commands about the key for signing requests, and those that need one.
void run_authenticate(Shell& shell, std::string_view argument);
void run_keyid(Shell& shell, std::string_view argument);
void run_keytype(Shell& shell, std::string_view argument);
void run_passwd(Shell& shell, std::string_view argument);

}  // namespace ntp::ntpq
