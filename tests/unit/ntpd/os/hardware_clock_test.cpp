// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/os/hardware_clock.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/ptp_clock.h>

#include <cerrno>
#include <functional>
#include <string>
#include <vector>

namespace ntp::os {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using testing::HasSubstr;

/// What a device does, and was asked.
struct Played {
  int precise = 0;  // errno of PTP_SYS_OFFSET_PRECISE
  int extended = 0;
  int plain = 0;
  Duration took{};     // by each call
  Duration reading{};  // by each reading beside
  ptp_clock_time before{1'795'000'000, 100, 0};
  ptp_clock_time device{1'795'000'037, 500, 0};
  ptp_clock_time after{1'795'000'000, 900, 0};
  std::string asked;
  unsigned samples = 0;
  MonoTime now{};
};

class PlayedDevice final : public PtpDevice {
 public:
  explicit PlayedDevice(Played& played) : played_(played) {}
  int call(unsigned long request, void* data) override {
    played_.now += played_.took;
    switch (request) {
      case PTP_SYS_OFFSET_PRECISE: {
        played_.asked += 'p';
        auto& answer = *static_cast<ptp_sys_offset_precise*>(data);
        answer.device = played_.device;
        answer.sys_realtime = played_.before;
        return played_.precise;
      }
      case PTP_SYS_OFFSET_EXTENDED: {
        played_.asked += 'e';
        auto& answer = *static_cast<ptp_sys_offset_extended*>(data);
        played_.samples = answer.n_samples;
        played_.now += played_.samples * played_.reading;
        for (unsigned i = 0; i < answer.n_samples; ++i) {
          answer.ts[i][0] = played_.before;
          answer.ts[i][1] = played_.device;
          answer.ts[i][2] = played_.after;
        }
        return played_.extended;
      }
      default: {
        EXPECT_EQ(request, PTP_SYS_OFFSET);
        played_.asked += 'o';
        auto& answer = *static_cast<ptp_sys_offset*>(data);
        played_.samples = answer.n_samples;
        for (std::size_t i = 0; i < answer.n_samples; ++i) {
          answer.ts[2 * i] = played_.before;
          answer.ts[2 * i + 1] = played_.device;
        }
        answer.ts[std::size_t{2} * answer.n_samples] = played_.after;
        return played_.plain;
      }
    }
  }
  [[nodiscard]] MonoTime now() const override { return played_.now; }

 private:
  Played& played_;
};

class HardwareClockTest : public ::testing::Test {
 protected:
  HardwareClockTest() { open(); }
  /// The first reading in each way, which is a single one, is over.
  void open() {
    clock_ = make_hardware_clock(std::make_unique<PlayedDevice>(played_), "/dev/ptp9");
    for (const auto& [precise, extended] : {std::pair(EBUSY, EBUSY), {EBUSY, 0}, {0, 0}}) {
      played_.precise = precise;
      played_.extended = extended;
      EXPECT_EQ(read()->size(), 1U);
    }
    (void)asked();
  }
  Result<std::vector<HardwareReading>> read(int count = 3) { return clock_->read(count); }
  std::string asked() { return std::exchange(played_.asked, {}); }

  Played played_;
  std::unique_ptr<HardwareClock> clock_;
};

constexpr WallTime kBefore{std::chrono::seconds(1'795'000'000) + Duration(100)};
constexpr WallTime kAfter{std::chrono::seconds(1'795'000'000) + Duration(900)};

TEST_F(HardwareClockTest, ACrossTimeStampIsOneReadingWithoutSpread) {
  const auto readings = read();
  ASSERT_TRUE(readings);
  ASSERT_EQ(readings->size(), 1U);
  EXPECT_EQ((*readings)[0].before, kBefore);
  EXPECT_EQ((*readings)[0].after, kBefore);
  EXPECT_EQ((*readings)[0].device, std::chrono::seconds(1'795'000'037) + Duration(500));
  EXPECT_EQ(asked(), "p");
}

TEST_F(HardwareClockTest, WhatADeviceHasNotIsAskedForOnce) {
  for (const int missing : {EOPNOTSUPP, ENOTTY, EINVAL}) {
    open();
    played_.precise = missing;
    auto readings = read();
    ASSERT_TRUE(readings);
    EXPECT_EQ(readings->size(), 3U);
    EXPECT_EQ((*readings)[2].after, kAfter);
    EXPECT_TRUE(read());
    EXPECT_EQ(asked(), "pee");
    played_.extended = missing;
    readings = read();
    ASSERT_TRUE(readings);
    EXPECT_EQ(readings->size(), 3U);
    EXPECT_EQ((*readings)[0].before, kBefore);
    EXPECT_EQ((*readings)[2].after, kAfter);
    EXPECT_TRUE(read());
    EXPECT_EQ(asked(), "eoo");
    played_.plain = missing;
    for (int i = 0; i < 2; ++i) {
      readings = read();
      ASSERT_FALSE(readings);
      EXPECT_EQ(readings.error().message,
                "/dev/ptp9: the clock can't be compared with the system's");
    }
    EXPECT_EQ(asked(), "o");
    played_.plain = 0;
  }
}

// As e1000e and igc do if the system runs by another counter than the TSC (ENODEV), or if the card
// is slow to answer (ETIMEDOUT).
TEST_F(HardwareClockTest, ABestWayInTroubleIsNoTroubleOfTheOthers) {
  for (const int trouble : {ENODEV, ETIMEDOUT, EBUSY, EAGAIN, EIO}) {
    played_.precise = trouble;
    const auto readings = read();
    ASSERT_TRUE(readings);
    EXPECT_EQ(readings->size(), 3U);
    EXPECT_EQ(asked(), "pe");
    played_.precise = 0;
    EXPECT_TRUE(read());
    EXPECT_EQ(asked(), "p");
  }
}

TEST_F(HardwareClockTest, TroubleOfAllWaysIsThatOfTheBest) {
  played_.precise = EOPNOTSUPP;
  played_.extended = EBUSY;
  played_.plain = EIO;
  const auto readings = read();
  ASSERT_FALSE(readings);
  EXPECT_EQ(readings.error().message, "/dev/ptp9: Device or resource busy");
  played_.extended = 0;
  EXPECT_TRUE(read());
}

TEST_F(HardwareClockTest, StampsThatAreNoneAreLeftOut) {
  played_.precise = EOPNOTSUPP;
  const Played good = played_;
  for (const std::uint32_t nanoseconds : {1'000'000'000U, 0xffffffffU, 0x80000000U}) {
    for (ptp_clock_time* stamp : {&played_.before, &played_.device, &played_.after}) {
      *stamp = {stamp->sec, nanoseconds, 0};
      const auto readings = read();
      ASSERT_TRUE(readings);
      EXPECT_TRUE(readings->empty());
      played_ = good;
    }
  }
  for (const std::int64_t seconds : {std::int64_t{-1}, INT64_MIN, INT64_MAX}) {
    for (ptp_clock_time* stamp : {&played_.before, &played_.after}) {
      *stamp = {seconds, 0, 0};
      EXPECT_TRUE(read()->empty());
      played_ = good;
    }
  }
}

TEST_F(HardwareClockTest, ADeviceOfNoTimeIsReadAsSuch) {
  played_.device = {INT64_MIN, 999'999'999, 0};
  EXPECT_EQ(read()->at(0).device, Duration(-1));
  played_.device = {INT64_MAX, 999'999'999, 0};
  EXPECT_EQ(read()->at(0).device, std::chrono::seconds(8'589'934'593) + Duration(999'999'999));
}

TEST_F(HardwareClockTest, ADeviceIsReadAsOftenAsFitsInHalfAMillisecond) {
  const auto readings_of_calls = [&](int calls) {
    std::vector<unsigned> counts;
    for (int i = 0; i < calls; ++i) {
      EXPECT_TRUE(read(10));
      counts.push_back(played_.samples);
    }
    return counts;
  };
  using Counts = std::vector<unsigned>;
  played_.reading = microseconds(150);
  clock_ = make_hardware_clock(std::make_unique<PlayedDevice>(played_), "/dev/ptp9");
  played_.precise = EOPNOTSUPP;
  EXPECT_EQ(readings_of_calls(4), (Counts{1, 3, 3, 3}));
  // The processor was busy with something else.
  played_.took = milliseconds(5);
  EXPECT_EQ(readings_of_calls(2), (Counts{3, 1}));
  played_.took = {};
  EXPECT_EQ(readings_of_calls(3), (Counts{1, 3, 3}));
  played_.reading = milliseconds(2);
  EXPECT_EQ(readings_of_calls(3), (Counts{3, 1, 1}));
  played_.reading = {};
  EXPECT_EQ(readings_of_calls(3), (Counts{1, 10, 10}));
}

TEST_F(HardwareClockTest, HowQuicklyADeviceFailsTellsNothing) {
  played_.precise = EOPNOTSUPP;
  played_.reading = microseconds(150);
  EXPECT_TRUE(read(10));
  for (int i = 0; i < 4; ++i) {
    const MonoTime begin = played_.now;
    EXPECT_TRUE(read(10));
    EXPECT_LE(played_.now - begin, microseconds(500));
    played_.extended = played_.plain = EIO;
    played_.reading = {};
    EXPECT_FALSE(read(10));
    played_.extended = played_.plain = 0;
    played_.reading = microseconds(150);
  }
}

TEST_F(HardwareClockTest, MoreReadingsThanTheKernelMakesAreNotAskedFor) {
  played_.precise = EOPNOTSUPP;
  EXPECT_EQ(read(1000)->size(), std::size_t{PTP_MAX_SAMPLES});
  EXPECT_EQ(read(0)->size(), 1U);
}

TEST(OpenHardwareClock, SaysWhatIsNone) {
  EXPECT_THAT(open_hardware_clock("/").error().message, HasSubstr("/: no PTP clock"));
  EXPECT_THAT(open_hardware_clock("/dev/null").error().message, HasSubstr("/dev/null: no PTP"));
  EXPECT_THAT(open_hardware_clock("/dev/ptp-none").error().message, HasSubstr("No such file"));
}

}  // namespace
}  // namespace ntp::os
