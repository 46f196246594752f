// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/refclock/jjy_telephone.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <vector>

#include "ntpd/refclock/serial_driver.h"
#include "ntpd/refclock/telegram/jjy.h"

namespace ntp::refclock {

namespace {

using namespace std::string_view_literals;
using telegram::Civil;
using telegram::Problem;

// s, NTPsec's.
constexpr int kSetUpPatience = 20, kDialPatience = 90, kLoginPatience = 60, kTalkPatience = 60,
              kEscapePatience = 20;
constexpr int kLoginSilence = 10, kTalkSilence = 5, kEscapeSilence = 5;
constexpr std::size_t kLoops = 5;
constexpr std::size_t kTimes = 6;  // three for each question
constexpr int kSlowest = 15;       // s, from the first three to the others
// Each call costs: no two begin within this, whatever the poll is.
constexpr Duration kPause = std::chrono::seconds(256);
constexpr auto kLongestLoop = std::chrono::milliseconds(700);

/// Commands of the service, each sent at its prompt.
struct Command {
  enum class Answer : std::uint8_t { None, Loop, Echo, Time, Date, Leap } answer;
  std::string_view text;
};
constexpr std::array kCommands = std::to_array<Command>({
    {Command::Answer::None, "LOOP\r"},
    {Command::Answer::Echo, ">"},
    {Command::Answer::Echo, ">"},
    {Command::Answer::Echo, ">"},
    {Command::Answer::Echo, ">"},
    {Command::Answer::Echo, ">"},
    {Command::Answer::Loop, "COM\r"},
    {Command::Answer::Time, "TIME\r"},
    {Command::Answer::Date, "4DATE\r"},
    {Command::Answer::Leap, "LEAPSEC\r"},
    {Command::Answer::Time, "TIME\r"},
    {Command::Answer::None, "BYE\r"},
});
constexpr std::size_t kFirstTime = 7;

/// The telephone service of Japan's time. A poll starts a call, in which the delay of the line is
/// measured by characters that come back; the third second of the second TIME is the sample.
class JjyTelephoneDriver final : public SerialDriver {
 public:
  JjyTelephoneDriver(Feed& feed, const DriverInfo& info) : SerialDriver(feed, info) {}

  Result<void> open(Devices& devices) override {
    mark("JJY ",
         "subtype=" + std::to_string(subtype()) + " dev=" + device_path(info_, feed_.settings()));
    mark("JJY ", "Refclock: Telephone JJY");
    mark("JJY ", "phone=" + phone());
    config::SourceSettings polls = feed_.settings();
    set_jjy_telephone_polls(polls);
    const std::string least = std::to_string(polls.min_poll);
    if (polls.min_poll != feed_.settings().min_poll) {
      mark("JJY ", "minpoll=" + std::to_string(feed_.settings().min_poll) + " -> " + least);
    }
    mark("JJY ", "minpoll=" + least + " maxpoll=" + std::to_string(polls.max_poll));
    text_.clear();
    enter(State::Idle);
    return open_port(devices, {.path = {}, .baud = 2400, .lines = false});
  }

  void tick(const Moment& now) override {
    ++silence_;
    ++age_;
    switch (state_) {
      case State::Idle:
        return;
      case State::SetUp:
        // It may be off the hook already.
        if (age_ >= kSetUpPatience) hang_up("no modem");
        return;
      case State::Dial:
        if (age_ >= kDialPatience) escape("no answer");
        return;
      case State::Login:
        if (age_ >= kLoginPatience) return escape("no prompt");
        if (silence_ >= kLoginSilence) tell("\r");
        return;
      case State::Talk:
        if (age_ >= kTalkPatience) return escape("it takes too long");
        if (silence_ < kTalkSilence) return;
        // An echo that is lost is no reason to stop.
        return is_looping() ? next(now.wall) : tell("\r");
      case State::Escape:
        if (age_ >= kEscapePatience) return hang_up({});
        if (silence_ >= kEscapeSilence) tell("+++");
        return;
    }
  }

  std::optional<ClockEvent> poll(const Moment& now) override {
    feed_.count_poll();
    mark("=== ", "polls=" + std::to_string(feed_.counters().polls));
    const bool pauses = last_call_ && now.mono - *last_call_ < kPause;
    if (state_ == State::Idle && !pauses) {
      last_call_ = now.mono;
      call();
    }
    return std::nullopt;
  }

