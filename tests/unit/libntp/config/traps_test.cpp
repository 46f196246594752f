// SPDX-License-Identifier: BSD-2-Clause
// Where NTPsec breaks down over a line, one by one: what it does, and what is done here. Those that
// are no affair of the parser stand in ntp.conf(5), under "DIFFERENCES FROM NTPSEC": 19 (padding of
// keys), 21 and 22 (command line), 37 (log file), and signals and `:config` of 17.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/libntp/config/parse_helpers.h"

namespace ntp::config {
namespace {

struct Trap {
  int number;
  std::string ntpsec;
  std::string text;
  /// Places of the errors and warnings that are right.
  std::vector<std::string> errors;
  std::vector<std::string> warnings;
};

const std::vector<Trap> kMended{
    {13, "spins for ever", "filegen loopstats file a/b\n", {"1:24"}, {}},
    {13, "lets the line have no effect", "filegen loopstats file ../a\n", {"1:24"}, {}},
    {14, "crashes after an hour", "statistics ntsstats\n", {}, {}},
    {15, "aborts at the first packet", "mru initalloc 0\n", {}, {}},
    {16, "crashes", "nts tlscipherserverpreference\nnts tlscipherserverpreference\n", {}, {}},
    {17, "exits with status 1", "refclock typo unit 0\n", {"1:10"}, {}},
    {17, "exits with status 1", "server a key 0x\n", {"1:14"}, {}},
    {18, "stops the discipline", "refclock arbiter unit 0 flag1 1\n", {}, {}},
    {23, "exits with status 0", "leapfile " + std::string(2000, 'x') + "\n", {"1:10"}, {}},
    {24, "loses the first line of the file", "tos minclock 2 junk\nserver lost\n", {"1:16"}, {}},
    {25, "has an error in line 0", "", {}, {}},
    {25, "has an error", "end\n", {}, {}},
    {27, "has the second error in line 1", "alpha\nbeta\n", {"1:1", "2:1"}, {}},
    {27, "has the error in column 15", "tos minclock 3 minsane 2 x\n", {"1:26"}, {}},
    {35, "has the error in line 2", "restrict 10.0.0.0 mask 1.2.3 nomodify\n", {"1:1"}, {}},
};

TEST(Traps, AreMendedOneByOne) {
  for (const Trap& trap : kMended) {
    SCOPED_TRACE(std::to_string(trap.number) + ": NTPsec " + trap.ntpsec);
    const ParseResult result = parse(trap.text + "server after\n");
    EXPECT_EQ(errors(result), trap.errors);
    EXPECT_EQ(places(result, Severity::Warning), trap.warnings);
    // Only `end` may keep the next line from being read.
    EXPECT_EQ(hosts(result.settings).empty(), trap.text == "end\n");
  }
}

TEST(Traps, LockTheClockOnlyForTheLocalClock) {
  const Settings settings = settings_of("refclock arbiter unit 0 flag1 1\n");
  ASSERT_EQ(settings.sources.size(), 1U);
  EXPECT_EQ(settings.sources[0].driver_type, 11);
  EXPECT_TRUE(settings.discipline);
}

// Files in use rely on these.
TEST(Traps, AreKeptWhereFilesRelyOnThem) {
  MemoryFiles files({{"/etc/ntp.conf", "\n"},
                     {"/etc/ntp.d/a.conf", "driftfile /a\n"},
                     {"/etc/ntp.d/b.conf", "driftfile /b\n"}});
  EXPECT_EQ(parse_file("/etc/ntp.conf", files.access()).settings.drift_file, "/a");     // 2
  EXPECT_EQ(settings_of("interface ignore eth0\n").interfaces.size(), 1U);              // 3
  EXPECT_FALSE(settings_of("disable kernel\nenable kernel\n").kernel);                  // 4
  EXPECT_TRUE(settings_of("setvar a=b\n").variables.empty());                           // 6
  EXPECT_EQ(settings_of("server a minpoll 12\n").sources.at(0).min_poll, 10);           // 8
  EXPECT_TRUE(settings_of("server a key 65535\n").sources.empty());                     // 9
  EXPECT_FALSE(settings_of("restrict 10.0.0.0/0\n").restrictions.at(0).prefix_length);  // 10
}

}  // namespace
}  // namespace ntp::config
