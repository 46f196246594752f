// SPDX-License-Identifier: BSD-2-Clause
#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdio>

#include "ntpd/refclock/driver.h"
#include "ntpd/refclock/feed.h"
#include "ntpd/refclock/gpsd_message.h"

namespace ntp::refclock {
namespace {

constexpr std::string_view kDevice = "/dev/gps%u";
constexpr std::uint16_t kPort = 2947;
constexpr int kSecondaryUnits = 128;
constexpr int kPrecision = -9;
constexpr int kPulsePrecision = -20;
constexpr std::size_t kLongestLine = 8191;
constexpr std::string_view kLiveCheck = "?VERSION;\r\n";

// NTPsec's patience: s of silence, s left at which it is asked whether it lives, s until the next
// attempt to connect.
constexpr int kSilence = 10;
constexpr int kLiveCheckAt = 4;
constexpr int kFirstRetry = 10;
constexpr int kRetryStep = 5;
constexpr int kLastRetry = 120;

// Accounts of the pulse: of automatic mode, and of a secondary unit.
constexpr int kAutoMost = 60;
constexpr int kAutoGain = 3;
constexpr int kPulseMost = 10;
constexpr int kPulseGain = 2;

enum Mode : int { InBand = 0, Strict = 1, Automatic = 2 };

/// gpsd's JSON over a connection of its own. Units up to 127 take the time of the sentences, alone
/// or with the pulse; those above the pulse alone, with the seconds that gpsd gives it.
class GpsdDriver final : public Driver {
 public:
  explicit GpsdDriver(Feed& feed) : feed_(feed) {}

  Result<void> open(Devices& devices) override {
    devices_ = &devices;
    feed_.set_precision(is_secondary() ? kPulsePrecision : kPrecision);
    automatic_ = kAutoMost / 2;
    text_alone_ = false;
    connect();
    return {};
  }
  void close() override { connection_.reset(); }
  void clock_stepped() override {
    text_.reset();
    pulse_.reset();
  }

  void tick(const Moment&) override {
    if (gone_) disconnect();
    if (countdown_ > 0) --countdown_;
    if (connected_ && countdown_ == kLiveCheckAt) send(kLiveCheck);
    if (countdown_ == 0) {
      if (connection_) {
        disconnect();
      } else {
        connect();
      }
    }
    if (is_secondary()) tick_secondary();
  }

  std::optional<ClockEvent> poll(const Moment&) override {
    const ClockEvent trouble = distrusted_ || (!down_ && tally_.bad != 0)
                                   ? ClockEvent::BadFormat
                                   : down_.value_or(ClockEvent::Timeout);
    if (!feed_.has_samples()) {
      feed_.set_precision(is_secondary() ? kPulsePrecision : kPrecision);
      feed_.set_pulse(false);
    }
    if (feed_.flag(4) && !is_secondary()) {
      std::array<char, 120> text{};
      std::snprintf(text.data(), text.size(), "%u %u %u %u %u %u %u", tally_.known, tally_.bad,
                    tally_.no_sync, tally_.texts, tally_.texts_used, tally_.pulses,
                    tally_.pulses_used);
      feed_.stats(text.data());
    }
    tally_ = {};
    return trouble;
  }

 private:
  struct Tally {
    unsigned known = 0;
    unsigned bad = 0;
    unsigned no_sync = 0;
    unsigned texts = 0;
    unsigned texts_used = 0;
    unsigned pulses = 0;
    unsigned pulses_used = 0;
  };
  /// A time, what the own clock showed then, and when we were told.
  struct Stamp {
    WallTime reference;
    WallTime received;
    WallTime told;
  };

  [[nodiscard]] bool is_secondary() const { return feed_.settings().unit >= kSecondaryUnits; }
  [[nodiscard]] std::string name() const {
    return "GPSD(" + std::to_string(feed_.settings().unit) + ')';
  }
  [[nodiscard]] std::string device() const {
    const config::SourceSettings& settings = feed_.settings();
    return settings.path.empty() ? with_unit(kDevice, settings.unit % kSecondaryUnits)
                                 : settings.path;
  }

  void connect() {
    // Both loopbacks, one after the other.
    const Address address = Address::loopback(next_is_v6_ ? Family::V6 : Family::V4);
    next_is_v6_ = !next_is_v6_;
    StreamHandlers handlers;
    handlers.on_octets = [this](ByteView octets, WallTime at) { receive(octets, at); };
    handlers.on_closed = [this](const std::string& reason) {
      gone_ = true;
      reason_ = reason;
    };
    line_.clear();
    auto connection = devices_->connect(
        {address, kPort}, [this] { connected_ = true; }, std::move(handlers));
    if (connection) {
      connection_ = std::move(*connection);
      countdown_ = kSilence;
    } else {
      reason_ = connection.error().message;
      disconnect();
    }
  }

