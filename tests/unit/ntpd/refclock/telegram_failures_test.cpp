// SPDX-License-Identifier: BSD-2-Clause
#include <gtest/gtest.h>
#include <malloc.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <random>
#include <string>
#include <utility>

#include "tests/support/refclock_bench.h"
#include "tests/unit/ntpd/refclock/played_clocks.h"

namespace ntp::refclock {
namespace {

using played::Lie;
using played::Said;
using played::Tells;

constexpr const char* kPath = "/dev/clock";
constexpr int kHour = 3600;
constexpr int kDay = 24 * kHour;
constexpr int kPoll = 60;         // s: a minute of DCF77
constexpr int kSpeaks = 4;        // s, from one telegram to the next
constexpr double kRight = 0.010;  // s
constexpr std::size_t kMostGrowth = 16'384;
constexpr std::size_t kMostLogKeys = 5;  // each has its line at most once an hour

/// A clock that is played, its driver, and the seconds that pass between them.
class Life {
 public:
  explicit Life(const played::Clock& clock) : bench(clock.driver), voice(clock.voice()) {
    bench.settings.mode = clock.mode;
    bench.settings.flags = clock.flags;
    bench.settings.path = kPath;
    bench.settings.pps_path = "/dev/pulse";
    bench.settings.phones = {played::phone_of(clock)};
    // Anything but the usual delays of this kind of clock, which the played one has not.
    bench.settings.time1 = 1e-9;
    // A minute begins with each poll.
    bench.now.wall =
        WallTime(std::chrono::ceil<std::chrono::minutes>(bench.now.wall.time_since_epoch()));
    (void)port();
    (void)pulse();
    voice->now = bench.now.wall;
    bench.start();
  }

  void run(int seconds) {
    for (int i = 0; i < seconds; ++i) second();
  }
  test::FakeDevices::Serial& port() { return bench.devices.serials[kPath]; }
  test::FakeDevices::Pulses& pulse() { return bench.devices.pulses["/dev/pulse"]; }
  std::string take_events() {
    std::string told;
    for (const ClockEvent each : std::exchange(bench.events, {})) {
      told += (told.empty() ? "" : " ") + std::string(event_text(each));
    }
    return told;
  }

  test::RefclockBench bench;
  std::unique_ptr<played::Voice> voice;
  bool cuts_off = false;  // the middle of each telegram is missing
  bool garbles = false;   // an octet of each tenth telegram
  bool fails_to_read = false;
  bool pulse_beats = true;
  Duration step{};   // of the own clock, amid the next telegram
  Duration error{};  // of the own clock
  void (*each_second)(Life&) = nullptr;
  int now = 0;  // s
  // Of the polls since they were zeroed.
  int right = 0, wrong = 0, leaps = 0;
  int last_right = 0;  // when

 private:
  void second() {
    ++now;
    bench.advance(std::chrono::seconds(1));
    voice->now = bench.now.wall - error;
    if (pulse_beats) {
      pulse().latest[PulseEdge::Assert] = {static_cast<std::uint32_t>(now), bench.now.wall};
    }
    const bool speaks = now % kSpeaks == 0;
    if (speaks || voice->each_second()) say(voice->second());
    bench.tick();
    if (speaks) converse();
    judge(bench.unit->take_handed_in(bench.now));
    if (now % kPoll == 0) {
      judge(bench.poll());
      converse();
    }
    if (each_second != nullptr) each_second(*this);
    if (fails_to_read) port().vanish("Input/output error");
    bench.stats.clear();
    bench.log.clear();
  }

  /// Answers bring more questions, up to a point.
  void converse() {
    for (int i = 0; i < 8 && !port().written.empty(); ++i) {
      say(voice->answer(std::exchange(port().written, {})));
    }
  }

