// SPDX-License-Identifier: BSD-2-Clause
#include "tests/sim/sim_files.h"

namespace ntp::sim {

Result<std::string> SimFiles::load(const std::string& path) {
  if (load_failure_) return fail(path + ": " + *load_failure_);
  const auto found = files_.find(path);
  if (found == files_.end()) return fail(path + ": No such file or directory");
  return found->second;
}

Result<void> SimFiles::save(const std::string& path, std::string_view content) {
  if (save_failure_) return fail(path + ": " + *save_failure_);
  files_[path] = content;
  ++saves_;
  return {};
}

std::optional<std::string> SimFiles::content(const std::string& path) const {
  const auto found = files_.find(path);
  if (found == files_.end()) return std::nullopt;
  return found->second;
}

}  // namespace ntp::sim
