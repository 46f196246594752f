// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/refclock/telegram/arbiter.h"

#include "ntpd/refclock/lines.h"
#include "ntpd/refclock/serial_driver.h"

namespace ntp::refclock {

extern const DriverInfo driver_arbiter;

namespace {

constexpr std::size_t kLongestLine = 127;
constexpr std::size_t kTimecode = 24;  // characters
constexpr std::size_t kLongestStatus = 39;
constexpr std::size_t kLongestPosition = 79;

/// Arbiter 1088A/B. At each poll it is asked for its quality and status, then told to begin its
/// broadcast; the CR behind its echo, and the one behind each line, is when the next line is on
/// time. The second line is used, and the broadcast ended.
class ArbiterDriver final : public SerialDriver {
 public:
  explicit ArbiterDriver(Feed& feed) : SerialDriver(feed, driver_arbiter) {}

  Result<void> open(Devices& devices) override {
    lines_.clear();
    last_.reset();
    if (auto opened = open_port(devices, {.path = {}}); !opened) return opened;
    send(stop());
    return {};
  }

  void clock_stepped() override { last_.reset(); }

  std::optional<ClockEvent> poll(const Moment&) override {
    lines_seen_ = 0;
    send("TQ");
    if (feed_.has_samples()) feed_.stats(feed_.timecode());
    return take_trouble();
  }

 private:
  /// Mode 1: the broadcast is IRIG's, O instead of B.
  [[nodiscard]] std::string_view start() const { return feed_.settings().mode == 1 ? "O5" : "B5"; }
  [[nodiscard]] std::string_view stop() const { return feed_.settings().mode == 1 ? "O0" : "B0"; }

  void on_octets(ByteView octets, WallTime received) override { lines_.add(octets, received); }

  void on_line(std::string_view line, WallTime received) {
    const auto on_time = std::exchange(last_, received);
    // What was cut off when the last broadcast ended has no end of its own.
    if (const auto begin = line.rfind("TQ"); begin != std::string_view::npos) {
      line.remove_prefix(begin);
    }
    if (line.size() < 3) return;
    if (lines_seen_ == 0 && answer(line)) return;
    if (++lines_seen_ <= 1 || line.size() < kTimecode || !on_time) return;
    // NTPsec: its quality and status stand behind the time in clockstats and clock variables.
    std::string code(line.substr(0, kTimecode));
    code[kTimecode - 2] = quality_;
    feed_.timecode(code + status_);
    take(line.substr(0, kTimecode), *on_time);
    send(stop());
  }

  void take(std::string_view line, WallTime on_time) {
    const auto decoded = telegram::decode_arbiter(line, quality_);
    if (!decoded) return trouble(decoded.error());
    accept(*decoded, on_time, feed_.settings().time1);
  }

  /// The echo of a question, with the answer behind it: the next question. False if it is none.
  bool answer(std::string_view line) {
    const std::string_view what = line.substr(0, 2), text = line.substr(2);
    if (what == "TQ") {
      quality_ = text[0];
      send("SR");
    } else if (what == "SR") {
      status_ = text.substr(0, kLongestStatus);
      send(feed_.flag(4) ? "LA" : start());
    } else if (what == "LA") {
      position_ = text.substr(0, kLongestPosition);
      send("LO");
    } else if (what == "LO" || what == "LH" || what == "DB") {
      position_ += ' ' + std::string(text.substr(0, kLongestPosition));
      position_.resize(std::min(position_.size(), kLongestPosition));
      if (what == "DB") feed_.stats(position_);
      send(what == "LO" ? "LH" : what == "LH" ? "DB" : start());
    } else {
      return false;
    }
    return true;
  }

  LineAssembler lines_{
      kLongestLine, [this](std::string_view line, WallTime received) { on_line(line, received); },
      [this] { trouble(ClockEvent::BadFormat); }};
  std::optional<WallTime> last_;  // the end of the line before
  int lines_seen_ = 0;            // since the poll
  char quality_ = ' ';
  std::string status_, position_;
};

}  // namespace

extern const DriverInfo driver_arbiter{
    .name = "ARBITER",
    .description = "Arbiter 1088A/B GPS Receiver",
    .number = 11,
    .device = "/dev/gps%u",
    .refid = "GPS ",
    .precision = -20,
    .knows_mode = [](int mode) { return mode == 0 || mode == 1; },
    .make = [](Feed& feed) -> std::unique_ptr<Driver> {
      return std::make_unique<ArbiterDriver>(feed);
    },
};

}  // namespace ntp::refclock
