// SPDX-License-Identifier: BSD-2-Clause
#include <gtest/gtest.h>

#include "tests/support/refclock_bench.h"

namespace ntp::refclock {
namespace {

using std::chrono::microseconds;
using std::chrono::seconds;

class PhcTest : public ::testing::Test {
 protected:
  PhcTest() {
    bench_.devices.hardware["/dev/ptp0"].read = [this](int count) { return read(count); };
  }
  /// The hardware clock is ahead by so much; the third reading is quick, the others are late.
  Result<std::vector<HardwareReading>> read(int count) {
    if (failure_) return fail(*failure_);
    std::vector<HardwareReading> readings;
    for (int i = 0; i < count; ++i) {
      const Duration took = i == 2 ? microseconds(2) : microseconds(40 + i);
      const WallTime before = bench_.now.wall;
      readings.push_back(
          {before, before.time_since_epoch() + took - microseconds(1) + ahead_, before + took});
    }
    return readings;
  }

  test::RefclockBench bench_{"phc"};
  Duration ahead_{};
  std::optional<std::string> failure_;
};

TEST_F(PhcTest, TheQuickestReadingCounts) {
  ahead_ = microseconds(5);
  bench_.start();
  for (int i = 0; i < 4; ++i) bench_.second();
  const auto batch = bench_.poll();
  ASSERT_TRUE(batch);
  EXPECT_NEAR(batch->offset, 5e-6, 1e-12);
  EXPECT_NEAR(batch->root_dispersion, 1e-6, 1e-12);
}

TEST_F(PhcTest, TaiIsTakenOff) {
  ahead_ = seconds(37);
  bench_.settings.flags = 1;
  bench_.start();
  bench_.second();
  EXPECT_FALSE(bench_.poll());
  EXPECT_EQ(bench_.events, std::vector{ClockEvent::BadDate});
  EXPECT_EQ(bench_.log.size(), 1U);
  bench_.devices.set_tai_source([] { return 37; });
  bench_.second();
  EXPECT_NEAR(bench_.poll()->offset, 0, 1e-12);
  // The kernel's comes first, which changes at the very leap second.
  bench_.devices.tai = 38;
  bench_.second();
  EXPECT_NEAR(bench_.poll()->offset, -1, 1e-12);
  bench_.devices.set_tai_source({});
  bench_.devices.tai = 37;
  bench_.second();
  EXPECT_NEAR(bench_.poll()->offset, 0, 1e-12);
  bench_.devices.tai = 0;
  bench_.settings.time2 = 37;
  bench_.start();
  bench_.second();
  EXPECT_NEAR(bench_.poll()->offset, 0, 1e-12);
}

TEST_F(PhcTest, AClockThatWasNeverSetIsNone) {
  ahead_ = -bench_.now.wall.time_since_epoch();
  bench_.start();
  bench_.second();
  EXPECT_FALSE(bench_.poll());
  EXPECT_EQ(bench_.events, std::vector{ClockEvent::BadDate});
}

TEST_F(PhcTest, AClockThatStandsStillIsNone) {
  bench_.devices.hardware["/dev/ptp0"].read = [this](int) {
    return Result<std::vector<HardwareReading>>(
        {{bench_.now.wall, seconds(1'795'000'000), bench_.now.wall + microseconds(1)}});
  };
  bench_.start();
  bench_.second();
  bench_.poll();
  bench_.second();
  EXPECT_FALSE(bench_.poll());
  EXPECT_EQ(bench_.events, std::vector{ClockEvent::Fault});
}

TEST_F(PhcTest, AFailingDeviceIsOpenedAgain) {
  bench_.start();
  bench_.second();
  failure_ = "/dev/ptp0: No such device";
  for (int i = 0; i < 5; ++i) bench_.second();
  EXPECT_FALSE(bench_.unit->is_open());
  failure_.reset();
  for (int i = 0; i < 10; ++i) bench_.second();
  EXPECT_TRUE(bench_.unit->is_open());
  EXPECT_TRUE(bench_.poll());
}

TEST_F(PhcTest, BackwardStampsAndNoStampsAreLeftOut) {
  bench_.devices.hardware["/dev/ptp0"].read = [this](int) {
    return Result<std::vector<HardwareReading>>(
        {{bench_.now.wall, bench_.now.wall.time_since_epoch(), bench_.now.wall - seconds(1)}});
  };
  bench_.start();
  bench_.second();
  EXPECT_FALSE(bench_.poll());
  bench_.devices.hardware["/dev/ptp0"].read = [](int) {
    return Result<std::vector<HardwareReading>>(std::vector<HardwareReading>{});
  };
  bench_.second();
  EXPECT_FALSE(bench_.poll());
}

}  // namespace
}  // namespace ntp::refclock
