// SPDX-License-Identifier: BSD-2-Clause
#include <algorithm>
#include <cstdint>
#include <set>

#include "libntp/config/key_file.h"
#include "ntpd/check/judge.h"

namespace ntp::check {
namespace {

using config::Location;

/// The numbers of the usable keys in a key file; what is wrong with its lines becomes findings.
std::set<std::uint32_t> key_ids(Judge& judge, const std::string& text) {
  const auto any_type = [](std::string_view) { return std::optional(config::KeyType{}); };
  const config::KeyFile file =
      config::parse_key_file(text, judge.settings.keys.file,
                             judge.key_types ? judge.key_types : config::KeyTypes(any_type));
  for (const config::Diagnostic& each : file.diagnostics) {
    judge.find(each.severity == config::Severity::Info ? Severity::Note : Severity::Warning,
               "key-file", each.where, each.text, "mend the line or take it out");
  }
  std::set<std::uint32_t> ids;
  for (const config::SymmetricKey& key : file.keys) ids.insert(key.id);
  return ids;
}

bool is_trusted(const config::KeySettings& keys, std::uint32_t id) {
  return std::any_of(keys.trusted.begin(), keys.trusted.end(),
                     [&](const auto& range) { return id >= range.first && id <= range.last; });
}

/// The numbers in the key file; nothing if whoever asks may not read it.
using KnownKeys = std::optional<std::set<std::uint32_t>>;

void check_key(Judge& judge, const KnownKeys& known, std::uint32_t id, const Location& where,
               const std::string& purpose) {
  const std::string number = std::to_string(id);
  if (known && !known->contains(id)) {
    judge.find(Severity::Error, "key-missing", where,
               "key " + number + " for " + purpose + " is not in " + judge.settings.keys.file,
               "add a line '" + number + " AES ...' to that file, or name another key");
  }
  if (!is_trusted(judge.settings.keys, id)) {
    judge.find(Severity::Error, "key-untrusted", where,
               "key " + number + " for " + purpose + " is not trusted",
               "add 'trustedkey " + number + "'");
  }
}

/// Trusted numbers that the file does not have; wide ranges are meant to be sparse.
void check_trusted(Judge& judge, const std::set<std::uint32_t>& known) {
  for (const auto& range : judge.settings.keys.trusted) {
    const auto from = known.lower_bound(range.first);
    if (from != known.end() && *from <= range.last) continue;
    const std::string text = range.first == range.last
                                 ? "trusted key " + std::to_string(range.first)
                                 : "no trusted key of " + std::to_string(range.first) + " to " +
                                       std::to_string(range.last);
    judge.find(Severity::Warning, "key-missing", range.where,
               text + " is " + (range.first == range.last ? "not " : "") + "in " +
                   judge.settings.keys.file,
               "add it to that file, or leave it out here");
  }
}

}  // namespace

void check_keys(Judge& judge) {
  const config::KeySettings& keys = judge.settings.keys;
  const config::SourceSettings* asks = nullptr;
  for (const auto& source : judge.settings.sources) {
    if (source.key != 0 && asks == nullptr) asks = &source;
  }
  if (keys.file.empty()) {
    const Location* where = asks != nullptr         ? &asks->where
                            : keys.control_key != 0 ? &keys.control_key_at
                            : keys.trusted.empty()  ? nullptr
                                                    : &keys.trusted.front().where;
    if (where != nullptr) {
      judge.find(Severity::Error, "key-missing", *where,
                 "keys are named, but there is no 'keys' line",
                 "add 'keys' and the path of the key file");
    }
    return;
  }
  // The file is read before the rights of root are given up.
  KnownKeys known;
  if (plan_read(judge, "key file", keys.file, keys.file_at, User{}, Form::File)) {
    check_secret(judge, "key file", keys.file, keys.file_at);
    if (const auto content = judge.files.content(keys.file)) {
      known = key_ids(judge, *content);
    } else {
      judge.find(Severity::Note, "key-file", keys.file_at,
                 "the keys were not looked at: " + content.error().message, "");
    }
  }
  for (const auto& source : judge.settings.sources) {
    if (source.key != 0) check_key(judge, known, source.key, source.where, source.host);
  }
  if (keys.control_key > 0) {
    check_key(judge, known, static_cast<std::uint32_t>(keys.control_key), keys.control_key_at,
              "'controlkey'");
  }
  if (known) check_trusted(judge, *known);
}

}  // namespace ntp::check
