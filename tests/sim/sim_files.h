// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "libntp/core/seams.h"

namespace ntp::sim {

/// Files in memory.
class SimFiles : public FileStore {
 public:
  Result<std::string> load(const std::string& path) override;
  Result<void> save(const std::string& path, std::string_view content) override;

  /// What is in a file; nothing if there is none.
  [[nodiscard]] std::optional<std::string> content(const std::string& path) const;
  void put(const std::string& path, std::string content) { files_[path] = std::move(content); }
  void remove(const std::string& path) { files_.erase(path); }
  /// Reading or writing fails with this reason, until told otherwise.
  void fail_loads(std::optional<std::string> reason) { load_failure_ = std::move(reason); }
  void fail_saves(std::optional<std::string> reason) { save_failure_ = std::move(reason); }
  [[nodiscard]] std::uint64_t saves() const { return saves_; }

 private:
  std::map<std::string, std::string> files_;
  std::optional<std::string> load_failure_;
  std::optional<std::string> save_failure_;
  std::uint64_t saves_ = 0;
};

}  // namespace ntp::sim