  void disconnect() {
    down_ = gone_ || !connection_ ? ClockEvent::Fault : ClockEvent::Timeout;
    if (!reason_.empty()) {
      feed_.log(LogLevel::Warning, reason_, "REFCLOCK: " + name() + ": gpsd: " + reason_);
    }
    reason_.clear();
    connection_.reset();
    connected_ = gone_ = watched_ = false;
    text_.reset();
    pulse_.reset();
    countdown_ = retry_;
    retry_ = std::min(retry_ + kRetryStep, kLastRetry);
  }

  void send(std::string_view request) {
    if (connection_ && !gone_) (void)connection_->send(as_bytes(request));
  }

  void receive(ByteView octets, WallTime at) {
    if (gone_) return;
    countdown_ = kSilence;
    for (const std::uint8_t octet : octets) {
      const char c = static_cast<char>(octet);
      if (c == '\n') {
        if (!line_.empty()) read(line_, at);
        line_.clear();
      } else if (line_.size() >= kLongestLine) {
        return distrust();
      } else if (c != '\r' && (c > ' ' || !line_.empty())) {
        line_ += c;
      }
    }
  }

  /// This is no gpsd: where its line would end, if it does, nobody knows. The next tick hangs up.
  void distrust() {
    ++tally_.bad;
    distrusted_ = gone_ = true;
    reason_ = "a line of more than " + std::to_string(kLongestLine) + " characters";
    line_.clear();
  }
  void trust() {
    distrusted_ = false;
    retry_ = kFirstRetry;
  }

  void read(std::string_view line, WallTime at) {
    const auto message = parse_gpsd(line);
    if (!message) {
      ++tally_.bad;
      return;
    }
    switch (message->kind) {
      case GpsdMessage::Kind::Version:
        greet(*message);
        break;
      case GpsdMessage::Kind::Watch:
        if (message->device == device()) watched_ = message->enabled;
        break;
      case GpsdMessage::Kind::Tpv:
        read_position(*message, at);
        break;
      case GpsdMessage::Kind::Toff:
        read_text_stamp(*message, at);
        break;
      case GpsdMessage::Kind::Pps:
        read_pulse(*message, at);
        break;
      case GpsdMessage::Kind::Other:
        return;
    }
    ++tally_.known;
    if (down_ && !distrusted_) feed_.device_is_back();
    down_.reset();
    if (is_secondary()) return;
    // What is not of the same second does not belong together.
    if (text_ && pulse_) {
      const Duration apart = text_->told - pulse_->told;
      if (apart >= std::chrono::seconds(1)) pulse_.reset();
      if (apart < Duration::zero()) text_.reset();
    }
    use();
  }

  void greet(const GpsdMessage& version) {
    if (!version.major || !version.minor) {
      return feed_.log(LogLevel::Info, "version",
                       "REFCLOCK: " + name() + ": could not evaluate version data");
    }
    const auto at_least = [&](int minor) {
      return *version.major > 3 || (*version.major == 3 && *version.minor >= minor);
    };
    has_text_stamps_ = at_least(10);
    if (!distrusted_) retry_ = kFirstRetry;
    if (watched_) return;
    feed_.log(LogLevel::Info, "version",
              "REFCLOCK: " + name() + ": GPSD revision=" + version.revision +
                  " release=" + version.release + " protocol=" + std::to_string(*version.major) +
                  '.' + std::to_string(*version.minor));
    send(watch_request(device(), has_text_stamps_));
  }

  void read_position(const GpsdMessage& position, WallTime at) {
    if (!has_text_stamps_) ++tally_.texts;
    if (position.mode < 2 || position.time.empty()) {
      ++tally_.no_sync;
      text_.reset();
      pulse_.reset();
      no_sync_ = true;
      return;
    }
    no_sync_ = false;
    if (position.time_error) {
      const double error = std::abs(*position.time_error) * std::sqrt(0.5);
      int exponent = 0;
      std::frexp(error, &exponent);
      text_precision_ = std::isfinite(error) && error > 0 ? std::clamp(exponent, -32, -1) : -1;
    }
    if (has_text_stamps_) return;
    if (!is_secondary()) feed_.timecode(position.time);
    const auto time = parse_iso_time(position.time);
    if (!time) {
      ++tally_.bad;
      text_.reset();
      return;
    }
    text_ = Stamp{*time, earlier(at, feed_.settings().time2), at};
  }

  void read_text_stamp(const GpsdMessage& stamp, WallTime at) {
    ++tally_.texts;
    has_text_stamps_ = true;
    if (no_sync_) return;
    if (!stamp.real || !stamp.clock) {
      ++tally_.bad;
      return;
    }
    text_ = Stamp{*stamp.real, earlier(*stamp.clock, feed_.settings().time2), at};
    if (!is_secondary()) show(*stamp.real);
  }

