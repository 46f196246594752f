// SPDX-License-Identifier: BSD-2-Clause
#include "tests/sim/sim_host.h"

#include <gtest/gtest.h>

namespace ntp::sim {
namespace {

using std::chrono::seconds;

const Address kV4 = Address::v4(0x0a000001);
const Address kV6 = Address::loopback(Family::V6);

TEST(SimResolver, AnswersLaterFromItsTable) {
  World world(1);
  SimResolver resolver(world);
  resolver.set("time.example", {kV4, kV6});
  std::vector<Address> all;
  std::vector<Address> only_v6;
  resolver.resolve("time.example", Family::Any, [&](auto result) { all = *result; });
  resolver.resolve("time.example", Family::V6, [&](auto result) { only_v6 = *result; });
  EXPECT_TRUE(all.empty());
  world.run_for(seconds(1));
  EXPECT_EQ(all, (std::vector{kV4, kV6}));
  EXPECT_EQ(only_v6, std::vector{kV6});
  EXPECT_EQ(resolver.lookups("time.example"), 2);
}

TEST(SimResolver, FailsForWhatItDoesNotKnowOrIsToldTo) {
  World world(1);
  SimResolver resolver(world);
  int failures = 0;
  const auto count = [&](const auto& result) { failures += result ? 0 : 1; };
  resolver.resolve("unknown.example", Family::Any, count);
  resolver.fail_lookups("time.example", "Temporary failure in name resolution");
  resolver.resolve("time.example", Family::Any, count);
  resolver.resolve("10.0.0.1", Family::V6, count);
  resolver.resolve("10.0.0.1", Family::Any, [&](auto result) { EXPECT_EQ((*result)[0], kV4); });
  world.run_for(seconds(1));
  EXPECT_EQ(failures, 3);
}

TEST(SimFiles, KeepsWhatWasSaved) {
  SimFiles files;
  EXPECT_FALSE(files.load("/a"));
  ASSERT_TRUE(files.save("/a", "one"));
  ASSERT_TRUE(files.save("/a", "two"));
  EXPECT_EQ(files.load("/a").value_or(""), "two");
  EXPECT_EQ(files.saves(), 2U);
  files.fail_saves("No space left on device");
  EXPECT_FALSE(files.save("/a", "three"));
  EXPECT_EQ(files.content("/a"), "two");
  files.fail_loads("Input/output error");
  EXPECT_EQ(files.load("/a").error().message, "/a: Input/output error");
}

TEST(SimLog, KeepsTheLastLinesAndCountsAll) {
  World world(1);
  SimLog log(world);
  for (std::size_t i = 0; i < SimLog::kKept + 5; ++i) log.info("INIT: line " + std::to_string(i));
  log.error("CLOCK: refused");
  EXPECT_EQ(log.lines().size(), SimLog::kKept);
  EXPECT_TRUE(log.contains("CLOCK: refused"));
  EXPECT_FALSE(log.contains("line 5 "));
  EXPECT_EQ(log.written(LogLevel::Error), 1U);
  EXPECT_EQ(log.written(LogLevel::Debug), SimLog::kKept + 6);
}

/// Two hosts that exchange datagrams at random over a bad network; gives all that can be seen.
std::vector<std::int64_t> exchange(std::uint64_t seed) {
  std::vector<std::int64_t> seen;
  World world(seed);
  SimNetwork network(world);
  Path& path = network.default_path();
  path = {exponential_delay(1e-3, 1e-4), 0.1, 0.1, 0.1, std::chrono::milliseconds(3), false};
  const Oscillator oscillator{.frequency = 1e-5, .wander = 1e-8};
  SimHost client(network, {kV4}, oscillator);
  SimHost server(network, {Address::v4(0x0a000002)}, oscillator);
  server.stack.serve([&](const Datagram& datagram, const SimStack::Reply& reply) {
    seen.push_back(datagram.received.time_since_epoch().count());
    reply(datagram.payload);
  });
  auto channel = client.stack.connect(
      {server.address(), kNtpPort}, {[&](const Datagram& datagram) {
                                       seen.push_back(datagram.received.time_since_epoch().count());
                                       seen.push_back(datagram.payload[0]);
                                     },
                                     nullptr, nullptr});
  std::function<void()> poll = [&] {
    const auto octet = static_cast<std::uint8_t>(client.random.u64());
    static_cast<void>((*channel)->send(ByteView(&octet, 1)));
    client.timers.at(client.clock.mono() + from_seconds(2 * client.random.uniform()), poll);
  };
  poll();
  world.run_for(std::chrono::minutes(10));
  seen.push_back(client.clock.wall().time_since_epoch().count());
  return seen;
}

TEST(SimHost, RunsTheSameForTheSameSeedAndOtherwiseForAnother) {
  const auto first = exchange(11);
  EXPECT_GT(first.size(), 1000U);
  EXPECT_EQ(first, exchange(11));
  EXPECT_NE(first, exchange(12));
}

TEST(ErrorRecorder, SummarizesAWindow) {
  World world(1);
  SimClock clock(world, {.offset = 0.010}, "clock");
  const ErrorRecorder recorder(world, clock);
  world.run_for(seconds(10));
  clock.set_by_other(-std::chrono::milliseconds(9));
  world.run_for(seconds(30));
  EXPECT_EQ(recorder.errors().size(), 40U);
  const auto all = recorder.summary({});
  EXPECT_EQ(all.samples, 40U);
  EXPECT_NEAR(all.maximum, 0.010, 1e-9);
  EXPECT_NEAR(all.maximum_change, 0.009, 1e-9);
  EXPECT_NEAR(all.mean, (10 * 0.010 + 30 * 0.001) / 40, 1e-9);
  const auto late = recorder.summary(recorder.after_fraction(0.5));
  EXPECT_EQ(late.samples, 21U);
  EXPECT_NEAR(late.rms, 0.001, 1e-9);
  const auto early = recorder.summary({world.start(), world.start() + seconds(6)});
  EXPECT_EQ(early.samples, 5U);
  EXPECT_NEAR(recorder.percentile(50, {}), 0.001, 1e-9);
  EXPECT_NEAR(recorder.percentile(90, {}), 0.010, 1e-9);
  EXPECT_EQ(recorder.settled_within(0.005), Duration(seconds(11)));
  EXPECT_EQ(recorder.settled_within(0.0005), std::nullopt);
}

TEST(SimHost, SimulatesAnIdleYearQuickly) {
  World world(1);
  Oscillator oscillator{.frequency = 1e-5, .wander = 1e-9};
  oscillator.interval = seconds(16);
  const SimClock clock(world, oscillator, "clock");
  world.run_for(std::chrono::hours(24 * 365));
  EXPECT_EQ(world.events_run(), 0U);
  EXPECT_GT(clock.error(), 1e-5 * 365 * 86400 * 0.5);
}

}  // namespace
}  // namespace ntp::sim
