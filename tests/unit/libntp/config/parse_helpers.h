// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "libntp/config/parser.h"

namespace ntp::config {

inline ParseResult parse(std::string_view text) { return parse_text(text, "ntp.conf"); }
inline Settings settings_of(std::string_view text) { return parse(text).settings; }

inline const StatisticsSettings& statistics_of(const Settings& settings, StatisticsSet set) {
  return settings.statistics[static_cast<std::size_t>(set)];
}
inline const StatisticsSettings& statistics_of(Settings&&, StatisticsSet) = delete;

/// `line:column` of each diagnostic of that severity.
inline std::vector<std::string> places(const ParseResult& result, Severity severity) {
  std::vector<std::string> found;
  for (const auto& diagnostic : result.diagnostics) {
    if (diagnostic.severity != severity) continue;
    found.push_back(std::to_string(diagnostic.where.line) + ':' +
                    std::to_string(diagnostic.where.column));
  }
  return found;
}
inline std::vector<std::string> errors(const ParseResult& result) {
  return places(result, Severity::Error);
}

/// Whether some diagnostic holds that text.
inline bool says(const ParseResult& result, std::string_view text) {
  return std::any_of(
      result.diagnostics.begin(), result.diagnostics.end(),
      [&](const Diagnostic& each) { return each.text.find(text) != each.text.npos; });
}

inline std::vector<std::string> hosts(const Settings& settings) {
  std::vector<std::string> found;
  for (const auto& source : settings.sources) found.push_back(source.host);
  return found;
}

/// Files in memory; directories are what their paths imply.
class MemoryFiles {
 public:
  explicit MemoryFiles(std::map<std::string, std::string> files) : files_(std::move(files)) {}

  [[nodiscard]] FileAccess access() {
    return {[this](const std::string& path) { return load(path); },
            [this](const std::string& path) { return list(path); }};
  }
  [[nodiscard]] std::size_t loads() const { return loads_; }

 private:
  Result<std::string> load(const std::string& path) {
    ++loads_;
    const auto file = files_.find(path);
    if (file == files_.end()) return fail("No such file or directory");
    return file->second;
  }
  Result<std::vector<std::string>> list(const std::string& path) const {
    std::vector<std::string> names;
    for (const auto& [name, content] : files_) {
      if (!name.starts_with(path + '/')) continue;
      const std::string rest = name.substr(path.size() + 1);
      const std::string entry = rest.substr(0, rest.find('/'));
      if (std::find(names.begin(), names.end(), entry) == names.end()) names.push_back(entry);
    }
    if (names.empty()) return fail("Not a directory");
    return names;
  }

  std::map<std::string, std::string> files_;
  std::size_t loads_ = 0;
};

}  // namespace ntp::config