  void close() override {
    leave_call();
    SerialDriver::close();
    enter(State::Idle);
  }

  ~JjyTelephoneDriver() override { leave_call(); }
  JjyTelephoneDriver(const JjyTelephoneDriver&) = delete;
  JjyTelephoneDriver& operator=(const JjyTelephoneDriver&) = delete;

 private:
  enum class State : std::uint8_t { Idle, SetUp, Dial, Login, Talk, Escape };
  static constexpr std::size_t kSetUps = 7;

  [[nodiscard]] int subtype() const { return feed_.settings().mode; }
  [[nodiscard]] const std::string& phone() const { return feed_.settings().phones.front(); }
  [[nodiscard]] bool is_looping() const { return step_ < kFirstTime; }

  void enter(State state) {
    state_ = state;
    silence_ = age_ = 0;
    step_ = 0;
  }
  void tell(std::string_view command) {
    silence_ = 0;
    send(command);
    mark("--> ", command);
  }
  void mark(std::string_view sign, std::string_view text) {
    feed_.stats(telegram::marked(sign, text));
  }

  /// The modem hangs up at once, whether it listens to commands or, in a call, to its line alone.
  void leave_call() {
    if (state_ == State::Idle || !port_) return;
    (void)port_->write(as_bytes("ATH0\r\n"sv));
    (void)port_->set_dtr(false);
  }

  void call() {
    text_.clear();
    has_failed_ = has_sample_ = false;
    (void)take_trouble();
    enter(State::SetUp);
    tell(set_up(0));
  }

  /// Hayes: no echo, answers in words; speaker; XON/XOFF; V.22bis; no compression; error
  /// correction; off the hook.
  [[nodiscard]] std::string set_up(std::size_t step) const {
    switch (step) {
      case 0:
        return "ATE0Q0V1\r\n";
      case 1:
        return std::string("ATM") + (feed_.flag(3) ? '2' : '0') + 'L' +
               (feed_.flag(4) ? '2' : '1') + "\r\n";
      case 2:
        return "AT&K4\r\n";
      case 3:
        return "AT+MS=V22B\r\n";
      case 4:
        return "AT%C0\r\n";
      case 5:
        return std::string("AT\\N") + (feed_.flag(2) ? '3' : '0') + "\r\n";
      default:
        return "ATH1\r\n";
    }
  }

  void on_octets(ByteView octets, WallTime received) override {
    constexpr std::size_t kLongest = 100;
    for (const std::uint8_t octet : octets) {
      const char c = static_cast<char>(octet);
      const bool ends_line = c == '\r' || c == '\n';
      if (!ends_line && text_.size() < kLongest) text_.push_back(c);
      // Prompts have no line's end.
      if (!ends_line && c != '>' && !text_.ends_with("Name ? ") && !text_.ends_with("+++"))
        continue;
      const std::string text = std::exchange(text_, {});
      if (std::none_of(text.begin(), text.end(), [](char each) { return each >= ' '; })) continue;
      silence_ = 0;
      if (state_ == State::Idle) continue;
      mark("<-- ", text);
      on_text(text, received);
    }
  }

  void on_text(std::string_view text, WallTime received) {
    constexpr std::array kRefusals{"NO CARRIER"sv,  "ERROR"sv, "NO DIALTONE"sv,
                                   "NO DAILTONE"sv, "BUSY"sv,  "NO ANSWER"sv};
    const bool is_refusal = std::ranges::find(kRefusals, text) != kRefusals.end();
    switch (state_) {
      case State::Idle:
        return;
      case State::SetUp:
        // Not each modem knows each of these.
        if (text != "OK" && text != "ERROR") return;
        if (++step_ < kSetUps) return tell(set_up(step_));
        enter(State::Dial);
        return tell(std::string("ATDW") + (feed_.flag(1) ? 'P' : 'T') + phone() + "\r\n");
      case State::Dial:
        if (text.starts_with("CONNECT")) return enter(State::Login);
        if (is_refusal) hang_up({});
        return;
      case State::Login:
        if (text == "NO CARRIER") return hang_up({});
        if (text == "Name ? ") return tell("TJJY\r");
        if (text == ">") return begin_talk(received);
        if (text.starts_with('?')) escape("refused");
        return;
      case State::Talk:
        if (text == "NO CARRIER") return hang_up({});
        if (text == ">") return on_prompt(received);
        if (text.starts_with('?') || text == "Name ? ") return escape("refused");
        return on_data(text, received);
      case State::Escape:
        if (text == "OK" || text == "NO CARRIER") hang_up({});
        return;
    }
  }

