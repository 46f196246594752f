// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/io/hardware_stamps.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/net_tstamp.h>

namespace ntp::io {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr WallTime kWall(seconds(1'800'000'000));
constexpr MonoTime kMono(seconds(1000));
/// TAI is 37 s ahead, as on a network card that PTP steers.
constexpr Duration kAhead = seconds(37);

struct ListLog final : Log {
  void write(LogLevel level, std::string_view text) override {
    if (level != LogLevel::Debug) lines.emplace_back(text);
  }
  std::vector<std::string> lines;
};

/// What the fakes do and have been asked.
struct Host {
  std::map<std::string, StampingAbility> abilities;
  std::vector<std::string> enabled;
  bool permitted = true;
  Duration hardware = kWall.time_since_epoch() + kAhead;  // at kWall
  int comparisons = 0;
  bool broken = false;
};

struct FakeClock final : HardwareClock {
  explicit FakeClock(Host& owner) : host(owner) {}
  Result<std::vector<HardwareReading>> read(int) override {
    ++host.comparisons;
    if (host.broken) return fail("gone");
    // The second took the least time, and its middle is right.
    return std::vector<HardwareReading>{
        {kWall - microseconds(40), host.hardware, kWall},
        {kWall - microseconds(1), host.hardware, kWall + microseconds(1)},
        {kWall, host.hardware, kWall + microseconds(90)}};
  }
  Host& host;
};

struct FakeInterfaces final : StampingInterfaces {
  explicit FakeInterfaces(Host& owner) : host(owner) {}
  [[nodiscard]] std::vector<std::string> names() const override {
    std::vector<std::string> names;
    for (const auto& [name, ability] : host.abilities) names.push_back(name);
    return names;
  }
  [[nodiscard]] std::uint32_t index_of(const std::string& name) const override {
    const auto found = host.abilities.find(name);
    return found == host.abilities.end()
               ? 0
               : static_cast<std::uint32_t>(std::distance(host.abilities.begin(), found)) + 1;
  }
  Result<StampingAbility> ability_of(const std::string& name) override {
    return host.abilities.at(name);
  }
  Result<void> enable(const std::string& name, bool transmit, int filter) override {
    if (!host.permitted) return fail("SIOCSHWTSTAMP: Operation not permitted");
    host.enabled.push_back(name + (transmit ? " tx " : " ") + std::to_string(filter));
    return {};
  }
  Result<std::unique_ptr<HardwareClock>> open_clock(int) override {
    return std::unique_ptr<HardwareClock>(std::make_unique<FakeClock>(host));
  }
  Host& host;
};

constexpr StampingAbility kGoodCard{true, true,
                                    1U << HWTSTAMP_FILTER_NONE | 1U << HWTSTAMP_FILTER_ALL, 0};
constexpr StampingAbility kVeth{false, false, 0, -1};

class HardwareStampsTest : public testing::Test {
 protected:
  Host host_;
  ListLog log_;
  HardwareStamps stamps_{std::make_unique<FakeInterfaces>(host_), log_};
};

TEST(ReceiveFilter, IsTheNarrowestThatHasNtp) {
  const auto with = [](std::uint32_t filters) { return receive_filter({true, true, filters, 0}); };
  EXPECT_EQ(with(1U << HWTSTAMP_FILTER_NTP_ALL | 1U << HWTSTAMP_FILTER_ALL),
            HWTSTAMP_FILTER_NTP_ALL);
  EXPECT_EQ(with(1U << HWTSTAMP_FILTER_ALL), HWTSTAMP_FILTER_ALL);
  EXPECT_FALSE(with(1U << HWTSTAMP_FILTER_PTP_V2_EVENT)) << "a card for PTP only";
  EXPECT_FALSE(receive_filter({true, false, 1U << HWTSTAMP_FILTER_ALL, 0}));
}

TEST(BestPair, IsTheQuickestReadingInItsMiddle) {
  const HardwareReading readings[] = {{kWall, seconds(1), kWall + microseconds(30)},
                                      {kWall, seconds(2), kWall + microseconds(10)}};
  const auto pair = best_pair(readings);
  ASSERT_TRUE(pair);
  EXPECT_EQ(pair->system, kWall + microseconds(5));
  EXPECT_EQ(pair->hardware, seconds(2));
  EXPECT_FALSE(best_pair({}));
  const HardwareReading backwards[] = {{kWall, seconds(1), kWall - seconds(1)}};
  EXPECT_FALSE(best_pair(backwards)) << "the clock was stepped meanwhile";
}

TEST_F(HardwareStampsTest, AreSwitchedOnAndToldOfForEachInterface) {
  host_.abilities = {{"eth0", kGoodCard}, {"veth0", kVeth}};
  stamps_.enable({"eth0", "veth0", "eth7"});
  EXPECT_THAT(host_.enabled, ElementsAre("eth0 tx 1"));
  EXPECT_THAT(log_.lines,
              ElementsAre("IO: hwtimestamp eth0: stamps sent and received packets by /dev/ptp0",
                          "IO: hwtimestamp veth0: it has no hardware stamps for NTP, the kernel's "
                          "own are used",
                          "IO: hwtimestamp eth7: there is no such interface"));
}

TEST_F(HardwareStampsTest, AStarIsAllThatCan) {
  host_.abilities = {{"eth0", kGoodCard}, {"eth1", kGoodCard}, {"veth0", kVeth}};
  stamps_.enable({"*"});
  EXPECT_EQ(host_.enabled.size(), 2U);
  EXPECT_EQ(log_.lines.size(), 2U) << "nothing of those that can't";
}

TEST_F(HardwareStampsTest, AStarWithoutAnyIsSaid) {
  host_.abilities = {{"veth0", kVeth}};
  stamps_.enable({"*"});
  EXPECT_FALSE(stamps_.any());
  EXPECT_THAT(log_.lines, ElementsAre("IO: hwtimestamp *: no interface stamps packets by itself"));
}

TEST_F(HardwareStampsTest, NeedTheRightTo) {
  host_.abilities = {{"eth0", kGoodCard}};
  host_.permitted = false;
  stamps_.enable({"eth0"});
  EXPECT_FALSE(stamps_.any());
  EXPECT_THAT(log_.lines, ElementsAre(HasSubstr("Operation not permitted")));
}

TEST_F(HardwareStampsTest, AreBroughtToTheTimeOfTheSystem) {
  host_.abilities = {{"eth0", kGoodCard}};
  stamps_.enable({"eth0"});
  const Duration stamp = host_.hardware - microseconds(250);
  const auto wall = stamps_.to_wall(1, stamp, kWall, kMono);
  ASSERT_TRUE(wall);
  EXPECT_EQ(*wall, kWall - microseconds(250));
  EXPECT_TRUE(stamps_.to_wall(0, stamp, kWall, kMono)) << "there is but one";
  EXPECT_FALSE(stamps_.to_wall(2, stamp, kWall, kMono));
  EXPECT_EQ(host_.comparisons, 1) << "a comparison holds for a moment";
  (void)stamps_.to_wall(1, stamp, kWall, kMono + milliseconds(3));
  EXPECT_EQ(host_.comparisons, 2);
}

TEST_F(HardwareStampsTest, OfAClockThatDoesNotRunAreRefusedAndToldOnce) {
  host_.abilities = {{"eth0", kGoodCard}};
  stamps_.enable({"eth0"});
  log_.lines.clear();
  const Duration stamp = host_.hardware;
  EXPECT_FALSE(stamps_.to_wall(1, stamp, kWall + seconds(5), kMono));
  host_.broken = true;
  EXPECT_FALSE(stamps_.to_wall(1, stamp, kWall, kMono + seconds(1)));
  EXPECT_THAT(log_.lines, ElementsAre(HasSubstr("does not run")));
}

TEST_F(HardwareStampsTest, WithoutAnyInterfaceTellNothing) {
  EXPECT_FALSE(stamps_.to_wall(0, seconds(1), kWall, kMono));
  EXPECT_THAT(log_.lines, IsEmpty());
}

}  // namespace
}  // namespace ntp::io
