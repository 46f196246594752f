// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/refclock/telegram/jjy.h"

#include <array>

#include "ntpd/refclock/calendar.h"
#include "ntpd/refclock/jjy_telephone.h"
#include "ntpd/refclock/serial_driver.h"
#include "ntpd/refclock/telegram/receiver.h"

namespace ntp::refclock {

extern const DriverInfo driver_jjy;

namespace {

using namespace std::string_view_literals;
using telegram::Civil;
using telegram::Decoded;
using telegram::Problem;

enum class Model : std::uint8_t { Jjy01 = 1, Jst2000, Lt2000, Jjy200, Gps01, Tdc300 };

struct Kind {
  Model model;
  std::string_view name;
  int baud;
  char end;  // of what it says
};
constexpr std::array kKinds = std::to_array<Kind>({
    {Model::Jjy01, "Tristate Ltd. TS-JJY01, TS-JJY02", 9600, '\n'},
    {Model::Jst2000, "C-DEX Co. Ltd. JST2000", 9600, '\x03'},
    {Model::Lt2000, "Echo Keisokuki Co. Ltd. LT2000", 9600, '\n'},
    {Model::Jjy200, "CITIZEN T.I.C CO. LTD. JJY200", 4800, '\n'},
    {Model::Gps01, "Tristate Ltd. TS-GPS01", 38400, '\n'},
    {Model::Tdc300, "SEIKO TIME SYSTEMS TDC-300", 2400, '\x03'},
});

/// NTPsec: no subtype is the first. Null if there is none of this number.
const Kind* find_kind(int subtype) {
  const auto model = static_cast<Model>(std::max(subtype, 1));
  const auto* found = std::ranges::find(kKinds, model, &Kind::model);
  return found == kKinds.end() ? nullptr : found;
}

/// A question of a dialogue, and what its answer is.
struct Question {
  enum class Answer : std::uint8_t { Text, Time, Date } answer;
  std::string_view command;
  std::array<std::string_view, 4> texts = {};  // of which one begins the answer
};
// The date lies between two times, so that it is known to be theirs.
constexpr std::array kJjy01 = std::to_array<Question>({
    {Question::Answer::Text, "dcst\r\n", {"valid", "invalid"}},
    {Question::Answer::Text, "stus\r\n", {"adjusted", "unadjusted"}},
    {Question::Answer::Time, "time\r\n"},
    {Question::Answer::Date, "date\r\n"},
    {Question::Answer::Time, "stim\r\n"},
});
constexpr std::array kGps01 = std::to_array<Question>({
    {Question::Answer::Text, "stus\r\n", {"*R", "*G", "*U", "+U"}},
    {Question::Answer::Time, "time\r\n"},
    {Question::Answer::Date, "date\r\n"},
    {Question::Answer::Time, "time\r\n"},
});
constexpr std::size_t kFirstTime = 2;  // of kJjy01

/// Receivers of JJY, and of GPS in Japan. Each poll brings one sample.
class JjyDriver final : public SerialDriver {
 public:
  explicit JjyDriver(Feed& feed)
      : SerialDriver(feed, driver_jjy), kind_(find_kind(feed.settings().mode)) {}

  Result<void> open(Devices& devices) override {
    const int subtype = feed_.settings().mode;
    mark("JJY ", "subtype=" + std::to_string(subtype) +
                     " dev=" + device_path(driver_jjy, feed_.settings()));
    mark("JJY ", "Refclock: " + std::string(kind_->name));
    mark("JJY ", "minpoll=" + std::to_string(feed_.settings().min_poll) +
                     " maxpoll=" + std::to_string(feed_.settings().max_poll));
    text_.clear();
    question_ = 0;
    listening_ = false;
    return open_port(devices, {.path = {}, .baud = kind_->baud, .lines = false});
  }

  std::optional<ClockEvent> poll(const Moment&) override {
    const bool told = feed_.has_samples();
    mark("=== ", "polls=" + std::to_string(++polls_));
    if (told) tell_sample();
    text_.clear();
    listening_ = true;
    times_ = 0;
    before_.reset();
    date_ = {};
    ask_first();
    return take_trouble();
  }

