// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/daemon/options.h"

#include <gtest/gtest.h>

namespace ntp::daemon {
namespace {

Result<Options, Exit> parse(std::vector<std::string> words) {
  words.insert(words.begin(), "ntpd");
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  return parse_options(static_cast<int>(words.size()), argv.data());
}

TEST(Options, AreEmptyByDefault) {
  const auto options = parse({});
  ASSERT_TRUE(options);
  EXPECT_FALSE(options->foreground);
  EXPECT_EQ(options->family, Family::Any);
  EXPECT_TRUE(options->virtual_addresses);
  EXPECT_FALSE(options->identity.wanted());
}

TEST(Options, TakeTheLineOfDebian) {
  const auto options = parse(
      {"-p", "/run/ntpd.pid", "-c", "/etc/ntpsec/ntp.conf", "-g", "-N", "-u", "ntpsec:ntpsec"});
  ASSERT_TRUE(options);
  EXPECT_EQ(options->pid_file, "/run/ntpd.pid");
  EXPECT_EQ(options->config_file, "/etc/ntpsec/ntp.conf");
  EXPECT_TRUE(options->panic_gate);
  EXPECT_EQ(options->priority, 99);
  EXPECT_EQ(options->identity.user, "ntpsec");
  EXPECT_EQ(options->identity.group, "ntpsec");
}

TEST(Options, TakeClustersAndGluedArguments) {
  const auto options = parse({"-ngGxc/a", "-l/b"});
  ASSERT_TRUE(options);
  EXPECT_TRUE(options->foreground && options->panic_gate && options->step_first && options->slew);
  EXPECT_EQ(options->config_file, "/a");
  EXPECT_EQ(options->log_file, "/b");
}

TEST(Options, TakeLongFormsAndTheirUniquePrefixes) {
  const auto options =
      parse({"--config=/a", "--drift", "/d", "--panic", "--nof", "--var", "x=1", "--dvar=y=2"});
  ASSERT_TRUE(options);
  EXPECT_EQ(options->config_file, "/a");
  EXPECT_EQ(options->drift_file, "/d");
  EXPECT_TRUE(options->panic_gate && options->foreground);
  ASSERT_EQ(options->variables.size(), 2U);
  EXPECT_EQ(options->variables[0].text, "x=1");
  EXPECT_FALSE(options->variables[0].shown);
  EXPECT_TRUE(options->variables[1].shown);
  EXPECT_EQ(parse({"--ipv"}).error().status, 1);
}

TEST(Options, EndAtTheFirstServer) {
  const auto options = parse({"-n", "192.0.2.1", "-q", "host"});
  ASSERT_TRUE(options);
  EXPECT_FALSE(options->quit);
  EXPECT_EQ(options->servers, (std::vector<std::string>{"192.0.2.1", "-q", "host"}));
  EXPECT_EQ(parse({"--", "-n"})->servers, std::vector<std::string>{"-n"});
}

TEST(Options, PreferIpv4) {
  EXPECT_EQ(parse({"-6"})->family, Family::V6);
  EXPECT_EQ(parse({"-4", "-6"})->family, Family::V4);
  EXPECT_EQ(parse({"-6", "-4"})->family, Family::V4);
}

TEST(Options, GiveShortVariablesNoArgument) {
  const auto options = parse({"-z", "a=1"});
  ASSERT_TRUE(options);
  EXPECT_TRUE(options->variables.empty());
  EXPECT_EQ(options->servers, std::vector<std::string>{"a=1"});
}

TEST(Options, StayInTheForegroundUnlessToldToWait) {
  EXPECT_TRUE(parse({"-d"})->foreground);
  EXPECT_TRUE(parse({"-q"})->foreground);
  EXPECT_FALSE(parse({"-D", "3"})->foreground);
  const auto waiting = parse({"-n", "-w", "30"});
  EXPECT_FALSE(waiting->foreground);
  EXPECT_EQ(waiting->wait_for_sync, std::chrono::seconds(30));
  EXPECT_TRUE(parse({"-n", "-w", "0"})->foreground);
}

TEST(Options, ShowVersionAndUsage) {
  const auto version = parse({"-V", "-y"});
  ASSERT_FALSE(version);
  EXPECT_EQ(version.error().status, 0);
  EXPECT_EQ(version.error().to_stdout, version_line() + "\n");
  EXPECT_TRUE(version_line().starts_with("ntpd regulator-"));
  EXPECT_TRUE(version_line().ends_with(" (ntpsec-1.2.5)"));
  const auto help = parse({"--help"});
  EXPECT_EQ(help.error().status, 0);
  EXPECT_TRUE(help.error().to_stdout.empty());
  EXPECT_TRUE(help.error().to_stderr.starts_with("usage: ntpd"));
}

TEST(Options, RefuseMistakesWithStatusOne) {
  const std::vector<std::vector<std::string>> mistakes{
      {"-y"},        {"--nonsense"}, {"-c"},        {"--user"},  {"-b"},
      {"-r", "0.1"}, {"-t0"},        {"-t65536"},   {"-t", "x"}, {"-u", "a", "-u", "b"},
      {"-P", "x"},   {"-U", "-1"},   {"-w", "soon"}};
  for (const auto& words : mistakes) {
    const auto options = parse(words);
    ASSERT_FALSE(options) << words.front();
    EXPECT_EQ(options.error().status, 1) << words.front();
    EXPECT_NE(options.error().to_stderr.find("usage: ntpd"), std::string::npos) << words.front();
  }
  EXPECT_TRUE(parse({"-gy"}).error().to_stderr.starts_with("ntpd: unknown option -y\n"));
  EXPECT_TRUE(
      parse({"--nonsense"}).error().to_stderr.starts_with("ntpd: unknown option --nonsense\n"));
  EXPECT_TRUE(parse({"-c"}).error().to_stderr.starts_with("ntpd: option -c needs an argument\n"));
}

TEST(Options, DumpAsNtpsecDoes) {
  const auto dumped =
      parse({"-R", "-c", "a", "-u", "ntpsec:ntpsec", "-i", "/x", "-g", "-n", "-s", "/s/"});
  EXPECT_EQ(dumped.error().status, 0);
  EXPECT_EQ(dumped.error().to_stdout,
            "conffile \"a\";\n"
            "#allow_panic = true\n"
            "#force_step_once = false\n"
            "#chrootdir = \"/x\";\n"
            "#user = ntpsec\n"
            "#group = ntpsec\n"
            "#listen_to_virtual_ips = true\n"
            "#mode_ntpdate = false\n"
            "statsdir \"/s/\";\n"
            "#interface_interval = 300\n");
}

TEST(ApplyOptions, PutsServersFirstAndFilesLast) {
  config::Settings settings;
  config::SourceSettings configured;
  configured.host = "configured";
  settings.sources.push_back(configured);
  settings.drift_file = "/from/file";
  apply_options(*parse({"-f", "/from/line", "-s", "/stats", "one", "two"}), settings);
  ASSERT_EQ(settings.sources.size(), 3U);
  EXPECT_EQ(settings.sources[0].host, "one");
  EXPECT_TRUE(settings.sources[0].iburst);
  EXPECT_EQ(settings.sources[1].host, "two");
  EXPECT_EQ(settings.sources[2].host, "configured");
  EXPECT_FALSE(settings.sources[2].iburst);
  EXPECT_EQ(settings.drift_file, "/from/file");
  EXPECT_EQ(settings.stats_dir, "/stats");
}

}  // namespace
}  // namespace ntp::daemon