  void read_pulse(const GpsdMessage& stamp, WallTime at) {
    ++tally_.pulses;
    if (no_sync_) return;
    if (!stamp.real || !stamp.clock) {
      ++tally_.bad;
      return;
    }
    const int precision = std::clamp(stamp.precision.value_or(text_precision_), -32, -1);
    const WallTime received = earlier(*stamp.clock, feed_.settings().time1);
    if (!is_secondary()) {
      pulse_precision_ = precision;
      // With flag2 the pulse is ignored.
      if (!feed_.flag(2)) pulse_ = Stamp{*stamp.real, received, at};
      return;
    }
    show(*stamp.real);
    feed_.set_precision(precision);
    feed_.set_leap(Leap::None);
    feed_.sample(*stamp.real, received, 0);
    trust();
    ++tally_.pulses_used;
    account_ = std::min(kPulseMost, account_ + kPulseGain);
    if (account_ == kPulseMost && feed_.flag(1)) feed_.set_pulse(true);
  }

  void tick_secondary() {
    account_ = std::max(0, account_ - 1);
    if (account_ > 0) return;
    if (feed_.has_samples()) {
      feed_.report(ClockEvent::Timeout);
      feed_.drop_samples();
    }
    feed_.set_pulse(false);
  }

  void use() {
    switch (feed_.settings().mode & 3) {
      case Strict:
        return use_pair();
      case Automatic:
        return use_what_is_there();
      default:
        return use_text();
    }
  }

  void use_text() {
    if (!text_) return;
    feed_.set_precision(text_precision_);
    add(text_->reference, text_->received);
    text_.reset();
  }

  void use_pair() {
    if (!text_ || !pulse_) return;
    feed_.set_precision(pulse_precision_);
    add(text_->reference, pulse_->received);
    ++tally_.pulses_used;
    text_.reset();
    pulse_.reset();
  }

  void use_what_is_there() {
    if (!text_) return;
    if (pulse_) {
      automatic_ = std::min(kAutoMost, automatic_ + kAutoGain);
      if (automatic_ == kAutoMost && text_alone_) {
        text_alone_ = false;
        feed_.log(LogLevel::Info, "pps", "REFCLOCK: " + name() + ": expect valid PPS from now");
      }
    } else {
      automatic_ = std::max(0, automatic_ - 1);
      if (automatic_ == 0 && !text_alone_) {
        text_alone_ = true;
        feed_.log(LogLevel::Warning, "pps", "REFCLOCK: " + name() + ": use TPV alone from now");
      }
    }
    if (text_alone_) {
      use_text();
    } else {
      use_pair();
    }
  }

  void add(WallTime reference, WallTime received) {
    feed_.set_leap(Leap::None);
    feed_.sample(reference, received, 0);
    trust();
    ++tally_.texts_used;
  }

  void show(WallTime time) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(time.time_since_epoch());
    std::array<char, 48> text{};
    std::snprintf(text.data(), text.size(), "%lld.%09lld", static_cast<long long>(seconds.count()),
                  static_cast<long long>((time.time_since_epoch() - seconds).count()));
    feed_.timecode(text.data());
  }

  Feed& feed_;
  Devices* devices_ = nullptr;
  std::unique_ptr<Connection> connection_;
  bool next_is_v6_ = false;
  bool connected_ = false;
  bool gone_ = false;
  // Why it was disconnected, for as long as nobody has said anything sensible since.
  std::optional<ClockEvent> down_ = ClockEvent::Fault;
  std::string reason_;
  int countdown_ = 0;
  int retry_ = kFirstRetry;

  std::string line_;
  bool distrusted_ = false;  // no sample since a line that was no gpsd's
  bool watched_ = false;
  bool has_text_stamps_ = false;
  bool no_sync_ = true;
  std::optional<Stamp> text_;
  std::optional<Stamp> pulse_;
  int text_precision_ = kPrecision;
  int pulse_precision_ = kPulsePrecision;
  int automatic_ = 0;
  bool text_alone_ = false;
  int account_ = 0;  // of a secondary's pulses
  Tally tally_;
};

}  // namespace

extern const DriverInfo driver_gpsd{
    .name = "GPSD",
    .description = "GPSD JSON client clock",
    .number = 46,
    .device = kDevice,
    .refid = "GPSD",
    .precision = kPrecision,
    .path = DriverInfo::Path::Label,
    .make = [](Feed& feed) -> std::unique_ptr<Driver> {
      return std::make_unique<GpsdDriver>(feed);
    },
};

}  // namespace ntp::refclock
