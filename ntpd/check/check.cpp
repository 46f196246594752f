// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/check/check.h"

#include <algorithm>
#include <tuple>

#include "ntpd/check/judge.h"

namespace ntp::check {
namespace {

Severity severity_of(config::Severity severity) {
  switch (severity) {
    case config::Severity::Error:
      return Severity::Error;
    case config::Severity::Warning:
      return Severity::Warning;
    case config::Severity::Info:
      break;
  }
  return Severity::Note;
}

void take_diagnostics(const std::vector<config::Diagnostic>& diagnostics, const char* kind,
                      Report& report) {
  for (const config::Diagnostic& each : diagnostics) {
    const bool syntax = each.text.starts_with("syntax error");
    report.findings.push_back(
        {severity_of(each.severity), syntax ? "syntax" : kind, each.where, each.text, {}});
  }
}

/// Those without a line last, the others in the order of reading.
void sort_findings(std::vector<Finding>& findings) {
  std::vector<std::string> files;  // in the order they turn up
  const auto rank = [&](const Finding& finding) {
    const auto known = std::find(files.begin(), files.end(), finding.where.file);
    return std::pair(finding.where.line == 0, known - files.begin());
  };
  for (const Finding& finding : findings) {
    if (std::find(files.begin(), files.end(), finding.where.file) == files.end()) {
      files.push_back(finding.where.file);
    }
  }
  std::stable_sort(findings.begin(), findings.end(), [&](const Finding& a, const Finding& b) {
    return std::tuple(rank(a), a.where.line, a.where.column) <
           std::tuple(rank(b), b.where.line, b.where.column);
  });
}

}  // namespace

Report check(const config::ParseResult& parsed, const Circumstances& circumstances,
             const FileSurvey& files) {
  Report report;
  report.config_file = circumstances.config_file;
  report.sources = parsed.settings.sources;
  take_diagnostics(parsed.diagnostics, "line", report);
  take_diagnostics(parsed.hints, "no-effect", report);

  Judge judge{.settings = parsed.settings,
              .files = files,
              .user = User{},
              .now = circumstances.now,
              .key_types = circumstances.key_types,
              .clock = circumstances.clock,
              .report = report};
  if (!circumstances.user.empty() || !circumstances.group.empty()) {
    auto user = files.find_user(circumstances.user, circumstances.group);
    if (user) {
      judge.user = std::move(*user);
    } else {
      judge.find(Severity::Error, "user", {}, user.error().message + ", so that ntpd ends at once",
                 "name an existing user with -u");
    }
  }
  report.user = judge.user.name;
  check_sources(judge);
  check_clocks(judge);
  check_access(judge);
  check_keys(judge);
  check_nts(judge);
  check_files(judge);
  sort_findings(report.findings);
  return report;
}

}  // namespace ntp::check
