// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/os/files.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace ntp::os {
namespace {

class FilesTest : public testing::Test {
 protected:
  FilesTest() {
    std::string pattern = testing::TempDir() + "/files_XXXXXX";
    directory_ = mkdtemp(pattern.data());
  }
  ~FilesTest() override { std::filesystem::remove_all(directory_); }
  [[nodiscard]] std::string path(const std::string& name) const { return directory_ + '/' + name; }

  std::string directory_;
  Files files_;
};

TEST_F(FilesTest, LoadsWhatItSaved) {
  const std::string content("12.500000\n\0tail", 15);
  ASSERT_TRUE(files_.save(path("drift"), content));
  EXPECT_EQ(*files_.load(path("drift")), content);
  EXPECT_FALSE(std::filesystem::exists(path("drift-tmp")));
}

TEST_F(FilesTest, KeepsTheModeOfAFileItReplaces) {
  std::ofstream(path("keys")) << "old";
  chmod(path("keys").c_str(), 0600);
  ASSERT_TRUE(files_.save(path("keys"), "new"));
  struct stat status {};
  ASSERT_EQ(stat(path("keys").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

TEST_F(FilesTest, FollowsASymbolicLinkAndLeavesIt) {
  std::ofstream(path("real")) << "old";
  std::filesystem::create_symlink("real", path("link"));
  ASSERT_TRUE(files_.save(path("link"), "new"));
  EXPECT_TRUE(std::filesystem::is_symlink(path("link")));
  EXPECT_EQ(*files_.load(path("real")), "new");
}

TEST_F(FilesTest, DoesNotWriteThroughALinkPlantedAtTheTemporaryName) {
  std::ofstream(path("victim")) << "untouched";
  std::filesystem::create_symlink("victim", path("drift-tmp"));
  ASSERT_TRUE(files_.save(path("drift"), "1.0\n"));
  EXPECT_EQ(*files_.load(path("victim")), "untouched");
}

TEST_F(FilesTest, NamesPathAndReason) {
  EXPECT_EQ(files_.load(path("none")).error().message, path("none: No such file or directory"));
  EXPECT_EQ(files_.load(directory_).error().message, directory_ + ": Is a directory");
  EXPECT_EQ(files_.load("/dev/null").error().message, "/dev/null: not a regular file");
  EXPECT_EQ(files_.save(path("no/file"), "x").error().message,
            path("no/file-tmp: No such file or directory"));
}

TEST_F(FilesTest, RefusesAPipeWithoutWaiting) {
  ASSERT_EQ(mkfifo(path("pipe").c_str(), 0600), 0);
  EXPECT_EQ(files_.load(path("pipe")).error().message, path("pipe: not a regular file"));
}

TEST_F(FilesTest, RefusesAFileThatIsTooLong) {
  std::ofstream(path("long")) << "x";
  std::filesystem::resize_file(path("long"), Files::kMaxFile + 1);
  EXPECT_EQ(files_.load(path("long")).error().message, path("long: File too large"));
}

TEST_F(FilesTest, ListsNamesInOrder) {
  std::ofstream(path("b.conf")) << "";
  std::ofstream(path("a.conf")) << "";
  EXPECT_EQ(*files_.list(directory_), (std::vector<std::string>{"a.conf", "b.conf"}));
  EXPECT_EQ(files_.list(path("a.conf")).error().message, path("a.conf: Not a directory"));
}

}  // namespace
}  // namespace ntp::os
