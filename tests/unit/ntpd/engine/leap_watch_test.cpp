// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/engine/leap_watch.h"

#include <gtest/gtest.h>

namespace ntp::engine {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

const WallTime kMidnight(std::chrono::sys_days(std::chrono::year(2027) / 1 / 1).time_since_epoch());
constexpr MonoTime kMono(hours(1000));  // at midnight

LeapWatch::Evidence votes(int insert, int remove, int survivors) {
  return {nullptr, insert, remove, survivors, false};
}

class LeapWatchTest : public testing::Test {
 protected:
  LeapWatch::News look(const LeapWatch::Evidence& evidence, Duration before) {
    return watch_.look(evidence, kMidnight - before, kMono - before);
  }

  LeapWatch watch_;
};

TEST_F(LeapWatchTest, TakesWhatMoreThanHalfOfTheSurvivorsAnnounceOnTheLastDayOfAMonth) {
  EXPECT_FALSE(look(votes(3, 0, 3), hours(25)).armed);
  EXPECT_FALSE(look(votes(2, 0, 4), hours(12)).armed) << "half is no majority";
  EXPECT_TRUE(look(votes(3, 0, 4), hours(11)).armed);
  EXPECT_EQ(watch_.flag(), Leap::Insert);
  EXPECT_EQ(watch_.second().moment, kMono);
  EXPECT_FALSE(look(votes(3, 0, 4), hours(10)).armed) << "told once";
  EXPECT_TRUE(look(votes(2, 0, 4), hours(9)).disarmed);
  EXPECT_EQ(watch_.flag(), Leap::None);
  EXPECT_TRUE(look(votes(0, 3, 4), hours(8)).armed);
  EXPECT_EQ(watch_.flag(), Leap::Delete);
  EXPECT_EQ(watch_.second().moment, kMono - seconds(1));
}

TEST_F(LeapWatchTest, IsNotCalledOffByNobody) {
  look(votes(1, 0, 1), hours(2));
  EXPECT_FALSE(look(votes(0, 0, 0), hours(1)).disarmed);
  EXPECT_EQ(watch_.flag(), Leap::Insert);
}

TEST_F(LeapWatchTest, IsDecidedAMinuteBefore) {
  look(votes(1, 0, 1), hours(2));
  EXPECT_FALSE(look(votes(0, 0, 1), seconds(59)).disarmed);
  EXPECT_EQ(watch_.flag(), Leap::Insert);
}

TEST_F(LeapWatchTest, IsArmedEvenInTheLastSeconds) {
  EXPECT_TRUE(look(votes(1, 0, 1), seconds(20)).armed);
  EXPECT_EQ(watch_.flag(), Leap::Insert);
}

TEST_F(LeapWatchTest, KnowsTheMomentAlsoInTheRepeatedSecond) {
  look(votes(1, 0, 1), hours(2));
  look(votes(1, 0, 1), seconds(30));
  // The wall clock is back at 23:59:59.5 when midnight was half a second ago.
  EXPECT_FALSE(
      watch_.look(votes(1, 0, 1), kMidnight - Duration(500'000'000), kMono + Duration(500'000'000))
          .done);
  EXPECT_EQ(watch_.second().moment, kMono);
  EXPECT_EQ(watch_.flag(), Leap::Insert);
  EXPECT_TRUE(watch_.second().is_happening(kMono + Duration(500'000'000)));
  EXPECT_TRUE(watch_.is_over(kMidnight + seconds(1)));
  const auto news = watch_.look(votes(1, 0, 1), kMidnight + seconds(1), kMono + seconds(2));
  EXPECT_TRUE(news.done);
  EXPECT_FALSE(news.disarmed);
  EXPECT_EQ(watch_.flag(), Leap::None);
  EXPECT_FALSE(watch_.second().is_happening(kMono + seconds(2)));
  EXPECT_TRUE(watch_.is_near(kMono + hours(20)));
  EXPECT_FALSE(watch_.is_near(kMono + hours(30)));
}

TEST_F(LeapWatchTest, BelievesAFileInForceWhateverTheSourcesSay) {
  leap::Table table;
  table.transitions = {{kMidnight - days(700), 37}, {kMidnight, 38}};
  table.expires = kMidnight + days(100);
  LeapWatch::Evidence evidence = votes(0, 3, 3);
  evidence.table = &table;
  EXPECT_FALSE(look(evidence, days(32)).armed);
  EXPECT_TRUE(look(evidence, days(20)).armed) << "NTPsec: within the month";
  EXPECT_EQ(watch_.flag(), Leap::None) << "others are told a day ahead";
  look(evidence, hours(23));
  EXPECT_EQ(watch_.flag(), Leap::Insert);
  table.expires = kMidnight - hours(10);
  look(evidence, hours(9));
  EXPECT_EQ(watch_.flag(), Leap::Delete) << "the file has expired";
}

TEST_F(LeapWatchTest, ThereIsNoneWhereTheTimeIsSmeared) {
  LeapWatch::Evidence evidence = votes(1, 0, 1);
  evidence.smeared = true;
  EXPECT_FALSE(look(evidence, hours(2)).armed);
  EXPECT_EQ(watch_.flag(), Leap::None);
}

TEST_F(LeapWatchTest, MeasuresAnewWhenTheClockWasSet) {
  look(votes(1, 0, 1), seconds(40));
  watch_.clock_was_set();
  EXPECT_FALSE(watch_.second().is_happening(kMono));
  watch_.look(votes(1, 0, 1), kMidnight - seconds(30), kMono - seconds(10));
  EXPECT_EQ(watch_.second().moment, kMono + seconds(20));
}

}  // namespace
}  // namespace ntp::engine
