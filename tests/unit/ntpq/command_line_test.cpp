// SPDX-License-Identifier: BSD-2-Clause
#include "ntpq/command_line.h"

#include <gtest/gtest.h>

#include <array>

namespace ntp::ntpq {
namespace {

constexpr std::array<OptionSet::Long, 4> kNames = {
    {{"host", 'r'}, {"host-list", 'l'}, {"numeric", 'n'}, {"number", 'm'}}};
constexpr OptionSet kOptions{"nr:l:m:?", kNames};

std::string read(const std::vector<std::string>& arguments) {
  const auto line = read_command_line(arguments, kOptions);
  if (!line) return line.error().message;
  std::string text;
  for (const auto& each : line->switches) text += std::string(1, each.letter) + each.value + ";";
  for (const std::string& word : line->words) text += " " + word;
  return text;
}

TEST(CommandLine, TakesShortAndLongOptions) {
  EXPECT_EQ(read({"-nra", "-m", "3", "--host=b", "--host", "c", "--numeric", "d", "-n"}),
            "n;ra;m3;rb;rc;n; d -n");
  EXPECT_EQ(read({"-?", "--", "-n"}), "?; -n");
  EXPECT_EQ(read({"-"}), " -");
  EXPECT_EQ(read({"--host="}), "r;");
}

TEST(CommandLine, TakesUniqueBeginnings) {
  EXPECT_EQ(read({"--nume", "--host-l=a", "--host=b"}), "n;la;rb;");
  EXPECT_EQ(read({"--num"}), "option --num not a unique prefix");
}

TEST(CommandLine, SaysWhatIsWrong) {
  EXPECT_EQ(read({"-nx"}), "option -x not recognized");
  EXPECT_EQ(read({"-:"}), "option -: not recognized");
  EXPECT_EQ(read({"-m"}), "option -m requires argument");
  EXPECT_EQ(read({"--number"}), "option --number requires argument");
  EXPECT_EQ(read({"--numeric=1"}), "option --numeric must not have an argument");
  EXPECT_EQ(read({"--other=1"}), "option --other not recognized");
  EXPECT_EQ(read({"-\x1b"}), "option -\\x1b not recognized");
}

TEST(CommandLine, ReadsNumbersWithinLimits) {
  EXPECT_EQ(number_of({'m', "12"}, "usage").value_or(0), 12);
  EXPECT_EQ(number_of({'m', "1x"}, "usage").error().text,
            "Error: -m parameter '1x' not a number\nusage");
  EXPECT_FALSE(number_of({'m', "99999999999"}, ""));
  EXPECT_FALSE(number_of({'m', "5"}, "", 6, 7));
}

}  // namespace
}  // namespace ntp::ntpq
