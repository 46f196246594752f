// SPDX-License-Identifier: BSD-2-Clause
#include <algorithm>

#include "ntpd/check/report.h"

namespace ntp::check {
namespace {

std::string place(const config::Location& where) {
  if (where.line == 0) return where.file;
  return where.file + ':' + std::to_string(where.line);
}

std::string join(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

std::string padded(std::string text, std::size_t width) {
  text.resize(std::max(text.size(), width), ' ');
  return text;
}

std::string sources_text(const Report& report) {
  std::string text = "Sources\n";
  if (report.sources.empty()) text += "  none\n";
  for (const auto& source : report.sources) {
    text += "  " + padded(std::string(name_of(source.type)), 9) + padded(title_of(source), 24) +
            ' ' + join(option_words(source));
    const std::string where = place(source.where);
    text += where.empty() ? "  (command line)\n" : "  (" + where + ")\n";
  }
  return text;
}

std::string access_text(const Report& report) {
  std::string text = "Access, the first entry that matches counts\n";
  for (const auto& entry : report.access) {
    const std::string flags = join(flag_names(entry.flags));
    text += "  " + padded(range_of(entry), 24) + (entry.ntp_port ? " ntpport " : " ") +
            (flags.empty() ? "everything is allowed" : flags) + '\n';
  }
  return text;
}

std::string files_text(const Report& report) {
  std::string text = "Files\n";
  if (report.files.empty()) text += "  none\n";
  for (const auto& file : report.files) {
    const char* use = file.use == PlannedFile::Use::Read ? "read " : "write";
    text += std::string("  ") + use + ' ' + padded(file.purpose, 24) + ' ' + file.path + ": ";
    if (file.possible.value_or(false)) {
      text += "yes\n";
    } else {
      text += (file.possible ? "no, " : "not known, ") + file.why_not + '\n';
    }
  }
  return text;
}

std::string finding_text(const Finding& finding) {
  std::string text = place(finding.where);
  if (finding.where.column > 0) text += ':' + std::to_string(finding.where.column);
  if (!text.empty()) text += ": ";
  text += std::string(name_of(finding.severity)) + ": " + finding.text + '\n';
  if (!finding.advice.empty()) text += "    " + finding.advice + '\n';
  return text;
}

std::string counted(std::size_t count, const char* noun) {
  return std::to_string(count) + ' ' + noun + (count == 1 ? "" : "s");
}

}  // namespace

std::string to_text(const Report& report) {
  std::string text = "Dry run of " + report.config_file + ", as user " + report.user + "\n\n" +
                     sources_text(report) + '\n' + access_text(report) + '\n' + files_text(report) +
                     '\n';
  for (const Finding& finding : report.findings) text += finding_text(finding);
  return text + counted(report.count(Severity::Error), "error") + ", " +
         counted(report.count(Severity::Warning), "warning") + ", " +
         counted(report.count(Severity::Note), "note") + '\n';
}

}  // namespace ntp::check
