// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <cstdint>
#include <string>

#include "libntp/config/parser.h"
#include "ntpd/daemon/options.h"
#include "ntpd/os/files.h"

namespace ntp::daemon {

/// The configuration file that -c names, or the one built in.
std::string config_path(const Options& options);

enum class Reading : std::uint8_t {
  First,
  Again  // a pipe has given what it had, and is refused
};
/// Reads it with all that it includes. It may be a pipe; what it includes may not.
config::ParseResult read_config_file(const Options& options, os::Files& files, Reading reading);

}  // namespace ntp::daemon
