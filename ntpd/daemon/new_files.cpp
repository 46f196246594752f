// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/daemon/new_files.h"

#include <string>

namespace ntp::daemon {

void check_new_files(const config::Settings& before, config::ParseResult& parsed,
                     FileStore& files) {
  const auto check = [&](const std::string& was, const std::string& path,
                         const config::Location& where) {
    if (path.empty() || path == was) return;
    if (const auto content = files.load(path); !content) {
      parsed.diagnostics.push_back({config::Severity::Error, where, content.error().message});
    }
  };
  const config::Settings& wanted = parsed.settings;
  check(before.keys.file, wanted.keys.file, wanted.keys.file_at);
  if (wanted.nts.enable) {
    check(before.nts.enable ? before.nts.certificate : "", wanted.nts.certificate,
          wanted.nts.certificate_at);
    check(before.nts.enable ? before.nts.key : "", wanted.nts.key, wanted.nts.key_at);
  }
  check(before.leap_file, wanted.leap_file, wanted.leap_file_at);
  const std::string& log = wanted.log_file;
  if (log.empty() || log == before.log_file || log == "stdout" || log == "stderr") return;
  if (const auto fit = files.append(log, ""); !fit) {
    parsed.diagnostics.push_back({config::Severity::Error, {}, fit.error().message});
  }
}

}  // namespace ntp::daemon
