// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "libntp/core/seams.h"

namespace ntp::test {

/// Files in memory, hard links included. There are no directories: every path can be made.
class MemoryFiles : public FileStore {
 public:
  Result<std::string> load(const std::string& path) override {
    if (load_failure_) return fail(path + ": " + *load_failure_);
    const auto found = files_.find(path);
    if (found == files_.end()) return missing(path);
    return *found->second;
  }
  Result<void> save_secret(const std::string& path, std::string_view content) override {
    return save(path, content);
  }
  Result<void> save(const std::string& path, std::string_view content) override {
    if (save_failure_) return fail(path + ": " + *save_failure_);
    put(path, std::string(content));
    ++saves_;
    return {};
  }
  Result<void> append(const std::string& path, std::string_view text) override {
    const auto found = files_.find(path);
    if (append_failure_ && (found == files_.end() || !only_new_fail_)) {
      return fail(path + ": " + *append_failure_);
    }
    if (found == files_.end()) {
      put(path, std::string(text));
    } else {
      found->second->append(text);
    }
    return {};
  }
  Result<void> link(const std::string& path, const std::string& name) override {
    const auto found = files_.find(path);
    if (found == files_.end()) return missing(path);
    if (!files_.emplace(name, found->second).second) return fail(name + ": File exists");
    return {};
  }
  Result<void> rename(const std::string& path, const std::string& name) override {
    const auto found = files_.find(path);
    if (found == files_.end()) return missing(path);
    auto file = std::move(found->second);
    files_.erase(found);
    files_[name] = std::move(file);
    return {};
  }
  Result<void> remove(const std::string& path) override {
    return files_.erase(path) == 0 ? missing(path) : Result<void>{};
  }
  Result<FileStatus> status(const std::string& path) override {
    const auto found = files_.find(path);
    if (found == files_.end()) return FileStatus{};
    return FileStatus{true, true, static_cast<std::uint64_t>(found->second.use_count())};
  }

  /// What is in a file; nothing if there is none.
  [[nodiscard]] std::optional<std::string> content(const std::string& path) const {
    const auto found = files_.find(path);
    if (found == files_.end()) return std::nullopt;
    return *found->second;
  }
  [[nodiscard]] std::vector<std::string> paths() const {
    std::vector<std::string> all;
    for (const auto& [path, file] : files_) all.push_back(path);
    return all;
  }
  void put(const std::string& path, std::string content) {
    files_[path] = std::make_shared<std::string>(std::move(content));
  }
  /// Reading, writing or adding fails with this reason, until told otherwise.
  void fail_loads(std::optional<std::string> reason) { load_failure_ = std::move(reason); }
  void fail_saves(std::optional<std::string> reason) { save_failure_ = std::move(reason); }
  void fail_appends(std::optional<std::string> reason) {
    append_failure_ = std::move(reason);
    only_new_fail_ = false;
  }
  /// Only files that are not there yet can't be made.
  void fail_new_files(std::optional<std::string> reason) {
    append_failure_ = std::move(reason);
    only_new_fail_ = true;
  }
  [[nodiscard]] std::uint64_t saves() const { return saves_; }

 private:
  static Failure<Error> missing(const std::string& path) {
    return fail(path + ": No such file or directory");
  }

  std::map<std::string, std::shared_ptr<std::string>> files_;
  std::optional<std::string> load_failure_;
  std::optional<std::string> save_failure_;
  std::optional<std::string> append_failure_;
  bool only_new_fail_ = false;
  std::uint64_t saves_ = 0;
};

}  // namespace ntp::test
