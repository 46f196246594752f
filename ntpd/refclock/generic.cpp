// SPDX-License-Identifier: BSD-2-Clause
#include <array>
#include <cmath>

#include "ntpd/refclock/generic_clocks.h"
#include "ntpd/refclock/generic_report.h"
#include "ntpd/refclock/serial_driver.h"
#include "ntpd/refclock/side_pulse.h"

namespace ntp::refclock {

extern const DriverInfo driver_generic;

namespace {

using telegram::Decoded;
using telegram::Lock;

constexpr int kWithPulse = 0x80;      // of the subtype
constexpr unsigned kStatePeriod = 6;  // s

/// Receivers of DCF77, MSF and GPS that send a telegram, by a table of their kinds (NTPsec: the
/// parse driver). What they say of themselves decides whether they are used: one that lost its
/// signal is, for as long as its oscillator is trusted, if it was seen with its signal since the
/// last silence.
class GenericDriver final : public SerialDriver {
 public:
  explicit GenericDriver(Feed& feed)
      : SerialDriver(feed, driver_generic),
        clock_(find_generic_clock(feed.settings().mode & ~kWithPulse)),
        pulse_(feed, "/dev/refclockpps-%u") {
    if (clock_ == nullptr) return;
    feed_.set_identity(clock_->name, clock_->description);
    feed_.set_refid(RefId::from_text(clock_->refid));
    feed_.set_usual_time1(clock_->delay);
  }

  Result<void> open(Devices& devices) override {
    // NTPsec: the kind of clock alone says how fast its line is.
    SerialSettings line{.path = {},
                        .baud = clock_->baud,
                        .data_bits = clock_->data_bits,
                        .parity = clock_->parity,
                        .stop_bits = clock_->stop_bits,
                        .lines = false,
                        .breaks = clock_->pulses,
                        .dtr = clock_->dtr,
                        .rts = clock_->rts};
    if (auto opened = open_port(devices, line); !opened) return opened;
    receiver_ = clock_->make();
    report_ = {};
    last_lock_.reset();
    pulse_.attach(devices, name(), feed_.flag(2), feed_.flag(3));
    if (has_pulse()) pulse_.tick();
    return {};
  }
  void close() override {
    SerialDriver::close();
    pulse_.close();
    feed_.set_pulse(false);
    since_lock_.reset();
  }
  void clock_stepped() override {
    // A minute of pulses is told by the time between them.
    if (receiver_ && clock_->pulses) receiver_ = clock_->make();
  }

  void tick(const Moment& now) override {
    if (since_lock_ && last_tick_) *since_lock_ += now.mono - *last_tick_;
    since_setup_ += last_tick_ ? now.mono - *last_tick_ : Duration::zero();
    last_tick_ = now.mono;
    if (has_pulse()) pulse_.tick();
    report_.pass(now.mono, feed_.status());
    if (clock_->each_second) send(clock_->request);
    if (clock_->ask_state != nullptr && ticks_++ % kStatePeriod == 0) {
      send(clock_->ask_state(ticks_ / kStatePeriod));
    }
  }

  std::optional<ClockEvent> poll(const Moment&) override {
    const bool silent = !heard_;
    heard_ = false;
    if (silent) {
      // What comes after a silence is not believed before it was seen with its signal.
      since_lock_.reset();
      if (!clock_->setup.empty()) send(clock_->setup);
      feed_.set_pulse(false);
    }
    if (!clock_->request.empty() && !clock_->each_second) send(clock_->request);
    return take_trouble();
  }

  [[nodiscard]] std::vector<Variable> variables() const override {
    if (clock_ == nullptr) return {};
    return report_.variables(*clock_, feed_.status(), pulse_.is_open());
  }

 private:
  [[nodiscard]] bool has_pulse() const { return (feed_.settings().mode & kWithPulse) != 0; }

  void on_octets(ByteView octets, WallTime received) override {
    for (const std::uint8_t octet : octets) {
      if (const auto heard = receiver_->push(octet, received)) take(*heard);
    }
  }

