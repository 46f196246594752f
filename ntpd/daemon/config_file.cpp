// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/daemon/config_file.h"

namespace ntp::daemon {

std::string config_path(const Options& options) {
  return options.config_file.empty() ? REGULATOR_CONFIG_FILE : options.config_file;
}

config::ParseResult read_config_file(const Options& options, os::Files& files, Reading reading) {
  const std::string path = config_path(options);
  config::FileAccess access;
  access.load = [&](const std::string& name) {
    if (name != path) return files.load(name);
    return reading == Reading::First ? files.load_stream(name) : files.load_named(name);
  };
  access.list = [&](const std::string& name) { return files.list(name); };
  return config::parse_file(path, access);
}

}  // namespace ntp::daemon
