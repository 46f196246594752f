// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/daemon/options.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "ntpd/daemon/usage.h"

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

TEST(Options, GiveShortVariablesTheirArgument) {
  const auto options = parse({"-z", "a=1", "-Zb=2", "-n", "host"});
  ASSERT_TRUE(options);
  ASSERT_EQ(options->variables.size(), 2U);
  EXPECT_EQ(options->variables[0].text, "a=1");
  EXPECT_FALSE(options->variables[0].shown);
  EXPECT_EQ(options->variables[1].text, "b=2");
  EXPECT_TRUE(options->variables[1].shown);
  EXPECT_TRUE(options->foreground);
  EXPECT_EQ(options->servers, std::vector<std::string>{"host"});
}

/// An option of NTPsec in all its forms.
struct Form {
  std::string shorter;
  std::string longer;
  std::string argument;  // empty: takes none
};
const std::vector<Form> kForms{{"-4", "ipv4", ""},
                               {"-6", "ipv6", ""},
                               {"-a", "assert", ""},
                               {"-c", "configfile", "/a"},
                               {"-d", "debug", ""},
                               {"-D", "set-debug-level", "3"},
                               {"-f", "driftile", "/d"},
                               {"-g", "panicgate", ""},
                               {"-i", "jaildir", "/j"},
                               {"-I", "interface", "lo"},
                               {"-k", "keyfile", "/k"},
                               {"-l", "logfile", "/l"},
                               {"-m", "mdns", ""},
                               {"-L", "novirtualips", ""},
                               {"-n", "nofork", ""},
                               {"-N", "nice", ""},
                               {"-p", "pidfile", "/p"},
                               {"-P", "priority", "5"},
                               {"-q", "quit", ""},
                               {"-s", "statsdir", "/s"},
                               {"-t", "trustedkey", "7"},
                               {"-u", "user", "u:g"},
                               {"-U", "updateinterval", "5"},
                               {"-z", "var", "a=1"},
                               {"-Z", "dvar", "a=1"},
                               {"-x", "slew", ""}};

/// What the options came to, as one text.
std::string outcome(const Result<Options, Exit>& parsed) {
  if (!parsed) return "status " + std::to_string(parsed.error().status);
  const Options& o = *parsed;
  std::string text = dump(o);
  for (const bool flag : {o.abort, o.foreground, o.slew, o.virtual_addresses})
    text += flag ? '1' : '0';
  for (const auto& each : o.interfaces) text += " I" + each;
  for (const auto& each : o.variables) text += (each.shown ? " Z" : " z") + each.text;
  for (const auto key : o.trusted_keys) text += " t" + std::to_string(key);
  for (const auto& each : o.servers) text += " server " + each;
  return text + " k" + o.key_file + " d" + std::to_string(o.debug) + " P" +
         std::to_string(o.priority.value_or(-1)) + " f" +
         std::to_string(static_cast<int>(o.family));
}

TEST(Options, MeanTheSameInEachForm) {
  for (const Form& form : kForms) {
    std::vector<std::vector<std::string>> ways;
    if (form.argument.empty()) {
      ways = {{"--" + form.longer}};
    } else {
      ways = {{form.shorter + form.argument},
              {"--" + form.longer, form.argument},
              {"--" + form.longer + '=' + form.argument}};
    }
    const std::vector<std::string> first =
        form.argument.empty() ? std::vector<std::string>{form.shorter}
                              : std::vector<std::string>{form.shorter, form.argument};
    const std::string wanted = outcome(parse(first));
    EXPECT_NE(wanted, "status 1") << form.shorter;
    for (const auto& way : ways) EXPECT_EQ(outcome(parse(way)), wanted) << way.front();
  }
}

TEST(Options, TakeEveryPrefixThatIsUniqueInNtpsec) {
  std::vector<std::string> names{"help", "dumpopts", "version"};
  for (const Form& form : kForms) names.push_back(form.longer);
  for (const Form& form : kForms) {
    for (std::size_t length = 1; length <= form.longer.size(); ++length) {
      const std::string prefix = form.longer.substr(0, length);
      const bool unique =
          prefix == form.longer || std::count_if(names.begin(), names.end(), [&](const auto& name) {
                                     return name.starts_with(prefix);
                                   }) == 1;
      std::vector<std::string> words{"--" + prefix};
      if (!form.argument.empty()) words.push_back(form.argument);
      if (unique) {
        std::vector<std::string> whole{"--" + form.longer};
        if (!form.argument.empty()) whole.push_back(form.argument);
        EXPECT_EQ(outcome(parse(words)), outcome(parse(whole))) << prefix;
      } else {
        EXPECT_EQ(parse(words).error().status, 1) << prefix;
      }
    }
  }
}

