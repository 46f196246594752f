// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/engine/key_store.h"

#include <string>

#include "ntpd/engine/diagnostics.h"

namespace ntp::engine {
namespace {

constexpr std::string_view kTag = "AUTH: authreadkeys: ";

std::string line_of(const config::Diagnostic& diagnostic) {
  std::string line = std::string(kTag) + diagnostic.text;
  if (diagnostic.where.line > 0) {
    line += " in " + diagnostic.where.file + " line " + std::to_string(diagnostic.where.line);
  }
  return line;
}

}  // namespace

config::KeyTypes key_types() {
  return [](std::string_view name) -> std::optional<config::KeyType> {
    const auto type = crypto::find_mac_type(name);
    if (!type) return std::nullopt;
    return config::KeyType{type->key_size, type->against_policy};
  };
}

crypto::KeyRing::Keys make_keys(const config::KeyFile& file) {
  crypto::KeyRing::Keys keys;
  for (const config::SymmetricKey& line : file.keys) {
    const auto type = crypto::find_mac_type(line.type);
    if (!type) continue;
    if (auto key = crypto::MacKey::make(*type, line.secret)) {
      keys.emplace(line.id, *std::move(key));
    }
  }
  return keys;
}

KeyStore::KeyStore(const config::KeySettings& settings, FileStore& files, Log& log)
    : files_(files), log_(log) {
  reconfigure(settings);
}

void KeyStore::reconfigure(const config::KeySettings& settings) {
  if (settings.file.empty()) ring_.set_keys({});
  file_ = settings.file;
  // NTPsec: the number is not checked; one that can't be is that of no key.
  control_key_ = static_cast<std::uint32_t>(settings.control_key);
  ring_.distrust_all();
  for (const auto& range : settings.trusted) ring_.trust(range.first, range.last);
}

bool KeyStore::load() {
  if (file_.empty()) return true;
  const auto text = files_.load(file_);
  if (!text) {
    log_.error(std::string(kTag) + "file " + text.error().message);
    return false;
  }
  // NTPsec: these two are errors, so that no choice of log classes hides them.
  log_.error(std::string(kTag) + "reading " + file_);
  const config::KeyFile file = config::parse_key_file(*text, file_, key_types());
  for (const config::Diagnostic& diagnostic : file.diagnostics) {
    log_.write(level_of(diagnostic.severity), line_of(diagnostic));
  }
  ring_.set_keys(make_keys(file));
  log_.error(std::string(kTag) + "added " + std::to_string(file.lines) + " keys");
  return true;
}

}  // namespace ntp::engine
