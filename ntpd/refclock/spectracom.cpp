// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/refclock/telegram/spectracom.h"

#include "ntpd/refclock/line_pulse.h"
#include "ntpd/refclock/serial_driver.h"

namespace ntp::refclock {

extern const DriverInfo driver_spectracom;

namespace {

constexpr std::size_t kLongestLine = 127;
constexpr int kTableLines = 15;

/// Spectracom receivers, asked with a T each second. The CR before the answer is on time, not the
/// one behind it; formats 2 and 3 have only one, which the next answer begins with.
class SpectracomDriver final : public SerialDriver {
 public:
  explicit SpectracomDriver(Feed& feed) : SerialDriver(feed, driver_spectracom) {}

  Result<void> open(Devices& devices) override {
    if (auto opened = open_port(devices, {.path = {}, .lines = false}); !opened) return opened;
    text_.clear();
    too_long_ = false;
    on_time_.reset();
    table_ = 0;
    if (feed_.flag(1)) pulse_.open(devices, name());
    return {};
  }
  void close() override {
    SerialDriver::close();
    pulse_.close();
  }
  void clock_stepped() override { on_time_.reset(); }

  void tick(const Moment& now) override {
    send(table_ > 0 ? "R" : "T");
    pulse_.tick(now, feed_.settings().time1);
  }

  std::optional<ClockEvent> poll(const Moment&) override {
    // flag4: the table of quality, when a day begins.
    if (feed_.flag(4) && hour_ < last_hour_) table_ = kTableLines;
    last_hour_ = hour_;
    pulse_.end_poll();
    if (!told_) feed_.drop_samples();
    if (std::exchange(told_, false)) feed_.stats(feed_.timecode());
    return take_trouble();
  }

 private:
  void on_octets(ByteView octets, WallTime received) override {
    for (const std::uint8_t octet : octets) {
      const char c = static_cast<char>(octet & 0x7f);
      if (c == '\r') {
        end_line();
        on_time_ = received;
      } else if (c == '\n') {
        end_line();
      } else if (c >= ' ' && c < 0x7f) {
        if (text_.size() < kLongestLine) {
          text_.push_back(c);
        } else {
          too_long_ = true;
        }
      }
    }
  }

  void end_line() {
    const std::string line = std::exchange(text_, {});
    if (std::exchange(too_long_, false)) return trouble(ClockEvent::BadFormat);
    if (!line.empty()) on_line(line);
  }

  void on_line(const std::string& line) {
    const auto decoded = telegram::decode_spectracom(line);
    if (!decoded && table_ > 0) {
      --table_;
      return feed_.stats(line);
    }
    feed_.timecode(line);
    if (!decoded) return trouble(decoded.error());
    hour_ = decoded->civil.hour;
    // What was begun before this driver came has no time.
    if (!on_time_) return;
    told_ = true;
    if (pulse_.is_lit()) {
      const bool has_signal = decoded->lock != telegram::Lock::Invalid;
      feed_.set_leap(has_signal ? decoded->leap : Leap::Unsynchronized);
      if (!has_signal) trouble(ClockEvent::BadSignal);
      return;
    }
    accept(*decoded, *on_time_, feed_.settings().time2);
  }

  std::string text_;
  bool too_long_ = false;
  std::optional<WallTime> on_time_;  // the CR before the line
  LinePulse pulse_{feed_};
  bool told_ = false;
  int table_ = 0;  // lines of it to come
  int hour_ = 0, last_hour_ = 0;
};

}  // namespace

extern const DriverInfo driver_spectracom{
    .name = "SPECTRACOM",
    .description = "Spectracom GPS Receiver",
    .number = 4,
    .device = "/dev/spectracom%u",
    .refid = "GPS",
    .precision = -13,
    .source_code = 2,
    .make = [](Feed& feed) -> std::unique_ptr<Driver> {
      return std::make_unique<SpectracomDriver>(feed);
    },
};

}  // namespace ntp::refclock