TEST(Options, AskForADryRun) {
  const auto options = parse({"--check", "--json", "-c", "/a"});
  ASSERT_TRUE(options);
  EXPECT_TRUE(options->check && options->json);
  EXPECT_EQ(parse({"--json"}).error().status, 1);
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

TEST(Options, DumpTheBuiltInStatsdir) {
  EXPECT_EQ(parse({"-R"}).error().to_stdout,
            "#allow_panic = false\n"
            "#force_step_once = false\n"
            "#listen_to_virtual_ips = true\n"
            "#mode_ntpdate = false\n"
            "statsdir \"/var/NTP/\";\n"
            "#interface_interval = 300\n");
}

TEST(ApplyOptions, KeepsInterfaceRulesOfOnePlaceOnly) {
  config::Settings settings;
  ASSERT_TRUE(
      apply_options(*parse({"-I", "192.0.2.1", "-I", "eth*", "-I", "::1", "-L"}), settings));
  ASSERT_EQ(settings.interfaces.size(), 3U);
  EXPECT_TRUE(settings.no_virtual_addresses);
  EXPECT_EQ(settings.interfaces[0].match, config::InterfaceRule::Match::Address);
  EXPECT_EQ(settings.interfaces[0].prefix.to_string(), "192.0.2.1/32");
  EXPECT_EQ(settings.interfaces[1].match, config::InterfaceRule::Match::Name);
  EXPECT_EQ(settings.interfaces[1].name, "eth*");
  EXPECT_EQ(settings.interfaces[2].prefix.length, 128);
  EXPECT_EQ(settings.interfaces[2].action, config::InterfaceRule::Action::Listen);

  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"-I", "lo"}, std::vector<std::string>{"-L"}}) {
    config::Settings file;
    file.interfaces.emplace_back().where = {"ntp.conf", 7, 1};
    const auto applied = apply_options(*parse(words), file);
    ASSERT_FALSE(applied);
    EXPECT_NE(applied.error().message.find("ntp.conf line 7"), std::string::npos);
  }
  config::Settings file;
  file.interfaces.emplace_back();
  EXPECT_TRUE(apply_options(*parse({}), file));
}

TEST(ApplyOptions, PutsVariablesBeforeThoseOfTheFile) {
  config::Settings settings;
  settings.variables.push_back({"file", "1", false});
  ASSERT_TRUE(apply_options(*parse({"-z", "a=b=c", "--dvar", "bare"}), settings));
  ASSERT_EQ(settings.variables.size(), 3U);
  EXPECT_EQ(settings.variables[0].name, "a");
  EXPECT_EQ(settings.variables[0].value, "b=c");
  EXPECT_EQ(settings.variables[1].name, "bare");
  EXPECT_TRUE(settings.variables[1].is_default);
  EXPECT_EQ(settings.variables[2].name, "file");
}

TEST(ApplyOptions, PutsServersFirstAndFilesLast) {
  config::Settings settings;
  config::SourceSettings configured;
  configured.host = "configured";
  settings.sources.push_back(configured);
  settings.drift_file = "/from/file";
  ASSERT_TRUE(apply_options(*parse({"-f", "/from/line", "-s", "/stats", "one", "two"}), settings));
  ASSERT_EQ(settings.sources.size(), 3U);
  EXPECT_EQ(settings.sources[0].host, "one");
  EXPECT_TRUE(settings.sources[0].iburst);
  EXPECT_EQ(settings.sources[1].host, "two");
  EXPECT_EQ(settings.sources[2].host, "configured");
  EXPECT_FALSE(settings.sources[2].iburst);
  EXPECT_EQ(settings.drift_file, "/from/file");
  EXPECT_EQ(settings.stats_dir, "/stats/");
}

TEST(ApplyOptions, AddsTrustedKeysAndYieldsToTheKeyFileOfTheConfiguration) {
  config::Settings settings;
  ASSERT_TRUE(apply_options(*parse({"-k", "/from/line", "-t", "3", "-t", "65535"}), settings));
  EXPECT_EQ(settings.keys.file, "/from/line");
  ASSERT_EQ(settings.keys.trusted.size(), 2U);
  EXPECT_EQ(settings.keys.trusted[1].first, 65535);
  EXPECT_EQ(settings.keys.trusted[1].last, 65535);
  settings.keys.file = "/from/file";
  ASSERT_TRUE(apply_options(*parse({"-k", "/from/line"}), settings));
  EXPECT_EQ(settings.keys.file, "/from/file");
}

}  // namespace
}  // namespace ntp::daemon
