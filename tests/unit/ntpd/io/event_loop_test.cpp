// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/io/event_loop.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include <thread>

#include "ntpd/os/linux_clock.h"

namespace ntp::io {
namespace {

using os::mono_now;
using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(AsioTimers, CallInTheOrderOfTheirDeadlinesAndNeverEarly) {
  EventLoop loop;
  AsioTimers timers(loop);
  const MonoTime start = mono_now();
  std::vector<int> order;
  const auto note = [&](int number, MonoTime deadline) {
    return [&, number, deadline] {
      EXPECT_GE(mono_now(), deadline);
      order.push_back(number);
      if (order.size() == 4) loop.stop();
    };
  };
  const MonoTime late = start + milliseconds(20);
  const MonoTime soon = start + milliseconds(10);
  timers.at(late, note(3, late));
  timers.at(soon, note(1, soon));
  timers.at(soon, note(2, soon));
  timers.at(start - milliseconds(5), note(0, start));
  EXPECT_TRUE(order.empty());
  loop.run();
  EXPECT_EQ(order, (std::vector<int>{0, 1, 2, 3}));
}

TEST(AsioTimers, ForgetACancelledOneEvenFromACallback) {
  EventLoop loop;
  AsioTimers timers(loop);
  const MonoTime when = mono_now() + milliseconds(5);
  Timers::Id second = Timers::kNone;
  bool called = false;
  timers.at(when, [&] { timers.cancel(second); });
  second = timers.at(when, [&] { called = true; });
  timers.at(when + milliseconds(5), [&] { loop.stop(); });
  const Timers::Id first = timers.at(when, [&] { called = true; });
  timers.cancel(first);
  timers.cancel(first);
  timers.cancel(12345);
  loop.run();
  EXPECT_FALSE(called);
}

TEST(AsioTimers, TellWhenTheNextIsDue) {
  EventLoop loop;
  AsioTimers timers(loop);
  const MonoTime now = mono_now();
  EXPECT_FALSE(timers.next());
  const Timers::Id soon = timers.at(now + seconds(1), [] {});
  timers.at(now + seconds(2), [] {});
  EXPECT_EQ(timers.next(), now + seconds(1));
  timers.cancel(soon);
  EXPECT_EQ(timers.next(), now + seconds(2));
}

TEST(AsioTimers, LetACallbackSetTheNextOne) {
  EventLoop loop;
  AsioTimers timers(loop);
  int rounds = 0;
  std::function<void()> again = [&] {
    if (++rounds == 100) return loop.stop();
    timers.at(mono_now(), again);
  };
  timers.at(mono_now(), again);
  loop.run();
  EXPECT_EQ(rounds, 100);
}

TEST(AsioTimers, LetPostedWorkInBetweenTimersThatAreAlwaysDue) {
  EventLoop loop;
  AsioTimers timers(loop);
  std::function<void()> again = [&] { timers.at(mono_now(), again); };
  timers.at(mono_now(), again);
  timers.at(mono_now() + milliseconds(2), [&] { loop.post([&] { loop.stop(); }); });
  loop.run();
  SUCCEED();
}

TEST(AsioTimers, CallNothingAfterTheirEnd) {
  EventLoop loop;
  bool called = false;
  auto timers = std::make_unique<AsioTimers>(loop);
  timers->at(mono_now(), [&] { timers.reset(); });
  timers->at(mono_now(), [&] { called = true; });
  AsioTimers others(loop);
  others.at(mono_now() + milliseconds(10), [&] { loop.stop(); });
  loop.run();
  EXPECT_FALSE(called);
  EXPECT_EQ(timers, nullptr);
}

TEST(EventLoop, ReportsEachSignal) {
  EventLoop loop;
  std::vector<int> seen;
  loop.on_signals({SIGHUP, SIGUSR1}, [&](int number) {
    seen.push_back(number);
    if (number == SIGHUP) {
      kill(getpid(), SIGUSR1);
    } else {
      loop.stop();
    }
  });
  kill(getpid(), SIGHUP);
  loop.run();
  EXPECT_EQ(seen, (std::vector<int>{SIGHUP, SIGUSR1}));
}

TEST(EventLoop, TakesABusErrorForASignalOnlyIfItWasSent) {
  EventLoop loop;
  int seen = 0;
  loop.on_signals({SIGBUS}, [&](int number) {
    seen = number;
    loop.stop();
  });
  kill(getpid(), SIGBUS);
  loop.run();
  EXPECT_EQ(seen, SIGBUS);
}

TEST(EventLoopDeathTest, EndsByABusErrorOfItsOwn) {
  const auto fault = [] {
    EventLoop loop;
    loop.on_signals({SIGBUS}, [](int) {});
    // A page beyond the end of its file.
    const int file = memfd_create("empty", 0);
    auto* page = static_cast<volatile char*>(mmap(nullptr, 1, PROT_READ, MAP_SHARED, file, 0));
    static_cast<void>(*page);
  };
  EXPECT_EXIT(fault(), testing::KilledBySignal(SIGBUS), "");
}

TEST(EventLoop, TakesWorkFromOtherThreads) {
  EventLoop loop;
  std::thread other([&] { loop.post([&] { loop.stop(); }); });
  loop.run();
  other.join();
}

}  // namespace
}  // namespace ntp::io
