// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/refclock/telegram/dialup.h"
#include "ntpd/refclock/telegram/jjy.h"
#include "tests/unit/ntpd/refclock/telegram/feeding.h"

namespace ntp::refclock::telegram {
namespace {

using namespace std::string_view_literals;
using std::chrono::milliseconds;

TEST(Dialup, Nist) {
  // From NIST's description of the service.
  const auto old = decode_dialup("47999 90-04-18 21:39:15 50 0 +.1 045.0 UTC(NIST) *");
  ASSERT_TRUE(old && *old);
  EXPECT_EQ((**old).refid, RefId::from_text("NIST"));
  EXPECT_FALSE((**old).corrected);
  const auto now = decode_dialup("61369 26-11-25 12:04:05 00 1 +.1 045.0 UTC(NIST) #");
  ASSERT_TRUE(now && *now);
  EXPECT_TRUE((**now).corrected);
  EXPECT_EQ((**now).decoded.leap, Leap::Insert);
  EXPECT_EQ(moment((**now).decoded), utc(2026, 11, 25, 12, 4, 5));
  const auto bad = decode_dialup("61369 26-11-25 12:04:05 00 1 +.1 045.0 UTC(NISX) #");
  ASSERT_TRUE(bad);
  EXPECT_EQ(bad->error(), Problem::BadFormat);
}

TEST(Dialup, UsnoTellsTheYearByItsDay) {
  const auto now = decode_dialup("61369 329 120405 UTC");
  ASSERT_TRUE(now && *now);
  EXPECT_EQ(moment((**now).decoded), utc(2026, 11, 25, 12, 4, 5));
  EXPECT_EQ((**now).refid, RefId::from_text("USNO"));
  EXPECT_EQ(decode_dialup("00000 329 120405 UTC")->error(), Problem::BadDate);
  EXPECT_EQ(decode_dialup("x1369 329 120405 UTC")->error(), Problem::BadFormat);
}

TEST(Dialup, Ptb) {
  const std::string line =
      "2026-11-25 13:04:05 MEZ  104023032602"
      "202611251204"
      "61369"
      "+4"
      "+12"
      "050" +
      std::string(15, ' ') + "*";
  ASSERT_EQ(line.size(), 78U);
  const auto now = decode_dialup(line);
  ASSERT_TRUE(now && *now);
  EXPECT_EQ(moment((**now).decoded), utc(2026, 11, 25, 12, 4, 5));
  EXPECT_EQ((**now).decoded.leap, Leap::None);
  EXPECT_EQ((**now).refid, RefId::from_text("PTB"));
}

TEST(Dialup, SpectracomAndOthers) {
  const auto now = decode_dialup("  26 329 12:04:05.250  S");
  ASSERT_TRUE(now && *now);
  EXPECT_EQ((**now).refid, RefId::from_text("GPS"));
  EXPECT_FALSE(decode_dialup("National Institute of Standards and Technology"));
  EXPECT_FALSE(decode_dialup(""));
  EXPECT_EQ(decode_dialup(std::string(50, 'x'))->error(), Problem::BadFormat);
  EXPECT_EQ(decode_dialup(std::string(78, 'x'))->error(), Problem::BadFormat);
}

TEST(Jjy, JapanIsNineHoursAhead) {
  const auto expected = utc(2026, 11, 25, 12, 4, 5);
  EXPECT_EQ(moment(decode_jst2000("J26112532104053")), expected + milliseconds(300));
  EXPECT_EQ(moment(decode_jjy200("'OK 26/11/25 2 21:04:05")), expected);
  EXPECT_EQ(decode_jjy200("'NG 26/11/25 2 21:04:05")->lock, Lock::Invalid);
  EXPECT_EQ(problem(decode_jjy200("'XX 26/11/25 2 21:04:05")), Problem::BadFormat);
  EXPECT_EQ(moment(decode_tdc300("26112521040530000")), expected);
  EXPECT_EQ(moment(decode_tdc300("2611253210405")), expected);
  EXPECT_EQ(problem(decode_tdc300("2611254210405")), Problem::BadDate);
  EXPECT_FALSE(decode_tdc300("26112"));
  EXPECT_EQ(decode_tdc300("21:04:05")->civil.minute, 4);
  EXPECT_EQ(problem(decode_jst2000("J26113132104053")), Problem::BadDate);
  EXPECT_EQ(problem(decode_jst2000("J26112532504053")), Problem::BadTime);
  expect_no_beginning_decodes(decode_jst2000, "J26112532104053");
  expect_no_beginning_decodes(decode_jjy200, "'OK 26/11/25 2 21:04:05");
}

TEST(Jjy, Lt2000ChecksRequestedTelegrams) {
  const std::string time = "2611253210405";
  int sum = 0;
  for (const char c : time) sum ^= c;
  const std::string check{static_cast<char>(0x30 | sum >> 4), static_cast<char>(0x30 | (sum & 15))};
  EXPECT_EQ(moment(decode_lt2000(time + check)), utc(2026, 11, 25, 12, 4, 5));
  EXPECT_EQ(problem(decode_lt2000(time + "zz")), Problem::BadFormat);
  EXPECT_EQ(moment(decode_lt2000(time + "0000")), utc(2026, 11, 25, 12, 4, 5));
  EXPECT_FALSE(decode_lt2000(""));
}

TEST(Jjy, TristateAnswersInPieces) {
  EXPECT_EQ(decode_tristate_date("2026/11/25 WED")->day, 25);
  EXPECT_EQ(decode_tristate_date("2026/11/25")->day, 25);
  EXPECT_EQ(decode_tristate_date("1999/11/25").error(), Problem::BadDate);
  EXPECT_EQ(decode_tristate_date("2026/11/2").error(), Problem::BadFormat);
  EXPECT_EQ(decode_tristate_time("21:04:05")->hour, 21);
  EXPECT_EQ(decode_tristate_time("24:04:05").error(), Problem::BadTime);
  EXPECT_EQ(decode_tristate_time("21:04").error(), Problem::BadFormat);
}

}  // namespace
}  // namespace ntp::refclock::telegram
