// SPDX-License-Identifier: BSD-2-Clause
// What distributions and NTPsec install has to go on working, and to pass a dry run on a host where
// the files are that it names.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "ntpd/check/check.h"
#include "tests/unit/ntpd/check/fake_survey.h"

namespace ntp::check {
namespace {

/// A host on which every path is there and good.
class GoodHost final : public FileSurvey {
 public:
  [[nodiscard]] FileFacts look(const std::string& path) const override {
    const bool file = path.find('.', path.rfind('/')) != std::string::npos ||
                      path.ends_with("keys") || path == "/var/log/ntp";
    const bool folder = path.ends_with(".d");
    return {file && !folder ? FileFacts::Kind::Regular : FileFacts::Kind::Directory, 0750,
            FakeSurvey::kUser, FakeSurvey::kUser};
  }
  [[nodiscard]] Result<std::string> content(const std::string& path) const override {
    if (path.ends_with("keys")) return std::string("1 AES a\n4 AES b\n8 AES c\n42 AES d\n");
    return std::string("#@ 4000000000\n");
  }
  [[nodiscard]] Result<User> find_user(const std::string& /*user*/,
                                       const std::string& /*group*/) const override {
    return User{FakeSurvey::kUser, FakeSurvey::kUser, {}, "ntpsec"};
  }
};

Report judge(const std::string& path) {
  config::FileAccess access;
  access.load = [](const std::string& name) -> Result<std::string> {
    std::ifstream file(name, std::ios::binary);
    if (!file) return fail("No such file or directory");
    std::ostringstream text;
    text << file.rdbuf();
    return std::move(text).str();
  };
  access.list = [](const std::string&) -> Result<std::vector<std::string>> {
    return fail("Not a directory");
  };
  return check(config::parse_file(path, access), {path, "ntpsec", "", WallTime{}}, GoodHost());
}

TEST(Installed, ConfigurationsHaveNoErrors) {
  const std::string folder = REGULATOR_GOLDEN_DIR "/conf/installed";
  int files = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    ++files;
    const Report report = judge(entry.path());
    EXPECT_EQ(report.count(Severity::Error), 0U) << to_text(report);
  }
  EXPECT_EQ(files, 12);
}

TEST(Installed, DefaultsOfTodayHaveNoMoreThanNotes) {
  for (const char* name : {"debian-sid", "ntpsec/default.conf"}) {
    std::string path = REGULATOR_GOLDEN_DIR "/conf/installed/" + std::string(name);
    if (std::filesystem::is_directory(path)) path += "/ntp.conf";
    const Report report = judge(path);
    EXPECT_LE(report.status(), 0) << to_text(report);
  }
}

}  // namespace
}  // namespace ntp::check
