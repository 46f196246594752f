// SPDX-License-Identifier: BSD-2-Clause
#include "ntpq/cook.h"

#include <gtest/gtest.h>

namespace ntp::ntpq {
namespace {

CookOptions plain() {
  CookOptions options;
  options.now = WallTime(std::chrono::seconds(1'795'400'000));
  return options;
}

std::string cooked(std::string_view reply) { return cook(Variables::parse(reply), plain()); }

TEST(Cook, ShowsEachInItsForm) {
  EXPECT_EQ(cooked("leap=3"), "leap=11\n");
  EXPECT_EQ(cooked("reach=0xff"), "reach=377\n");
  EXPECT_EQ(cooked("flash=0x0"), "flash=00 ok\n");
  EXPECT_EQ(cooked("flash=0x1400"), "flash=1400 peer_dist peer_unreach\n");
  EXPECT_EQ(cooked("flash=0x2000"), "flash=2000\n");
  EXPECT_EQ(cooked("filtdelay= 0.05 0.08"), " filtdelay =0.05\t0.08\n");
  EXPECT_EQ(cooked("stratum=1, rootdelay=0.000"), "stratum=1, rootdelay=0.0\n");
  EXPECT_EQ(cooked("version=\"a, b\""), "version=\"a, b\"\n");
  EXPECT_EQ(cooked("expire=2026-06-28T00:00Z"), "expire=\"2026-06-28T00:00Z\"\n");
  EXPECT_EQ(cooked("timecode=\"\""), "timecode=\"\"\n");
}

TEST(Cook, ShowsTimestamps) {
  EXPECT_EQ(cooked("rec=0xeeae24aa.ec62e241"), "rec=eeae24aa.ec62e241 2026-11-23T02:34:18.923Z\n");
  EXPECT_EQ(cooked("rec=0x00000000.00000000"), "rec=00000000.00000000 2036-02-07T06:28:16.000Z\n");
  EXPECT_EQ(cooked("rec=0xffffffff.ffffffff"), "rec=ffffffff.ffffffff 2036-02-07T06:28:15.999Z\n");
}

TEST(Cook, TakesValuesThatDoNotFitTheirForm) {
  for (const char* item : {"leap=4", "leap=x", "leap=-1", "reach=-1", "reach=x", "flash=-1",
                           "flash=x", "rec=never", "rec=0x1", "filtdelay=", "refid=1", "srcadr="}) {
    const std::string value = std::string(item).substr(std::string(item).find('=') + 1);
    EXPECT_NE(cooked(item).find(value), std::string::npos) << item;
  }
}

TEST(Cook, BreaksLinesBeforeTheWidth) {
  const std::string long_value(60, 'a');
  EXPECT_EQ(cooked("a=\"" + long_value + "\", stratum=1, leap=0"),
            "a=\"" + long_value + "\", stratum=1,\nleap=00\n");
}

TEST(Cook, StartsWithAnEmptyLineIfTheFirstItemIsTooLong) {
  const std::string long_value(90, 'a');
  EXPECT_EQ(cooked("a=\"" + long_value + "\""), "\na=\"" + long_value + "\"\n");
}

TEST(Cook, LetsNoControlCharacterThrough) {
  const std::string reply =
      "a=\"\x1b[2J\", \x1b]0;x=1, refid=\x1b[1m, srcadr=\x07, filtdelay=\x1b 1, leap=\x1b, "
      "reach=\x1b, flash=\x1b, rec=\x1b, offset=\x1b, b=\"\x9b\", c=\"\r\"";
  for (const bool with_units : {false, true}) {
    CookOptions options = plain();
    options.units = with_units;
    for (const char character : cook(Variables::parse(reply), options) + raw_text(reply)) {
      const auto octet = static_cast<unsigned char>(character);
      EXPECT_TRUE((octet >= 0x20 && octet < 0x7f) || character == '\n' || character == '\t')
          << int{octet};
    }
  }
}

TEST(RawText, KeepsTheTextAndTheLastLineEnd) {
  EXPECT_EQ(raw_text("a=1,\r\nb='x'\r\n"), "a=1,\nb=\"x\"\r\n");
  EXPECT_EQ(raw_text("a\rb"), "a\\x0db");
}

TEST(Variables, KeepsTheFirstPlaceAndTheLastValue) {
  const Variables variables = Variables::parse("a=1, b=2, a=3, , c");
  ASSERT_NE(variables.find("a"), nullptr);
  EXPECT_EQ(variables.begin()->name, "a");
  EXPECT_EQ(variables.begin()->integer, 3);
  EXPECT_EQ(variables.end() - variables.begin(), 3);
  EXPECT_EQ(variables.find("d"), nullptr);
}

TEST(Variables, DropsStrayOctets) {
  const Variables variables = Variables::parse("filtdelay=\xff\xfe 0.05 0.08");
  EXPECT_EQ(variables.find("filtdelay")->text, "0.05 0.08");
}

TEST(Variables, QuotedNumbersAreText) {
  EXPECT_FALSE(Variables::parse("a=\"5\"").find("a")->is_number());
}

TEST(Variables, NothingComesOfNothing) {
  EXPECT_TRUE(Variables::parse("").empty());
  EXPECT_TRUE(Variables::parse("\r\n").empty());
  EXPECT_TRUE(Variables::parse(" ,, ").empty());
}

}  // namespace
}  // namespace ntp::ntpq
