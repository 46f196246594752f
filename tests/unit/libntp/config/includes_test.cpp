// SPDX-License-Identifier: BSD-2-Clause
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/libntp/config/parse_helpers.h"

namespace ntp::config {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

ParseResult parse_files(std::map<std::string, std::string> files) {
  MemoryFiles memory(std::move(files));
  return parse_file("/etc/ntp.conf", memory.access());
}

TEST(Includes, AreReadInPlaceAndFoundBesideTheirIncluder) {
  const auto result = parse_files({{"/etc/ntp.conf", "includefile sub/a\nserver last\n"},
                                   {"/etc/sub/a", "server one\nincludefile b\nserver three"},
                                   {"/etc/sub/b", "server two"}});
  EXPECT_THAT(hosts(result.settings), ElementsAre("one", "two", "three", "last"));
  EXPECT_EQ(result.settings.sources[1].where.file, "/etc/sub/b");
  EXPECT_THAT(result.diagnostics, IsEmpty());
}

TEST(Includes, MayHaveOneMoreCommandOnTheirLine) {
  const auto result =
      parse_files({{"/etc/ntp.conf", "includefile a server one\n"}, {"/etc/a", "server two\n"}});
  EXPECT_THAT(hosts(result.settings), ElementsAre("one", "two"));
}

TEST(Includes, CountBeforeJunkButNotBeforeAVoidCommand) {
  const auto result = parse_files({{"/etc/ntp.conf", "includefile a junk\nincludefile b server\n"},
                                   {"/etc/a", "server first\nserver second\n"},
                                   {"/etc/b", "server third\n"}});
  EXPECT_THAT(hosts(result.settings), ElementsAre("first", "second"));
  EXPECT_THAT(errors(result), ElementsAre("1:15", "2:21"));
}

TEST(Includes, ReadDirectoriesInReverseOrder) {
  const auto result = parse_files({{"/etc/ntp.conf", "includefile d\nserver main\n"},
                                   {"/etc/d/a.conf", "server a\n"},
                                   {"/etc/d/B.conf", "server B\n"},
                                   {"/etc/d/.h.conf", "server h\n"},
                                   {"/etc/d/c.txt", "server c\n"},
                                   {"/etc/d/m.conf/x.conf", "server mx\n"},
                                   {"/etc/d/m.conf/y.conf", "server my\n"},
                                   {"/etc/d/other/x.conf", "server ox\n"},
                                   {"/etc/d/z.conf", "server z\n"}});
  EXPECT_THAT(hosts(result.settings), ElementsAre("z", "my", "mx", "a", "B", "h", "main"));
}

TEST(Includes, ReadTheDirectoryBesideTheMainFile) {
  const auto result = parse_files({{"/etc/ntp.conf", "server main\nend\nserver never\n"},
                                   {"/etc/ntp.d/a.conf", "server a\nincludefile ../x\n"},
                                   {"/etc/ntp.d/../x", "server x\n"},
                                   {"/etc/ntp.d/b.conf", "server b\n"}});
  EXPECT_THAT(hosts(result.settings), ElementsAre("main", "b", "a", "x"));
  EXPECT_THAT(result.diagnostics, IsEmpty());
}

TEST(Includes, ReadTheDirectoryEvenIfTheMainFileIsMissing) {
  const auto result = parse_files({{"/etc/ntp.d/a.conf", "server a\n"}});
  EXPECT_THAT(hosts(result.settings), ElementsAre("a"));
  ASSERT_EQ(result.diagnostics.size(), 1U);
  EXPECT_EQ(result.diagnostics[0].to_string(),
            "CONFIG: failed to open '/etc/ntp.conf': No such file or directory");
}

TEST(Includes, FindTheDirectoryOfARelativePath) {
  MemoryFiles memory({{"ntp.conf", "server main\n"}, {"ntp.d/a.conf", "server a\n"}});
  EXPECT_THAT(hosts(parse_file("ntp.conf", memory.access()).settings), ElementsAre("main", "a"));
  MemoryFiles deeper({{"d/ntp.conf", "server main\n"}, {"d/ntp.d/a.conf", "server a\n"}});
  EXPECT_THAT(hosts(parse_file("d/ntp.conf", deeper.access()).settings), ElementsAre("main", "a"));
}

TEST(Includes, EndStopsTheIncludersToo) {
  const auto result = parse_files({{"/etc/ntp.conf", "includefile a\nserver never\n"},
                                   {"/etc/a", "server one\nend\nserver never\n"}});
  EXPECT_THAT(hosts(result.settings), ElementsAre("one"));
}

TEST(Includes, SkipWhatIsMissing) {
  const auto result = parse_files(
      {{"/etc/ntp.conf", "includefile no\nincludefile e\nserver a\n"}, {"/etc/e/x.txt", ""}});
  EXPECT_THAT(hosts(result.settings), ElementsAre("a"));
  EXPECT_THAT(errors(result), ElementsAre("1:1", "2:1"));
  EXPECT_EQ(result.syntax_errors, 0U);
}

TEST(Includes, AreNotReadInACircle) {
  const auto result = parse_files({{"/etc/ntp.conf", "includefile a\nserver main\n"},
                                   {"/etc/a", "server a\nincludefile ntp.conf\nincludefile a\n"}});
  EXPECT_THAT(hosts(result.settings), ElementsAre("a", "main"));
  EXPECT_THAT(errors(result), ElementsAre("2:1", "3:1"));
}

TEST(Includes, GoFiveDeep) {
  std::map<std::string, std::string> files;
  files["/etc/ntp.conf"] = "includefile 1\n";
  for (int i = 1; i <= 7; ++i) {
    files["/etc/" + std::to_string(i)] =
        "includefile " + std::to_string(i + 1) + "\nserver s" + std::to_string(i) + "\n";
  }
  const auto result = parse_files(files);
  EXPECT_THAT(hosts(result.settings), ElementsAre("s5", "s4", "s3", "s2", "s1"));
  EXPECT_TRUE(says(result, "Maximum include file level exceeded"));
}

TEST(Includes, AreBoundedInNumber) {
  // Every path is a file that includes a hundred others.
  std::size_t loads = 0;
  std::string text;
  for (int i = 0; i < 100; ++i) text += "includefile f" + std::to_string(i) + "\n";
  const FileAccess access{
      [&](const std::string&) -> Result<std::string> {
        ++loads;
        return text;
      },
      [](const std::string&) -> Result<std::vector<std::string>> { return fail("no"); }};
  const auto result = parse_file("/etc/ntp.conf", access);
  EXPECT_LE(loads, 1000U);
  EXPECT_LE(result.diagnostics.size(), 101U);
}

TEST(Includes, AreBoundedInSize) {
  const std::string big(20U << 20, '#');
  const FileAccess access{
      [&](const std::string& path) -> Result<std::string> {
        return path == "/c" ? "includefile a\nincludefile b\nincludefile d\nincludefile e\n" : big;
      },
      [](const std::string&) -> Result<std::vector<std::string>> { return fail("no"); }};
  const auto result = parse_file("/c", access);
  EXPECT_TRUE(says(result, "more than 64 MiB"));
}

TEST(Includes, NeedFiles) {
  const auto result = parse("includefile x server a\n");
  EXPECT_THAT(hosts(result.settings), ElementsAre("a"));
  EXPECT_THAT(errors(result), ElementsAre("1:1"));
}

TEST(Includes, ReportUnreadableFilesWithTheirReason) {
  const FileAccess access{
      [](const std::string&) -> Result<std::string> { return fail("Permission denied"); },
      [](const std::string&) -> Result<std::vector<std::string>> { return fail("no"); }};
  const auto result = parse_file("/etc/ntp.conf", access);
  EXPECT_TRUE(says(result, "Permission denied"));
  EXPECT_THAT(result.settings.sources, IsEmpty());
}

}  // namespace
}  // namespace ntp::config
