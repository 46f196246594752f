// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/engine/engine.h"

namespace ntp::engine {

void Engine::refresh_files() {
  check_leap_file();
  hurry_sources();
}

bool Engine::reload_keys() {
  const bool read = keys_->load();
  if (read) {
    for (const auto& row : rows_) check_key(*row->association);
  }
  return read;
}

void Engine::check_key(const association::Association& source) {
  const std::uint32_t key = source.settings().key;
  if (key == 0 || source.is_refclock() || keys_->ring().usable(key)) return;
  // NTPsec: the association stays, asks nobody, and shows the failed test.
  host_.log.error("ERR: key " + std::to_string(key) +
                  (keys_->ring().has(key) ? " found but not trusted" : " not found") +
                  " for server " + source.name());
}

std::optional<std::uint64_t> Engine::key_counter(std::string_view name) const {
  const auto& counts = keys_->ring().statistics();
  if (name == "authkeys") return keys_->ring().size();
  if (name == "authfreek") return 0;
  if (name == "authklookups") return counts.lookups;
  if (name == "authknotfound") return counts.not_found;
  if (name == "authencrypts") return counts.digests_made + counts.cmacs_made;
  if (name == "authdigestencrypts") return counts.digests_made;
  if (name == "authcmacencrypts") return counts.cmacs_made;
  if (name == "authdecrypts") return counts.digests_checked + counts.cmacs_checked;
  if (name == "authdigestdecrypts") return counts.digests_checked;
  if (name == "authdigestfails") return counts.digests_wrong;
  if (name == "authcmacdecrypts") return counts.cmacs_checked;
  if (name == "authcmacfails") return counts.cmacs_wrong;
  if (name == "authreset") {
    return static_cast<std::uint64_t>(to_seconds(host_.clock.mono() - started_));
  }
  return std::nullopt;
}

}  // namespace ntp::engine
