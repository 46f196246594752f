// SPDX-License-Identifier: BSD-2-Clause
#include "ntpq/options.h"

#include <gtest/gtest.h>

namespace ntp::ntpq {
namespace {

Result<Options, EarlyExit> parse(const std::vector<std::string>& arguments) {
  return parse_options(arguments);
}

std::string first_line(const std::vector<std::string>& arguments) {
  const auto options = parse(arguments);
  EXPECT_FALSE(options);
  if (options) return "";
  EXPECT_EQ(options.error().status, 1);
  return options.error().text.substr(0, options.error().text.find('\n'));
}

TEST(Options, ReadsJoinedAndLongOnes) {
  const auto options = parse({"-pnu", "--com=rv 0", "--width", "132", "-w", "a", "b"});
  ASSERT_TRUE(options);
  EXPECT_EQ(options->commands, (std::vector<std::string>{"peers", "rv 0"}));
  EXPECT_TRUE(options->numeric && options->units && options->wide);
  EXPECT_EQ(options->width, 132U);
  ASSERT_EQ(options->hosts.size(), 2U);
  EXPECT_EQ(options->hosts[1].name, "b");
}

TEST(Options, EndAtTheFirstHost) {
  EXPECT_EQ(first_line({"host", "-p"}), "ntpq: unexpected option-like thing.");
}

TEST(Options, AsksLocalhostByItself) {
  const auto options = parse({"-4"});
  ASSERT_TRUE(options);
  ASSERT_EQ(options->hosts.size(), 1U);
  EXPECT_EQ(options->hosts[0].name, "localhost");
  EXPECT_EQ(options->hosts[0].family, Family::V4);
}

TEST(Options, ChooseAFamilyBetweenHosts) {
  const auto options = parse({"--", "a", "-6", "b"});
  ASSERT_TRUE(options);
  ASSERT_EQ(options->hosts.size(), 2U);
  EXPECT_EQ(options->hosts[0].family, Family::Any);
  EXPECT_EQ(options->hosts[1].family, Family::V6);
}

TEST(Options, ChooseAFamilyForNamesButNotForAddresses) {
  const auto options = parse({"-6", "127.0.0.1", "[::1]", "name"});
  ASSERT_TRUE(options);
  EXPECT_EQ(options->hosts[0].family, Family::Any);
  EXPECT_EQ(options->hosts[1].family, Family::Any);
  EXPECT_EQ(options->hosts[2].family, Family::V6);
  EXPECT_EQ(parse({"--", "-6", "10.0.0.1"})->hosts[0].family, Family::V6);
}

TEST(Options, SayWhatIsWrong) {
  EXPECT_EQ(first_line({"-Z"}), "option -Z not recognized");
  EXPECT_EQ(first_line({"-pZ"}), "option -Z not recognized");
  EXPECT_EQ(first_line({"-p", "-a"}), "option -a requires argument");
  EXPECT_EQ(first_line({"-a", "x"}), "Error: -a parameter 'x' not a number");
  EXPECT_EQ(first_line({"-W", "99999999999"}), "Error: -W parameter '99999999999' not a number");
  EXPECT_EQ(first_line({"--nonsense"}), "option --nonsense not recognized");
  EXPECT_EQ(first_line({"--wide=3"}), "option --wide must not have an argument");
  EXPECT_EQ(first_line({"--width"}), "option --width requires argument");
}

TEST(Options, TakeAKeyFileInBothForms) {
  EXPECT_EQ(parse({"-k", "file"})->key_file, "file");
  EXPECT_EQ(parse({"--keyfile", "file"})->key_file, "file");
}

TEST(Options, HelpAndVersionAreNoErrors) {
  EXPECT_EQ(parse({"-h"}).error().status, 0);
  EXPECT_FALSE(parse({"-h"}).error().to_stdout);
  EXPECT_EQ(parse({"--version"}).error().text, "ntpq " + version_text() + "\n");
  EXPECT_TRUE(parse({"-V"}).error().to_stdout);
  EXPECT_EQ(parse({"-V", "-Z"}).error().status, 1);
}

}  // namespace
}  // namespace ntp::ntpq