  void begin_talk(WallTime at) {
    enter(State::Talk);
    loops_ = {};
    looped_ = 0;
    times_ = {};
    told_ = 0;
    date_.reset();
    leap_ = Leap::None;
    step_ = subtype() == kFirstJjyTelephone ? kFirstTime : 0;
    ask(at);
  }

  void on_prompt(WallTime received) {
    if (kCommands[step_].answer == Command::Answer::Echo && looped_ < kLoops) {
      const Duration took = received - sent_;
      loops_[looped_] = took;
      char text[64];
      const auto microseconds = std::chrono::duration_cast<std::chrono::microseconds>(took).count();
      std::snprintf(text, sizeof text, "* Loopback delay : %lld.%03lld mSec.",
                    static_cast<long long>(microseconds / 1000),
                    static_cast<long long>(microseconds % 1000));
      mark(took > kLongestLoop ? "-W- " : "--- ", text);
    }
    next(received);
  }

  void next(WallTime at) {
    if (kCommands[step_].answer == Command::Answer::Echo && looped_ < kLoops) ++looped_;
    ++step_;
    ask(at);
  }

  void ask(WallTime at) {
    sent_ = at;
    tell(kCommands[step_].text);
    if (step_ + 1 == kCommands.size()) escape({});
  }

  void on_data(std::string_view text, WallTime received) {
    const Command& command = kCommands[step_];
    if (command.text.substr(0, command.text.size() - 1) == text) return mark("--- ", "* Echoback");
    switch (command.answer) {
      case Command::Answer::Echo:
        return mark("-W- ", "* Ignore replay : [" + std::string(text) + ']');
      case Command::Answer::Date: {
        const auto date = telegram::decode_teljjy_date(text);
        if (!date) return error("# Invalid date", text, date.error());
        date_ = *date;
        return;
      }
      case Command::Answer::Leap: {
        const auto leap = telegram::decode_teljjy_leap(text);
        if (!leap) return error("# Invalid leap", text, leap.error());
        leap_ = *leap;
        return;
      }
      case Command::Answer::Time: {
        const auto time = telegram::decode_teljjy_time(text);
        if (!time) return error("# Invalid time", text, time.error());
        if (told_ == kTimes) return;
        times_[told_++] = (time->hour * 60 + time->minute) * 60 + time->second;
        if (told_ == kTimes && !has_failed_ && date_) finish(*time, received);
        return;
      }
      case Command::Answer::None:
      case Command::Answer::Loop:
        return error("# Unexpected reply", text, Problem::BadFormat);
    }
  }

  void error(const std::string& what, std::string_view text, Problem problem) {
    mark("-X- ", what + " : [" + std::string(text) + ']');
    has_failed_ = true;
    trouble(problem);
  }

  void finish(const Civil& time, WallTime received) {
    const bool agree = times_[2] <= times_[3] && times_[3] - times_[2] <= kSlowest &&
                       times_[4] == times_[3] + 1 && times_[5] == times_[4] + 1;
    if (!agree) {
      // Midnight may lie between them, and the date be of either day.
      return mark("--- ", "* Over midnight or slow reply");
    }
    telegram::Decoded decoded{.civil = *date_};
    decoded.civil.hour = time.hour;
    decoded.civil.minute = time.minute;
    decoded.civil.second = time.second;
    decoded.civil.east = telegram::kJapan;
    use(decoded, received);
  }

  void use(telegram::Decoded& decoded, WallTime received) {
    const auto utc = moment(decoded.civil, received);
    if (!utc) return;
    if (telegram::civil_of(*utc).in_month_of_leap_second()) decoded.leap = leap_;
    if (!accept(decoded, received - delay(), feed_.settings().time1)) return;
    has_sample_ = true;
    feed_.hand_in();
    const std::string text = telegram::japanese_time(*utc);
    feed_.timecode(text);
    mark("=== ", text);
  }

