// SPDX-License-Identifier: BSD-2-Clause
#include <array>

#include "ntpd/refclock/lines.h"
#include "ntpd/refclock/serial_driver.h"
#include "ntpd/refclock/telegram/hp.h"

namespace ntp::refclock {

extern const DriverInfo driver_hpgps;

namespace {

constexpr int kZ3801A = 1;  // the subtype
constexpr std::size_t kLongestLine = 127;
constexpr std::string_view kAskTime = ":PTIME:TCODE?\r";
constexpr std::string_view kAskStatus = ":SYSTEM:STATUS?\r";
constexpr std::string_view kAskIdentity = "*IDN?\r";
constexpr std::string_view kForget = "*CLS\r\r";
constexpr int kStatusLines = 24;
/// What flag3 asks for at each poll: satellites, holdover and its predicted error, the voltage that
/// steers the oscillator, as a number and in percent.
constexpr std::array<std::string_view, 5> kFigures{
    ":GPS:SAT:TRAC:COUNT?\r", ":ROSC:HOLD:DUR?\r", ":ROSC:HOLD:TUNC:PRED?\r",
    ":DIAG:ROSC:EFC:ABS?\r", ":DIAG:ROSC:EFC:REL?\r"};
constexpr int kPatience = 5;  // s

/// HP 58503A and Z3801A. There is always one question on its way: the answer to it brings the next.
class HpGpsDriver final : public SerialDriver {
 public:
  explicit HpGpsDriver(Feed& feed) : SerialDriver(feed, driver_hpgps) {}

  Result<void> open(Devices& devices) override {
    const bool z3801a = feed_.settings().mode == kZ3801A;
    auto opened = open_port(devices, {.path = {},
                                      .baud = z3801a ? 19200 : 9600,
                                      .data_bits = z3801a ? 7 : 8,
                                      .parity = z3801a ? Parity::Odd : Parity::None});
    if (!opened) return opened;
    lines_.clear();
    text_.clear();
    idle_ = 0;
    polled_ = false;
    listen(1, kAskIdentity);
    return {};
  }

  void tick(const Moment&) override {
    if (++idle_ < kPatience) return;
    if (idle_ == kPatience) trouble(ClockEvent::Timeout);
    awaited_ = 0;
    figure_ = 0;
    ask(kAskTime);
  }

  std::optional<ClockEvent> poll(const Moment&) override {
    polled_ = true;
    return take_trouble();
  }

 private:
  void on_octets(ByteView octets, WallTime received) override { lines_.add(octets, received); }

  /// flag2: another one talks to the receiver.
  void ask(std::string_view command) {
    if (!feed_.flag(2)) send(command);
  }
  void listen(int lines, std::string_view command) {
    awaited_ = lines;
    ask(command);
  }

  void on_line(std::string_view raw, WallTime received) {
    const auto line = telegram::strip_hp_prompts(raw);
    if (line.refused) {
      feed_.log(LogLevel::Error, "refused", "REFCLOCK: " + name() + ": error: " + std::string(raw));
      ask(kForget);
    }
    if (line.text.empty()) return;
    idle_ = 0;
    if (feed_.flag(2)) {
      if (line.text.starts_with("T2")) on_time(line.text, received);
    } else if (figure_ > 0) {
      on_figure(line.text);
    } else if (awaited_ > 0) {
      on_information(line.text);
    } else {
      on_time(line.text, received);
    }
  }

  void on_figure(std::string_view text) {
    std::string figure(text);
    std::replace(figure.begin(), figure.end(), ',', ' ');
    keep(' ' + figure);
    if (figure_ < kFigures.size()) return ask(kFigures[figure_++]);
    figure_ = 0;
    feed_.stats(std::exchange(text_, {}));
    feed_.flag(4) ? listen(kStatusLines, kAskStatus) : ask(kAskTime);
  }

  void on_information(std::string_view text) {
    --awaited_;
    keep((text_.empty() && awaited_ == 0 ? "" : "\n") + std::string(text));
    if (text.starts_with("Self Test:")) awaited_ = 0;
    if (awaited_ > 0) return;
    feed_.stats(std::exchange(text_, {}));
    ask(kAskTime);
  }

  void keep(const std::string& text) {
    constexpr std::size_t kMost = std::size_t{kStatusLines} * 80;
    if (text_.size() + text.size() <= kMost) text_ += text;
  }

  void on_time(std::string_view text, WallTime received) {
    feed_.timecode(text);
    const auto decoded = telegram::decode_hp(text);
    if (!decoded) {
      trouble(decoded.error());
      ++errors_;
    } else if (accept(*decoded, received, feed_.settings().time1)) {
      ++times_;
    }
    if (!polled_) {
      if (decoded) ask(kAskTime);
      return;
    }
    polled_ = false;
    const std::string tally =
        std::string(text) + "  " + std::to_string(times_) + ' ' + std::to_string(errors_);
    if (feed_.flag(3)) {
      times_ = errors_ = 0;
      text_ = tally + ' ';
      ask(kFigures[0]);
      figure_ = 1;
    } else if (feed_.flag(4)) {
      listen(kStatusLines, kAskStatus);
    } else {
      feed_.stats(tally);
      times_ = errors_ = 0;
      ask(kAskTime);
    }
  }

  LineAssembler lines_{
      kLongestLine, [this](std::string_view line, WallTime received) { on_line(line, received); },
      [this] { trouble(ClockEvent::BadFormat); }};
  std::string text_;        // of several answers, for clockstats
  int awaited_ = 0;         // lines of information
  std::size_t figure_ = 0;  // asked for, from 1
  int idle_ = 0;            // s
  bool polled_ = false;
  int times_ = 0, errors_ = 0;  // since the last line of clockstats
};

}  // namespace

extern const DriverInfo driver_hpgps{
    .name = "HPGPS",
    .description = "HP GPS Time and Frequency Reference Receiver",
    .number = 26,
    .device = "/dev/hpgps%u",
    .refid = "GPS",
    .precision = -10,
    .make = [](Feed& feed) -> std::unique_ptr<Driver> {
      return std::make_unique<HpGpsDriver>(feed);
    },
};

}  // namespace ntp::refclock
