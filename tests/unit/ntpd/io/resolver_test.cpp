// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/io/resolver.h"

#include <gtest/gtest.h>

#include <optional>

#include "ntpd/os/linux_clock.h"

namespace ntp::io {
namespace {

using Answer = Result<std::vector<Address>>;

Answer resolve(const std::string& host, Family family) {
  EventLoop loop;
  AsioTimers timers(loop);
  SystemResolver resolver(loop);
  std::optional<Answer> answer;
  resolver.resolve(host, family, [&](Answer given) {
    answer = std::move(given);
    loop.stop();
  });
  EXPECT_FALSE(answer);
  timers.at(os::mono_now() + std::chrono::seconds(60), [&] { loop.stop(); });
  loop.run();
  return answer ? *answer : Answer(fail("no answer"));
}

TEST(SystemResolver, AnswersNumbersItself) {
  EXPECT_EQ(*resolve("192.0.2.1", Family::Any), std::vector{*parse_address("192.0.2.1")});
  EXPECT_EQ(*resolve("2001:db8::1", Family::V6), std::vector{*parse_address("2001:db8::1")});
  EXPECT_EQ(resolve("192.0.2.1", Family::V6).error().message, "wrong address family");
}

TEST(SystemResolver, LooksNamesUp) {
  const Answer answer = resolve("localhost", Family::V4);
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_TRUE(answer->front().is_loopback());
}

TEST(SystemResolver, SaysWhichNameHasNoAddress) {
  const Answer answer = resolve("no such name", Family::Any);
  ASSERT_FALSE(answer);
  EXPECT_FALSE(answer.error().message.empty());
}

TEST(SystemResolver, CallsNobodyAfterItsEnd) {
  EventLoop loop;
  AsioTimers timers(loop);
  bool called = false;
  {
    SystemResolver resolver(loop);
    for (const char* host : {"localhost", "127.0.0.1", "localhost"}) {
      resolver.resolve(host, Family::Any, [&](const Answer&) { called = true; });
    }
  }
  timers.at(os::mono_now() + std::chrono::milliseconds(50), [&] { loop.stop(); });
  loop.run();
  EXPECT_FALSE(called);
}

TEST(NumericAddresses, TakeScopesByName) {
  const auto addresses = numeric_addresses("fe80::1%lo");
  ASSERT_EQ(addresses.size(), 1U);
  EXPECT_EQ(addresses.front().scope(), 1U);
  EXPECT_TRUE(numeric_addresses("fe80::1%no-such-interface").empty());
  EXPECT_TRUE(numeric_addresses("localhost").empty());
}

}  // namespace
}  // namespace ntp::io
