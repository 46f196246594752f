// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/os/files.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
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

TEST_F(FilesTest, SavesASecretForItsOwnerAlone) {
  ASSERT_TRUE(files_.save_secret(path("new"), "secret"));
  EXPECT_EQ(files_.status(path("new"))->mode, 0600U);
  std::ofstream(path("old")) << "old";
  ASSERT_EQ(chmod(path("old").c_str(), 0644), 0);
  ASSERT_TRUE(files_.save_secret(path("old"), "secret"));
  EXPECT_EQ(files_.status(path("old"))->mode, 0600U);
  EXPECT_EQ(*files_.load(path("old")), "secret");
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
  EXPECT_EQ(files_.load_named(path("pipe")).error().message, path("pipe: not a regular file"));
}

TEST_F(FilesTest, LoadsFromAPipeAndFromTheNullDeviceWhereThatIsMeant) {
  EXPECT_EQ(*files_.load_stream("/dev/null"), "");
  EXPECT_EQ(*files_.load_named("/dev/null"), "");
  EXPECT_FALSE(files_.load_stream("/dev/zero"));
  EXPECT_FALSE(files_.load_stream(directory_));
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  ASSERT_EQ(write(ends[1], "server a\n", 9), 9);
  close(ends[1]);
  EXPECT_EQ(*files_.load_stream("/dev/fd/" + std::to_string(ends[0])), "server a\n");
  close(ends[0]);
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

TEST_F(FilesTest, AppendsToWhatIsThereAndMakesWhatIsNot) {
  ASSERT_TRUE(files_.append(path("stats"), "one\n"));
  ASSERT_TRUE(files_.append(path("stats"), "two\n"));
  EXPECT_EQ(*files_.load(path("stats")), "one\ntwo\n");
}

TEST_F(FilesTest, AppendsToANewFileAfterRotation) {
  ASSERT_TRUE(files_.append(path("stats"), "one\n"));
  ASSERT_TRUE(files_.rename(path("stats"), path("stats.1")));
  ASSERT_TRUE(files_.append(path("stats"), "two\n"));
  EXPECT_EQ(*files_.load(path("stats.1")), "one\n");
  EXPECT_EQ(*files_.load(path("stats")), "two\n");
}

TEST_F(FilesTest, AppendsNothingWhereThereIsNoRoomForAll) {
  ASSERT_TRUE(files_.append(path("stats"), "one\n"));
  // The size limit stands in for a full disk; both cut a write short.
  signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
  const rlimit small{6, before.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
  const auto added = files_.append(path("stats"), "two\n");
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &before), 0);
  signal(SIGXFSZ, SIG_DFL);
  EXPECT_FALSE(added);
  EXPECT_EQ(*files_.load(path("stats")), "one\n");
  EXPECT_TRUE(files_.append(path("stats"), "three\n"));
  EXPECT_EQ(*files_.load(path("stats")), "one\nthree\n");
}

TEST_F(FilesTest, DoesNotWaitForTheReaderOfAPipe) {
  ASSERT_EQ(mkfifo(path("pipe").c_str(), 0600), 0);
  EXPECT_FALSE(files_.append(path("pipe"), "line\n"));
}

TEST_F(FilesTest, SaysWhyItCannotAppend) {
  EXPECT_EQ(files_.append(path("no/stats"), "x").error().message,
            path("no/stats") + ": No such file or directory");
  EXPECT_FALSE(files_.append(directory_, "x"));
}

TEST_F(FilesTest, CountsTheNamesOfAFile) {
  EXPECT_FALSE(files_.status(path("stats"))->exists);
  ASSERT_TRUE(files_.append(path("stats.today"), "x"));
  ASSERT_TRUE(files_.link(path("stats.today"), path("stats")));
  EXPECT_EQ(files_.status(path("stats"))->links, 2U);
  EXPECT_TRUE(files_.status(path("stats"))->regular);
  EXPECT_FALSE(files_.status(directory_)->regular);
  EXPECT_EQ(files_.link(path("stats.today"), path("stats")).error().message,
            path("stats") + ": File exists");
  ASSERT_TRUE(files_.remove(path("stats")));
  EXPECT_EQ(files_.status(path("stats.today"))->links, 1U);
}

TEST_F(FilesTest, KnowsADirectoryThatCanBeWritten) {
  EXPECT_TRUE(check_writable_directory(directory_ + '/'));
  EXPECT_EQ(check_writable_directory(path("none/")).error().message,
            path("none/") + ": No such file or directory");
  std::ofstream(path("file")) << "x";
  EXPECT_FALSE(check_writable_directory(path("file")));
}

}  // namespace
}  // namespace ntp::os
