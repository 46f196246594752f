// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/os/file_survey.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace ntp::os {
namespace {

TEST(HostSurvey, TellsKindsModesAndOwners) {
  std::string folder = "/tmp/regulator-survey.XXXXXX";
  ASSERT_NE(mkdtemp(folder.data()), nullptr);
  const HostSurvey survey;
  std::ofstream(folder + "/file") << "text";
  chmod((folder + "/file").c_str(), 0640);
  std::filesystem::create_symlink("file", folder + "/link");
  ASSERT_EQ(mkfifo((folder + "/pipe").c_str(), 0600), 0);

  for (const char* name : {"/file", "/link"}) {
    const FileFacts facts = survey.look(folder + name);
    EXPECT_EQ(facts.kind, FileFacts::Kind::Regular);
    EXPECT_EQ(facts.mode, 0640U);
    EXPECT_EQ(facts.owner, getuid());
    EXPECT_EQ(*survey.content(folder + name), "text");
  }
  EXPECT_EQ(survey.look(folder).kind, FileFacts::Kind::Directory);
  EXPECT_EQ(survey.look(folder + "/pipe").kind, FileFacts::Kind::Pipe);
  EXPECT_EQ(survey.look("/dev/zero").kind, FileFacts::Kind::Device);
  EXPECT_EQ(survey.look(folder + "/none").kind, FileFacts::Kind::Missing);
  EXPECT_EQ(survey.look(folder + "/file/below").kind, FileFacts::Kind::Missing);
  for (const std::string& path : {folder, folder + "/pipe", std::string("/dev/zero")}) {
    EXPECT_FALSE(survey.content(path)) << path;
  }
  std::filesystem::remove_all(folder);
}

TEST(HostSurvey, FindsUsersByNameAndNumber) {
  const HostSurvey survey;
  EXPECT_EQ(survey.find_user("root", "")->id, 0U);
  const auto numeric = survey.find_user("0x4d2", "012");
  ASSERT_TRUE(numeric);
  EXPECT_EQ(numeric->id, 1234U);
  EXPECT_EQ(numeric->group, 10U);
  EXPECT_FALSE(survey.find_user("no-such-user", ""));
  EXPECT_FALSE(survey.find_user("root", "no-such-group"));
}

}  // namespace
}  // namespace ntp::os