 private:
  void ask_first() {
    switch (kind_->model) {
      case Model::Jjy01:
        // flag1: what it received is asked for, too.
        return ask(feed_.flag(1) ? 0 : kFirstTime);
      case Model::Gps01:
        return ask(0);
      case Model::Jst2000:
        return tell(
            "\x05"
            "1J\x03");
      case Model::Lt2000:
        return tell("C");
      case Model::Jjy200:
      case Model::Tdc300:
        return;  // speaks by itself
    }
  }

  [[nodiscard]] std::span<const Question> dialogue() const {
    if (kind_->model == Model::Jjy01) return kJjy01;
    return kGps01;
  }
  void ask(std::size_t question) {
    question_ = question;
    tell(dialogue()[question].command);
  }
  void tell(std::string_view command) {
    send(command);
    mark("--> ", command);
  }

  void on_octets(ByteView octets, WallTime received) override {
    constexpr std::size_t kLongest = 100;
    for (const std::uint8_t octet : octets) {
      const char c = static_cast<char>(octet);
      const bool ends = c == kind_->end || (kind_->end == '\n' && c == '\r');
      if (!ends) {
        if (text_.size() < kLongest) text_.push_back(c);
        continue;
      }
      const std::string text = plain(std::exchange(text_, {}));
      if (text.empty() || !listening_) continue;
      mark("<-- ", text);
      if (text.size() >= kLongest) {
        error("# Invalid length : length=" + std::to_string(text.size()), Problem::BadFormat);
      } else {
        on_text(text, received);
      }
    }
  }

  /// Without control characters; the TDC-300 has a mark beyond ASCII.
  static std::string plain(std::string_view text) {
    std::string found;
    for (const char c : text) {
      const auto value = static_cast<std::uint8_t>(c);
      if (value >= 0x20 && value != 0x7f) found.push_back(c);
    }
    return found;
  }

  void on_text(std::string_view text, WallTime received) {
    switch (kind_->model) {
      case Model::Jjy01:
        return on_answer(text, received);
      case Model::Gps01: {
        // It may be in its mode of NMEA, or prompt.
        constexpr auto kPrompt = "$Cmd>"sv;
        if (text.starts_with(kPrompt)) text.remove_prefix(kPrompt.size());
        if (text.empty() || text.starts_with("$GP") || text.starts_with("$PFEC")) return;
        return on_answer(text, received);
      }
      case Model::Jst2000:
        return finish(telegram::decode_jst2000(text), received, {});
      case Model::Lt2000: {
        const bool early = text.size() == 17;
        finish(telegram::decode_lt2000(text), received,
               early ? -Duration(telegram::kLt2000Early) : Duration::zero());
        if (early) tell("#");
        return;
      }
      case Model::Jjy200:
        return finish(telegram::decode_jjy200(text), received, {});
      case Model::Tdc300:
        return on_tdc300(text, received);
    }
  }

  void on_tdc300(std::string_view text, WallTime received) {
    constexpr char kSecond = '\xe5';
    if (text.size() == 1 && text[0] == kSecond) {
      // The mark 5 to 10 ms before the second that was announced.
      if (before_) finish(*std::exchange(before_, std::nullopt), received, {});
      return;
    }
    auto decoded = telegram::decode_tdc300(text);
    if (decoded && text.size() == 13) {
      before_ = *decoded;
      return;
    }
    finish(decoded, received, {});
  }

