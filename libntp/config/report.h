// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "libntp/config/parser.h"

namespace ntp::config {

/// How many diagnostics one reading keeps; the others are counted.
inline constexpr std::size_t kMaxDiagnostics = 100;

/// Collects diagnostics, boundedly.
class Report {
 public:
  void add(Severity severity, Location where, std::string text);
  void error(Location where, std::string text) {
    add(Severity::Error, std::move(where), std::move(text));
  }
  void warning(Location where, std::string text) {
    add(Severity::Warning, std::move(where), std::move(text));
  }
  void info(Location where, std::string text) {
    add(Severity::Info, std::move(where), std::move(text));
  }

  /// Something that is right but easily meant otherwise; after the first hundred it is dropped.
  void hint(Severity severity, Location where, std::string text) {
    if (hints_.size() < kMaxDiagnostics) {
      hints_.push_back({severity, std::move(where), std::move(text)});
    }
  }
  [[nodiscard]] std::vector<Diagnostic> take_hints() { return std::move(hints_); }

  /// What was collected; the last one says how many more there were.
  std::vector<Diagnostic> take();

 private:
  std::vector<Diagnostic> diagnostics_;
  std::vector<Diagnostic> hints_;
  std::size_t suppressed_ = 0;
  Severity worst_suppressed_ = Severity::Info;
};

/// `text` in quotes for a message: at most so many bytes of it, unprintable ones as dots.
std::string quote(std::string_view text, std::size_t most = 50);
/// The same for the path of a file.
inline std::string quote_path(std::string_view path) { return quote(path, 300); }

}  // namespace ntp::config