  void say(std::string text) {
    constexpr std::size_t kEnd = 3, kShortest = 7;
    const bool connects = text.find("CONNECT") != std::string::npos;
    if (cuts_off && !connects && text.size() > kShortest)
      text.erase(text.size() / 4, text.size() * 3 / 4 - kEnd);
    if (cuts_off && voice->each_second() && now % kPoll >= kPoll / 2) text.clear();
    if (garbles && text.size() > kShortest && ++told_ % 10 == 0) {
      char& octet = text[random_() % text.size()];
      octet = static_cast<char>(static_cast<unsigned char>(octet) ^ 1U << random_() % 8);
    }
    if (fails_to_read) {
      port().vanish("Input/output error");
    } else if (!text.empty()) {
      const std::size_t before = step == Duration::zero() ? 0 : text.size() / 2;
      port().send(text.substr(0, before), bench.now.wall);
      if (step != Duration::zero()) step_clock();
      port().send(text.substr(before), bench.now.wall);
    }
  }

  void step_clock() {
    bench.now.wall += step;
    error += std::exchange(step, {});
    bench.unit->clock_stepped();
  }

  int told_ = 0;  // telegrams
  std::mt19937 random_{1};

  void judge(const std::optional<Unit::Batch>& batch) {
    if (!batch) return;
    leaps += batch->leap != Leap::None ? 1 : 0;
    if (std::abs(batch->offset + to_seconds(error)) > kRight) {
      ++wrong;
    } else {
      ++right;
      last_right = now;
    }
  }
};

struct Failure {
  const char* name;
  /// What a telegram has to tell for this to be wrong; a clock that doesn't is one that is right.
  unsigned needs;
  Lie lie;
  void (*each_second)(Life&);
  /// The events of the day.
  const char* events;
  int lasts = 0;  // s, for which it gives time all the same
  int times = 1;  // that these events are told
};

std::string many(const char* events, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += (all.empty() ? "" : " ") + std::string(events);
  return all;
}

constexpr std::chrono::days kYears28{10'227};  // the calendar is the same
constexpr std::chrono::days kWeeks1024{7168};

const Failure kFailures[] = {
    {"Past", Tells::kYear, {.days = -kYears28}, nullptr, "clk_bad_date"},
    {"Future", Tells::kYear, {.days = kYears28}, nullptr, "clk_bad_date"},
    {"AHundredDaysAgo", 0, {.days = std::chrono::days(-100)}, nullptr, "clk_bad_date"},
    {"HoursAhead", 0, {.hours = std::chrono::hours(3)}, nullptr, "clk_bad_date"},
    {"Weeks1024Ago", 0, {.days = -kWeeks1024}, nullptr, "clk_bad_date"},
    {"LeapAnnouncedWrongly", Tells::kLeap, {.announces_leap = true}, nullptr, "", kDay},
    {"TheLastDayOfALeapYear",
     Tells::kDate,
     {.mangle =
          [](Said& said) {
            said.day_of_year = 366;
            said.month = 2;
            said.day = 29;
          }},
     nullptr,
     "clk_bad_date"},
    {"Second60",
     Tells::kSecond60,
     {.mangle = [](Said& said) { said.second = 60; }},
     nullptr,
     "clk_bad_time"},
    {"WrongChecksum", Tells::kSum, {.wrong_sum = true}, nullptr, "clk_bad_format"},
    // NTPsec: such a clock is used for as long as its oscillator is trusted.
    {"RunsFree", Tells::kRunsFree, {.runs_free = true}, nullptr, "clk_bad_signal", kHour},
    {"RunsFreeHoursAhead",
     Tells::kRunsFree,
     {.hours = std::chrono::hours(3), .runs_free = true},
     nullptr,
     "clk_bad_signal"},
    // Once it is not trusted any more nobody looks at its date.
    {"RunsFreeInTheThirteenthMonth",
     Tells::kRunsFree | Tells::kDate,
     {.mangle =
          [](Said& said) {
            said.day_of_year = 370;
            said.month = 13;
          },
      .runs_free = true},
     nullptr,
     "clk_bad_date clk_bad_signal"},
    {"PulseStops", Tells::kPulse, {}, [](Life& life) { life.pulse_beats = false; }, "", kDay},
    {"PulseFails",
     Tells::kPulse,
     {},
     [](Life& life) { life.pulse().failure = "No such device"; },
     "",
     kDay},
    {"NoSignal", Tells::kNoSignal, {.no_signal = true}, nullptr, "clk_bad_signal"},
    {"HalfTelegrams", 0, {}, [](Life& life) { life.cuts_off = true; }, "clk_bad_format"},
    {"ComesAndGoes",
     0,
     {},
     [](Life& life) {
       if (life.now % (6 * kHour) == kHour / 4) {
         life.bench.devices.refused[kPath] = "No such file or directory";
         life.port().vanish("the port has hung up");
       } else if (life.now % (6 * kHour) == kHour * 3 / 4) {
         life.bench.devices.refused.clear();
       }
     },
     "clk_fault clk_unspec",
     kDay,
     4},
    {"ReadingFails", 0, {}, [](Life& life) { life.fails_to_read = true; }, "clk_fault"},
    {"WritingFails",
     Tells::kAsked,
     {},
     [](Life& life) { life.port().write_failure = "Input/output error"; },
     "clk_fault"},
    {"WritingBlocks",
     Tells::kAsked,
     {},
     [](Life& life) { life.port().write_failure = "the port is busy"; },
     "clk_fault"},
};

/// What a clock does otherwise than others.
struct Exception {
  const char* failure;
  const char* clock;  // all of a driver that tell it if it has no number
  const char* events;
  int lasts;
  const char* why;
};
const Exception kExceptions[] = {
    {"AHundredDaysAgo", "truetime", "clk_bad_time", 0, "without a year the time is wrong"},
    {"Weeks1024Ago", "truetime", "clk_bad_time", 0, "without a year the time is wrong"},
    {"RunsFree", "generic 0", "clk_bad_signal", kDay / 2, "NTPsec's time for it"},
    {"RunsFree", "generic 2", "clk_bad_signal", kHour / 2, "NTPsec's time for it"},
    {"RunsFree", "generic 3", "clk_bad_signal", 300, "NTPsec's time for it"},
    {"RunsFree", "generic 7", "clk_bad_signal", kDay, "NTPsec's time for it: four days"},
    {"RunsFree", "generic 10", "clk_bad_signal", 0, "NTPsec's time for it"},
    {"RunsFree", "generic 24", "clk_bad_signal", kDay / 2, "NTPsec's time for it"},
    {"RunsFreeInTheThirteenthMonth", "generic 4", "clk_bad_date", 0, "that is seen at once"},
    {"RunsFreeInTheThirteenthMonth", "generic 7", "clk_bad_date", 0, "trusted for four days"},
    {"PulseStops", "spectracom 0 flag1", "clk_no_reply clk_unspec", kDay,
     "a poll later the line counts"},
    {"PulseFails", "spectracom 0 flag1", "clk_no_reply clk_unspec", kDay,
     "a poll later the line counts"},
    {"PulseStops", "oncore", "clk_no_reply", 0, "nothing else is exact"},
    {"PulseFails", "oncore", "clk_no_reply", 0, "nothing else is exact"},
    {"Past", "spectracom 0 flag1", "", kDay, "its pulse counts"},
    {"Future", "spectracom 0 flag1", "", kDay, "its pulse counts"},
    {"AHundredDaysAgo", "spectracom 0 flag1", "", kDay, "its pulse counts"},
    {"HoursAhead", "spectracom 0 flag1", "", kDay, "its pulse counts"},
    {"TheLastDayOfALeapYear", "spectracom 0 flag1", "", kDay, "its pulse counts"},
    {"Second60", "spectracom 0 flag1", "", kDay, "its pulse counts"},
    {"NoSignal", "generic", "clk_fault", 0, "NTPsec's code for it"},
    {"Second60", "trimble 0", "", kDay, "the second of the day counts"},
    {"Second60", "trimble 3", "", kDay, "the second of the day counts"},
    {"Second60", "jjy 100", "clk_no_reply", 0, "seconds that do not follow each other"},
    {"Second60", "jjy 150", "clk_no_reply", 0, "seconds that do not follow each other"},
    {"WrongChecksum", "generic 9", "clk_bad_time", 0, "NTPsec's code for it"},
    {"HalfTelegrams", "arbiter", "clk_no_reply", 0, "half a line is half an answer"},
    {"HalfTelegrams", "generic 17", "clk_no_reply", 0, "what ends it is missing"},
    {"HalfTelegrams", "trimble 2", "clk_no_reply", 0, "a time without its quality is none"},
    {"HalfTelegrams", "trimble 5", "clk_no_reply", 0, "a time without its quality is none"},
    {"HalfTelegrams", "zyfer", "clk_no_reply", 0, "what begins anew is no error"},
    {"HalfTelegrams", "modem", "clk_no_reply", 0, "other lines are greetings"},
    {"WritingFails", "arbiter", "clk_fault", kDay, "its broadcast can't be ended"},
    {"WritingBlocks", "arbiter", "clk_fault", kDay, "its broadcast can't be ended"},
    {"WritingFails", "generic 7", "clk_fault", kDay, "asked for its state only"},
    {"WritingBlocks", "generic 7", "clk_fault", kDay, "asked for its state only"},
    {"WritingFails", "oncore", "clk_fault clk_unspec", kDay, "asked for leap seconds once a day"},
    {"WritingBlocks", "oncore", "clk_fault clk_unspec", kDay, "asked for leap seconds once a day"},
};

bool tells(const played::Clock& clock, const Failure& failure) {
  return (clock.tells & failure.needs) == failure.needs;
}

const Exception* exception_for(const Failure& failure, const played::Clock& clock) {
  const auto* found = std::ranges::find_if(kExceptions, [&](const Exception& each) {
    const std::string_view name = each.clock;
    return std::string_view(each.failure) == failure.name &&
           ((name == clock.driver && tells(clock, failure)) || name == played::name_of(clock));
  });
  return found == std::end(kExceptions) ? nullptr : found;
}

class TelegramFailure : public ::testing::TestWithParam<int> {};

void live_through(const played::Clock& clock, const Failure& failure) {
  const bool is_told = tells(clock, failure);
  // These are about nothing else.
  const bool is_special = std::string_view(failure.name).starts_with("RunsFree") ||
                          std::string_view(failure.name).starts_with("Pulse");
  if (is_special && !tells(clock, failure)) return;
  const auto* exception = exception_for(failure, clock);
  SCOPED_TRACE(played::name_of(clock) + (exception == nullptr ? "" : ": ") +
               (exception == nullptr ? "" : exception->why));
  Life life(clock);
  life.run(kHour);
  ASSERT_GT(life.right, 5) << life.take_events();
  ASSERT_EQ(life.wrong, 0);
  (void)life.take_events();

  const int begin = life.now;
  const bool rolls = failure.lie.days == -kWeeks1024 && (clock.tells & Tells::kRolls) != 0;
  const int lasts = exception != nullptr ? exception->lasts
                    : !is_told || rolls  ? kDay
                                         : failure.lasts;
  std::string events = exception != nullptr ? exception->events
                       : !is_told || rolls  ? ""
                                            : failure.events;
  const bool is_slow = (clock.tells & Tells::kSlow) != 0;
  if (failure.times > 1) {
    events = many(is_slow ? "clk_fault clk_no_reply clk_unspec" : failure.events, failure.times);
  }
  life.voice->lie = failure.lie;
  life.each_second = failure.each_second;
  life.right = life.leaps = 0;
  life.run(kHour);
  const std::size_t heap = mallinfo2().uordblks;
  life.run(kDay - kHour);
  EXPECT_LT(mallinfo2().uordblks, heap + kMostGrowth);
  EXPECT_EQ(life.wrong, 0);
  EXPECT_GE(life.right, std::min(lasts / kPoll / 2, 100));
  // A minute of DCF77 tells of the one behind it.
  if (lasts < kDay) {
    EXPECT_LE(life.last_right, begin + lasts + 3 * kPoll);
  }
  const bool announces =
      failure.lie.announces_leap && (clock.tells & Tells::kLeapSeason) == unsigned{Tells::kLeap};
  EXPECT_EQ(life.leaps > 0, announces);
  EXPECT_EQ(life.take_events().substr(0, 1000), events);
  EXPECT_LE(life.bench.log_keys.size(), kMostLogKeys);

  const int opened = life.port().opened;
  life.voice->lie = {};
  life.each_second = nullptr;
  life.cuts_off = life.fails_to_read = false;
  life.pulse_beats = true;
  life.pulse().failure.reset();
  life.port().write_failure.reset();
  life.bench.devices.refused.clear();
  life.right = 0;
  life.run(kHour);
  EXPECT_GT(life.right, 5);
  EXPECT_EQ(life.wrong, 0);
  const bool was_in_trouble = !events.empty() && !events.ends_with("clk_unspec");
  const bool was_closed = life.port().opened > opened;
  EXPECT_EQ(life.take_events(), !was_in_trouble         ? ""
                                : is_slow && was_closed ? "clk_no_reply clk_unspec"
                                                        : "clk_unspec");
}

TEST_P(TelegramFailure, GivesNoFalseTimeInADayAndIsToldOnce) {
  for (const played::Clock& clock : played::all_clocks())
    live_through(clock, kFailures[GetParam()]);
}

// Nothing in a telegram of theirs tells one digit from another, and they have a few in a poll at
// most.
constexpr std::array kWithoutCheck{"arbiter 0", "generic 10", "generic 11", "generic 24", "jjy 2"};

TEST(GarbledTelegrams, OfAClockThatIsRightAreNoFlood) {
  for (const played::Clock& clock : played::all_clocks()) {
    SCOPED_TRACE(played::name_of(clock));
    Life life(clock);
    life.garbles = true;
    life.run(kDay);
    const std::string events = life.take_events();
    EXPECT_LE(std::ranges::count(events, ' '), 24) << events;
    const bool is_open_to_errors = std::ranges::count(kWithoutCheck, played::name_of(clock)) > 0;
    EXPECT_LE(life.wrong, is_open_to_errors ? 30 : 0);
    EXPECT_GT(life.right, kDay / kPoll / 10);
  }
}

TEST(PulseDevice, ThatVanishesBesideAPortIsSaidAndOpenedAgain) {
  for (const played::Clock& clock : played::all_clocks()) {
    if ((clock.tells & Tells::kPulse) == 0) continue;
    SCOPED_TRACE(played::name_of(clock));
    Life life(clock);
    life.run(kHour);
    ASSERT_TRUE(life.bench.feed().pulse());
    // The node goes, and comes back as another one.
    life.pulse().failure = "No such device";
    life.bench.devices.refused["/dev/pulse"] = "No such file or directory";
    life.bench.log_keys.clear();
    life.run(5 * kPoll);
    EXPECT_FALSE(life.pulse().open);
    EXPECT_FALSE(life.bench.feed().pulse());
    EXPECT_TRUE(life.bench.log_keys.contains("pulse"));
    life.pulse().failure.reset();
    life.bench.devices.refused.clear();
    life.run(3 * kPoll);
    EXPECT_TRUE(life.pulse().open);
    EXPECT_TRUE(life.bench.feed().pulse());
    EXPECT_EQ(life.port().opened, 1);
    EXPECT_EQ(life.wrong, 0);
  }
}

TEST(StepOfTheClock, SpoilsNoSampleAndIsNoTrouble) {
  constexpr int kLasting = 7 * kPoll + 1;
  for (const played::Clock& clock : played::all_clocks()) {
    SCOPED_TRACE(played::name_of(clock));
    // The ACE III tells whole seconds.
    if (played::name_of(clock) == "trimble 6") continue;
    Life life(clock);
    life.run(kHour);
    (void)life.take_events();
    life.right = 0;
    for (int time = 0; time < 15; ++time) {
      for (const int by : {300, -300, -400, 400}) {
        life.step = std::chrono::milliseconds(by);
        life.run(kLasting);
      }
    }
    EXPECT_GT(life.right, 80);
    EXPECT_EQ(life.wrong, 0);
    // A minute of pulses is lost.
    const bool is_interrupted =
        clock.driver == std::string_view("generic") && life.voice->each_second();
    EXPECT_EQ(life.take_events(), is_interrupted ? many("clk_no_reply clk_unspec", 2) : "");
  }
}

INSTANTIATE_TEST_SUITE_P(All, TelegramFailure, ::testing::Range(0, int{std::size(kFailures)}),
                         [](const auto& parameter) {
                           return std::string(kFailures[parameter.param].name);
                         });

}  // namespace
}  // namespace ntp::refclock
