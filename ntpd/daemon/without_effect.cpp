// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/daemon/without_effect.h"

namespace ntp::daemon {

std::vector<std::string> without_effect(const config::Settings& settings) {
  const config::Settings defaults;
  std::vector<std::string> names;
  const auto note = [&](bool used, const char* name) {
    if (used) names.emplace_back(name);
  };
  note(settings.tinker.allan != defaults.tinker.allan, "tinker allan");
  note(settings.tinker.huffpuff != defaults.tinker.huffpuff, "tinker huffpuff");
  note(settings.tinker.dispersion != defaults.tinker.dispersion, "tinker dispersion");
  note(settings.mdns_tries != defaults.mdns_tries, "mdnstries");
  return names;
}

}  // namespace ntp::daemon