  void on_answer(std::string_view text, WallTime received) {
    const auto& question = dialogue()[question_];
    switch (question.answer) {
      case Question::Answer::Text: {
        const auto begins = [text](std::string_view known) {
          return !known.empty() && text.starts_with(known);
        };
        if (std::none_of(question.texts.begin(), question.texts.end(), begins)) {
          return error("# Invalid reply : [" + std::string(text) + "]", Problem::BadFormat);
        }
        break;
      }
      case Question::Answer::Date: {
        const auto date = telegram::decode_tristate_date(text);
        if (!date) return error("# Invalid date : [" + std::string(text) + "]", date.error());
        date_ = *date;
        break;
      }
      case Question::Answer::Time: {
        const auto time = telegram::decode_tristate_time(text);
        if (!time) return error("# Invalid time : [" + std::string(text) + "]", time.error());
        if (times_++ > 0) return on_second_time(*time, received);
        first_ = *time;
        break;
      }
    }
    if (question_ + 1 < dialogue().size()) return ask(question_ + 1);
    listening_ = false;
  }

  static int of_day(const Civil& time) { return (time.hour * 60 + time.minute) * 60 + time.second; }

  void on_second_time(const Civil& time, WallTime received) {
    const int before = of_day(first_), now = of_day(time);
    const std::string both = " : timestamp=" + std::to_string(before) + ", " + std::to_string(now);
    if (before > now) {
      mark("--- ", "* Over midnight" + both);
      listening_ = false;
      return;
    }
    if (before < now - 2) return error("# Slow reply" + both, Problem::BadTime);
    Decoded decoded{.civil = date_};
    decoded.civil.hour = time.hour;
    decoded.civil.minute = time.minute;
    decoded.civil.second = time.second;
    decoded.civil.east = telegram::kJapan;
    finish(decoded, received, {});
  }

  /// `later`: how much after its time it came.
  void finish(const Result<Decoded, Problem>& decoded, WallTime received, Duration later) {
    if (!decoded) return error("# Invalid time", decoded.error());
    listening_ = false;
    if (decoded->lock == telegram::Lock::Invalid) {
      mark("-W- ", "* Unsure timestamp");
      return trouble(ClockEvent::BadSignal);
    }
    if (!accept(*decoded, received - later, feed_.settings().time1)) return;
    told_ = decoded->civil;
    told_at_ = received;
  }

  void error(const std::string& what, Problem problem) {
    mark("-X- ", what);
    listening_ = false;
    trouble(problem);
  }

  void tell_sample() {
    if (!told_) return;
    const auto utc = telegram::utc_of(*told_, {.now = told_at_, .pivot = kReleasePivot});
    told_.reset();
    if (!utc) return;
    const std::string text = telegram::japanese_time(*utc);
    feed_.timecode(text);
    mark("=== ", text);
  }

  void mark(std::string_view sign, std::string_view text) {
    feed_.stats(telegram::marked(sign, text));
  }

  const Kind* kind_;
  std::string text_;
  bool listening_ = false;         // from a poll until its sample
  std::size_t question_ = 0;       // of the dialogue
  int times_ = 0;                  // answers that were times
  Civil first_, date_;             // what the dialogue has told
  std::optional<Decoded> before_;  // the TDC-300's second to come
  std::optional<Civil> told_;
  WallTime told_at_{};
  int polls_ = 0;
};

}  // namespace

extern const DriverInfo driver_jjy{
    .name = "JJY",
    .description = "JJY Receiver",
    .number = 40,
    .device = "/dev/jjy%u",
    .refid = "JJY",
    .precision = -3,
    .source_code = 0,
    .knows_mode = [](int mode) { return find_kind(mode) != nullptr || is_jjy_telephone(mode); },
    .trouble_with = [](const config::SourceSettings& settings) -> std::optional<std::string> {
      if (!is_jjy_telephone(settings.mode)) return std::nullopt;
      return jjy_phone_trouble(settings.phones);
    },
    .set_polls =
        [](config::SourceSettings& settings) {
          if (is_jjy_telephone(settings.mode)) set_jjy_telephone_polls(settings);
        },
    .make = [](Feed& feed) -> std::unique_ptr<Driver> {
      if (is_jjy_telephone(feed.settings().mode)) return make_jjy_telephone(feed, driver_jjy);
      return std::make_unique<JjyDriver>(feed);
    },
};

}  // namespace ntp::refclock
