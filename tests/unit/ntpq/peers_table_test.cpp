// SPDX-License-Identifier: BSD-2-Clause
#include "ntpq/peers_table.h"

#include <gtest/gtest.h>

namespace ntp::ntpq {
namespace {

constexpr WallTime kNow(std::chrono::seconds(1'795'400'000));

std::string row(std::string_view reply, PeersOptions options = {}) {
  return PeersTable(options).row(7, 0x9614, Variables::parse(reply), kNow);
}

TEST(PrettyInterval, ChangesItsUnit) {
  EXPECT_EQ(pretty_interval(-5), "-");
  EXPECT_EQ(pretty_interval(0), "-");
  EXPECT_EQ(pretty_interval(2048), "2048");
  EXPECT_EQ(pretty_interval(2049), "34m");
  EXPECT_EQ(pretty_interval(4096), "68m");
  EXPECT_EQ(pretty_interval(16384), "273m");
  EXPECT_EQ(pretty_interval(32768), "9h");
  EXPECT_EQ(pretty_interval(131072), "36h");
  EXPECT_EQ(pretty_interval(864000), "10d");
}

TEST(EightColumns, KeepsAsManyDecimalsAsFit) {
  EXPECT_EQ(eight_columns(0.0754, 4), "  0.0754");
  EXPECT_EQ(eight_columns(999.99, 4), "999.9900");
  EXPECT_EQ(eight_columns(3250.072, 4), "3250.072");
  EXPECT_EQ(eight_columns(16000, 4), "16000.00");
  EXPECT_EQ(eight_columns(123456, 4), "123456.0");
  EXPECT_EQ(eight_columns(1234567.9, 4), " 1234567");
  EXPECT_EQ(eight_columns(-0.00001, 4), " -0.0000");
  EXPECT_EQ(eight_columns(-99.9, 4), "-99.9000");
  EXPECT_EQ(eight_columns(-100, 4), "-100.000");
  EXPECT_EQ(eight_columns(-100000, 4), " -100000");
  EXPECT_EQ(eight_columns(5, 3), "   5.000");
}

TEST(PeersTable, ShowsRowsOfOtherDaemons) {
  // Three decimals, no jitter, no rec: as the classic daemon may send.
  EXPECT_EQ(row("srcadr=192.0.2.1, refid=10.0.0.1, stratum=2, hmode=1, ppoll=6, hpoll=10, "
                "reach=0x7, delay=1.500, offset=-2.250, rootdisp=3.125"),
            "*192.0.2.1       10.0.0.1         2 s    -   64    7    1.500   -2.250    3.125\n");
}

TEST(PeersTable, HasTenWordsForAnyReply) {
  EXPECT_EQ(row("x=1"),
            "*                ..              20 ?    -    1    0        .        .        .\n");
  EXPECT_EQ(row("srchost=\"h\", stratum=a, ppoll=-5, hpoll=99999999, reach=-1, hmode=x, "
                "ntscookies=\"\", delay=inf, offset=nan, jitter=text, rec=soon"),
            "*h               ..              20 ?    -    1    0      inf      nan     text\n");
}

TEST(PeersTable, LetsNoControlCharacterThrough) {
  const std::string reply =
      "srcadr=\x1b[2J, refid=\x1b[1m, delay=\x1b, offset=\r, jitter=\x07, dstadr=\x1b";
  for (const PeersForm form :
       {PeersForm::Peers, PeersForm::Apeers, PeersForm::Opeers, PeersForm::Rpeers}) {
    PeersOptions options;
    options.form = form;
    std::string text = row(reply, options);
    text.pop_back();
    for (const char character : text) EXPECT_TRUE(character >= 0x20 && character < 0x7f);
  }
}

TEST(PeersTable, StaysReadableOnANarrowTerminal) {
  PeersOptions options;
  options.width = 20;
  EXPECT_EQ(PeersTable(options).width(), 79U);
  EXPECT_EQ(row("srcadr=192.0.2.1", options).substr(0, 11), "*192.0.2.1 ");
  options.width = 65;
  EXPECT_EQ(PeersTable(options).width(), 79U);
  options.width = 66;
  EXPECT_EQ(PeersTable(options).width(), 65U);
  EXPECT_EQ(row("srcadr=192.0.2.1, refid=GPS", options).substr(0, 9), "*1 .GPS. ");
  options.width = 70;
  EXPECT_EQ(PeersTable(options).width(), 69U);
  EXPECT_EQ(row("srcadr=192.0.2.1, refid=GPS", options).substr(0, 13), "*192.0 .GPS. ");
}

TEST(PeersTable, KeepsTheEndOfALongLocalAddress) {
  PeersOptions options;
  options.form = PeersForm::Opeers;
  EXPECT_EQ(row("srcadr=192.0.2.1, dstadr=2001:db8:1234:5678::9abc", options).substr(17, 15),
            "-234:5678::9abc");
}

TEST(PeersTable, CountsCookiesAndKnowsPoolsAndClocks) {
  const auto type = [](const std::string& reply) { return row("hmode=3, " + reply)[36]; };
  EXPECT_EQ(type("srcadr=10.0.0.1"), 'u');
  EXPECT_EQ(type("srcadr=10.0.0.1, ntscookies=8"), '8');
  EXPECT_EQ(type("srcadr=10.0.0.1, ntscookies=800"), '9');
  EXPECT_EQ(type("srchost=\"p\", refid=POOL"), 'p');
  EXPECT_EQ(type("srcadr=127.127.28.0, srchost=\"SHM(0)\""), 'l');
  EXPECT_EQ(type("srcadr=224.0.1.1"), 'a');
}

}  // namespace
}  // namespace ntp::ntpq
