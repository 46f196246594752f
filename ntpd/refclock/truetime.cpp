// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/refclock/telegram/truetime.h"

#include "ntpd/refclock/lines.h"
#include "ntpd/refclock/serial_driver.h"

namespace ntp::refclock {

extern const DriverInfo driver_truetime;

namespace {

using telegram::TrueTimeEvent;

constexpr std::size_t kLongestLine = 127;
constexpr std::string_view kEscape = "\x03\r";

/// TrueTime GPS/TM-TMD, XL-DC, GPS-800 TCU and TL-3. What it is connected to it finds out by
/// questions, and then switches on the telegram of each second, of which a poll uses one.
class TrueTimeDriver final : public SerialDriver {
 public:
  explicit TrueTimeDriver(Feed& feed) : SerialDriver(feed, driver_truetime) {}

  Result<void> open(Devices& devices) override {
    lines_.clear();
    if (auto opened = open_port(devices, {.path = {}}); !opened) return opened;
    silent_polls_ = 0;
    // It may be sending already.
    tell(kEscape);
    identify();
    return {};
  }

  std::optional<ClockEvent> poll(const Moment&) override {
    constexpr int kPatience = 2;  // polls
    if (++silent_polls_ > kPatience) begin();
    wanted_ = true;
    return take_trouble();
  }

 private:
  enum class Model : std::uint8_t { Unknown, Tm, Tcu };
  enum class State : std::uint8_t { AskedTm, AskedTcu, AskedF18, AskedF50, AskedF51, Running };

  /// flag1: nothing is ever sent.
  void tell(std::string_view command) {
    if (!feed_.flag(1)) send(command);
  }
  void tell(std::string_view command, State next) {
    tell(command);
    state_ = next;
  }

  void identify() {
    model_ = Model::Unknown;
    tell("F18\r", State::AskedTm);
  }
  void begin() {
    switch (model_) {
      case Model::Unknown:
        return identify();
      case Model::Tm:
        return tell("F18\r", State::AskedF18);
      case Model::Tcu:
        // Follow GPS, show UTC, send by yourself.
        tell("MD3\r");
        tell("TSU\r");
        return tell("AU\r", State::Running);
    }
  }

  void on_octets(ByteView octets, WallTime received) override { lines_.add(octets, received); }

  void on_line(std::string_view line, WallTime received) {
    silent_polls_ = 0;
    feed_.timecode(line);
    feed_.stats(std::string(line));
    const auto decoded = telegram::decode_truetime(line);
    if (!decoded) return trouble(decoded.error());
    if (const auto* event = std::get_if<TrueTimeEvent>(&*decoded)) return on_event(*event, line);
    on_time(std::get<telegram::Decoded>(*decoded), received);
  }

  void on_event(TrueTimeEvent event, std::string_view line) {
    switch (event) {
      case TrueTimeEvent::F18:
        say(line);
        model_ = Model::Tm;
        return tell("F50\r", State::AskedF50);
      case TrueTimeEvent::F50:
        if (model_ == Model::Tm) tell("F51\r", State::AskedF51);
        return;
      case TrueTimeEvent::F51:
        if (model_ == Model::Tm) tell("F08\r", State::Running);
        return;
      case TrueTimeEvent::Location:
        say(line);
        model_ = Model::Tcu;
        return begin();
      case TrueTimeEvent::NotUnderstood:
        if (model_ != Model::Unknown) return;
        if (state_ == State::AskedTm) return tell("PO\r", State::AskedTcu);
        // Neither: a TL-3, which needs one word.
        return tell("ST1", State::Running);
      case TrueTimeEvent::OtherFunction:
        return;
    }
  }

  void on_time(const telegram::Decoded& decoded, WallTime received) {
    // Telegrams from before it was set up: it is to listen first.
    if (model_ == Model::Tm && state_ != State::Running) tell(kEscape);
    state_ = State::Running;
    if (!wanted_) return;
    if (accept(decoded, received, feed_.settings().time1)) wanted_ = false;
  }

  void say(std::string_view line) {
    feed_.log(LogLevel::Info, "model", "REFCLOCK: " + name() + ": " + std::string(line));
  }

  LineAssembler lines_{
      kLongestLine, [this](std::string_view line, WallTime received) { on_line(line, received); },
      [this] { trouble(ClockEvent::BadFormat); }};
  Model model_ = Model::Unknown;
  State state_ = State::AskedTm;
  int silent_polls_ = 0;
  bool wanted_ = true;
};

}  // namespace

extern const DriverInfo driver_truetime{
    .name = "TRUETIME",
    .description = "Kinemetrics/TrueTime Receiver",
    .number = 5,
    .device = "/dev/true%u",
    .refid = "TRUE",
    .precision = -10,
    .make = [](Feed& feed) -> std::unique_ptr<Driver> {
      return std::make_unique<TrueTimeDriver>(feed);
    },
};

}  // namespace ntp::refclock