  /// Of the line, from the service to us.
  Duration delay() {
    if (subtype() == kFirstJjyTelephone) return {};
    const auto loop = jjy_loop(loops_);
    const std::string valid =
        " ( valid=" + std::to_string(loop ? loop->valid : 0) + '/' + std::to_string(kLoops) + " )";
    if (!loop) {
      mark("-X- ", "* Delay adjustment : None" + valid);
      return {};
    }
    const Duration delay = loop->mean * (subtype() - kFirstJjyTelephone) / 100;
    mark("--- ", "* Delay adjustment : " + std::to_string(delay / std::chrono::milliseconds(1)) +
                     " mSec." + valid);
    return delay;
  }

  /// Back to where the modem listens to commands. `why`: what went wrong, if anything.
  void escape(std::string_view why) {
    if (!why.empty()) mark("-X- ", "# " + std::string(why));
    // A time of silence comes before the first +++.
    enter(State::Escape);
  }

  void hang_up(std::string_view why) {
    tell("ATH0\r\n");
    if (!why.empty()) mark("-X- ", "# " + std::string(why));
    enter(State::Idle);
    // What else was wrong was told then.
    if (!has_sample_ && take_trouble() == ClockEvent::Timeout) feed_.report(ClockEvent::Timeout);
  }

  State state_ = State::Idle;
  int silence_ = 0, age_ = 0;  // s
  std::size_t step_ = 0;       // of setting up, or of the commands
  std::string text_;
  std::optional<MonoTime> last_call_;
  WallTime sent_{};
  std::array<std::optional<Duration>, kLoops> loops_{};
  std::size_t looped_ = 0;
  std::array<int, kTimes> times_{};
  std::size_t told_ = 0;
  std::optional<Civil> date_;
  Leap leap_ = Leap::None;
  bool has_failed_ = false, has_sample_ = false;  // in this call
};

}  // namespace

void set_jjy_telephone_polls(config::SourceSettings& settings) {
  constexpr int kLeast = 8;
  settings.min_poll = std::max(settings.min_poll, kLeast);
  settings.max_poll = std::max(settings.max_poll, settings.min_poll);
}

std::unique_ptr<Driver> make_jjy_telephone(Feed& feed, const DriverInfo& info) {
  return std::make_unique<JjyTelephoneDriver>(feed, info);
}

std::optional<std::string> jjy_phone_trouble(const std::vector<std::string>& phones) {
  if (phones.size() != 1) return "one telephone number has to be given by `phone`";
  std::string_view number = phones.front();
  const std::string quoted = "telephone number \"" + phones.front() + '"';
  if (number.starts_with("0,")) number.remove_prefix(2);
  std::string digits;
  for (const char c : number) {
    if (c >= '0' && c <= '9') {
      digits.push_back(c);
    } else if (c != '-') {
      return quoted + ": it has to be of digits and hyphens, behind `0,` or not";
    }
  }
  constexpr std::size_t kFewest = 6, kMost = 10;
  if (digits.size() < kFewest || digits.size() > kMost) return quoted + ": 6 to 10 digits";
  constexpr std::array kSpecial{"00"sv, "10"sv, "11"sv, "12"sv, "171"sv, "177"sv};
  const bool is_special =
      std::ranges::any_of(kSpecial,
                          [&](std::string_view each) { return digits.starts_with(each); }) ||
      (digits[0] == '0' && digits[2] == '0');
  if (is_special) return quoted + ": numbers of emergencies and services are not called";
  return std::nullopt;
}

std::optional<JjyLoop> jjy_loop(std::span<const std::optional<Duration>> loops) {
  std::vector<Duration> valid;
  for (const auto& each : loops) {
    if (each && *each >= Duration::zero() && *each <= kLongestLoop) valid.push_back(*each);
  }
  std::sort(valid.begin(), valid.end());
  JjyLoop loop{.valid = static_cast<int>(valid.size())};
  if (valid.size() < 2) return std::nullopt;
  if (valid.size() >= 4) valid.erase(valid.begin());
  if (loop.valid >= 3) valid.pop_back();
  for (const Duration each : valid) loop.mean += each;
  loop.mean /= static_cast<int>(valid.size());
  return loop;
}

}  // namespace ntp::refclock
