// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <map>
#include <string>

#include "libntp/core/file_survey.h"

namespace ntp::check {

/// A host of which only the files and users that a test names are there.
class FakeSurvey final : public FileSurvey {
 public:
  static constexpr unsigned kUser = 123;

  FakeSurvey& directory(const std::string& path, unsigned mode = 0755, unsigned owner = 0) {
    facts_[path] = {FileFacts::Kind::Directory, mode, owner, owner};
    return *this;
  }
  FakeSurvey& file(const std::string& path, std::string text, unsigned mode = 0640,
                   unsigned owner = 0) {
    facts_[path] = {FileFacts::Kind::Regular, mode, owner, owner};
    texts_[path] = std::move(text);
    return *this;
  }
  FakeSurvey& special(const std::string& path, FileFacts::Kind kind, unsigned mode = 0666) {
    facts_[path] = {kind, mode, 0, 0};
    return *this;
  }
  FakeSurvey& hidden(const std::string& path) {
    facts_[path] = {FileFacts::Kind::Unknown, 0, 0, 0};
    return *this;
  }

  [[nodiscard]] FileFacts look(const std::string& path) const override {
    const auto found = facts_.find(
        path.size() > 1 && path.ends_with('/') ? path.substr(0, path.size() - 1) : path);
    return found == facts_.end() ? FileFacts{} : found->second;
  }
  [[nodiscard]] Result<std::string> content(const std::string& path) const override {
    const auto found = texts_.find(path);
    if (found == texts_.end()) return fail(path + ": No such file or directory");
    return found->second;
  }
  [[nodiscard]] Result<User> find_user(const std::string& user,
                                       const std::string& /*group*/) const override {
    if (user != "ntp") return fail("no user `" + user + "'");
    return User{kUser, kUser, {}, "ntp"};
  }

 private:
  std::map<std::string, FileFacts> facts_;
  std::map<std::string, std::string> texts_;
};

}  // namespace ntp::check
