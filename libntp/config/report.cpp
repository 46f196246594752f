// SPDX-License-Identifier: BSD-2-Clause
#include "libntp/config/report.h"

#include <algorithm>

namespace ntp::config {

std::string Diagnostic::to_string() const {
  std::string message = "CONFIG: " + text;
  if (!where.file.empty()) message += " in " + where.file;
  if (where.line > 0) {
    message += " line " + std::to_string(where.line) + ", column " + std::to_string(where.column);
  }
  return message;
}

void Report::add(Severity severity, Location where, std::string text) {
  if (diagnostics_.size() < kMaxDiagnostics) {
    diagnostics_.push_back({severity, std::move(where), std::move(text)});
    return;
  }
  ++suppressed_;
  worst_suppressed_ = std::min(worst_suppressed_, severity);
}

std::vector<Diagnostic> Report::take() {
  if (suppressed_ > 0) {
    diagnostics_.push_back(
        {worst_suppressed_, {}, "and " + std::to_string(suppressed_) + " more messages"});
  }
  return std::move(diagnostics_);
}

std::string quote(std::string_view text, std::size_t most) {
  std::string shown(text.substr(0, most));
  std::replace_if(
      shown.begin(), shown.end(), [](char c) { return c < ' ' || c > '~'; }, '.');
  return "'" + shown + (text.size() > most ? "…'" : "'");
}

}  // namespace ntp::config