  void take(const telegram::Heard& heard) {
    for (const telegram::Told& each : heard.told) report_.take(each);
    if (!heard.text.empty()) feed_.timecode(heard.text);
    if (!heard.time) return;
    if (!*heard.time) {
      trouble(heard.time->error());
      if (heard.time->error() == telegram::Problem::BadFormat && !clock_->setup.empty()) {
        setup_once();
      }
      return;
    }
    heard_ = true;
    const Decoded& decoded = **heard.time;
    if (decoded.lock == Lock::Locked) since_lock_ = Duration::zero();
    say(decoded.lock);
    // A clock that runs free may be used, but all is not well with it.
    if (judge(decoded, heard.at) && decoded.lock != Lock::Locked) {
      trouble(decoded.lock == Lock::Invalid ? ClockEvent::Fault : ClockEvent::BadSignal);
    }
  }

  /// At most once a minute, however much garbage comes.
  void setup_once() {
    constexpr auto kPause = std::chrono::minutes(1);
    if (since_setup_ < kPause) return;
    since_setup_ = {};
    send(clock_->setup);
  }

  /// False if what it tells is no moment, which is told.
  bool judge(const Decoded& decoded, WallTime at) {
    report_.take(decoded);
    const bool no_signal_yet = decoded.lock == Lock::Invalid && !clock_->trusts_power_up;
    if (no_signal_yet || !is_trusted()) {
      since_lock_.reset();
      feed_.set_leap(Leap::Unsynchronized);
      feed_.set_pulse(false);
      return true;
    }
    // A clock that told nothing of its date has none.
    const auto utc = moment(decoded.civil, at);
    if (!utc) return false;
    report_.take(*utc);
    if (decoded.civil.second == 60) return true;
    feed_.set_leap(decoded.leap == Leap::Insert && feed_.flag(4) ? Leap::Delete : decoded.leap);
    feed_.set_root_dispersion(decoded.error_bound.value_or(0));
    sample(*utc, at);
    return true;
  }

  [[nodiscard]] bool is_trusted() const {
    if (!since_lock_) return false;
    const double wanted = std::abs(feed_.settings().time2);
    const double trust = feed_.flag(1) && wanted < 1e9 ? wanted : clock_->trust;
    return to_seconds(*since_lock_) <= trust;
  }

  /// The pulse that belongs to the telegram has precedence over its on-time character.
  void sample(WallTime utc, WallTime at) {
    const auto pulse = pulse_.latest();
    if (pulse && pulse->sequence != last_pulse_) {
      last_pulse_ = pulse->sequence;
      const double offset = to_seconds(utc - pulse->at);
      report_.take_pulse(pulse->at, at);
      const double whole = std::round(offset);
      constexpr double kNear = 0.5, kLate = 1.5;
      if (std::abs(to_seconds(utc - at)) <= kNear && std::abs(offset) < kLate) {
        const double phase = feed_.flag(1) ? 0 : feed_.settings().time2;
        feed_.offset(offset - whole + phase, pulse->at);
        feed_.set_pulse(true);
        return;
      }
    }
    feed_.set_pulse(false);
    feed_.sample(utc, at, feed_.settings().time1);
  }

  void say(Lock lock) {
    if (last_lock_ == lock) return;
    last_lock_ = lock;
    constexpr std::array<std::string_view, 3> kTexts{"SYNCHRONIZED", "TIMECODE NOT CONFIRMED",
                                                     "NOT SYNCHRONIZED/RECEIVER PROBLEMS"};
    const auto text = kTexts[static_cast<std::size_t>(lock)];
    feed_.log(lock == Lock::Locked ? LogLevel::Info : LogLevel::Error, text,
              "REFCLOCK: " + name() + ": " + std::string(text));
  }

  const GenericClock* clock_;
  std::unique_ptr<telegram::Receiver> receiver_;
  SidePulse pulse_;
  std::uint32_t last_pulse_ = 0;
  GenericReport report_;
  std::optional<MonoTime> last_tick_;
  unsigned ticks_ = 0;
  bool heard_ = false;
  std::optional<Duration> since_lock_;  // nothing: not since the last silence
  Duration since_setup_ = std::chrono::minutes(1);
  std::optional<Lock> last_lock_;
};

}  // namespace

extern const DriverInfo driver_generic{
    .name = "GENERIC",
    .description = "Generic reference clock driver",
    .number = 8,
    .device = "/dev/refclock-%u",
    .refid = "DCFa",
    .knows_mode = [](int mode) { return find_generic_clock(mode & ~kWithPulse) != nullptr; },
    .make = [](Feed& feed) -> std::unique_ptr<Driver> {
      return std::make_unique<GenericDriver>(feed);
    },
};

}  // namespace ntp::refclock
