// SPDX-License-Identifier: BSD-2-Clause
#include <array>
#include <cstdio>

#include "ntpd/refclock/oncore_file.h"
#include "ntpd/refclock/serial_driver.h"
#include "ntpd/refclock/side_pulse.h"
#include "ntpd/refclock/telegram/oncore.h"

namespace ntp::refclock {

extern const DriverInfo driver_oncore;

namespace {

using namespace std::string_view_literals;

/// Commands, by the manuals of 6, 8 and 12 channels.
constexpr auto kAskIdentity = "Cj"sv;
constexpr auto kFix = "Cg\x01"sv;     // position fix mode
constexpr auto kUtc = "Aw\x01"sv;     // UTC, not GPS time
constexpr auto kStatic = "AB\x04"sv;  // the antenna does not move
constexpr auto kAskLeap = "Bj\0"sv;
constexpr auto kReset = "Cf"sv;
constexpr auto kLoose8 = "At\0"sv;  // holds no position
constexpr auto kLoose12 = "Gd\0"sv;
constexpr auto kHold8 = "At\x01"sv;
constexpr auto kHold12 = "Gd\x01"sv;
constexpr auto kSurvey8 = "At\x02"sv;  // find out where the antenna is, then hold it
constexpr auto kSurvey12 = "Gd\x03"sv;
constexpr auto kIntegrity6 = "Bn\x01\x01\x00\x0a\x02\0\0\0\0\0\0\0\0\0\0"sv;
constexpr auto kIntegrity8 = "En\x01\x01\x00\x0a\x02\0\0\0\0\0\0\0\0\0\0"sv;
constexpr auto kIntegrity12 = "Hn\x01"sv;
constexpr int kIdentityRetry = 10;     // s
constexpr int kSettle = 5;             // messages, before one is used
constexpr int kLeapPeriod = 86400;     // s
constexpr int kIntegrityPatience = 5;  // s

/// NTPsec: where its file is looked for, in this order.
constexpr std::array kFiles{"/etc/ntp/ntp.oncore.%u", "/etc/ntp/ntp.oncore%u",
                            "/etc/ntp/ntp.oncore",    "/etc/ntp.oncore.%u",
                            "/etc/ntp.oncore%u",      "/etc/ntp.oncore"};

/// A command with a number of 32 bits, most significant first, behind its letters.
std::string with_number(std::string_view letters, std::int32_t number) {
  std::string body(letters);
  for (int shift = 24; shift >= 0; shift -= 8) {
    body.push_back(static_cast<char>(static_cast<std::uint32_t>(number) >> shift & 0xff));
  }
  return body;
}
std::int32_t number_of(std::string_view data) {
  std::uint32_t number = 0;
  for (const char c : data.substr(0, 4)) number = number << 8 | static_cast<std::uint8_t>(c);
  return static_cast<std::int32_t>(number);
}

/// Motorola Oncore receivers: a message each second tells the second of the pulse before it, whose
/// stamp of the kernel is the sample.
class OncoreDriver final : public SerialDriver {
 public:
  explicit OncoreDriver(Feed& feed)
      : SerialDriver(feed, driver_oncore), pulse_(feed, "/dev/oncore.pps.%u") {}

  Result<void> open(Devices& devices) override {
    read_file(devices);
    pulse_.attach(devices, name(), file_.clear_edge.value_or(feed_.flag(2)),
                  feed_.flag(3) || file_.kernel);
    if (auto ready = pulse_.open(); !ready) return ready;
    framer_ = {};
    if (auto opened = open_port(devices, {.path = {}, .lines = false}); !opened) return opened;
    was_reset_ = false;
    start_over();
    return {};
  }
  void close() override {
    SerialDriver::close();
    pulse_.close();
    feed_.set_pulse(false);
  }

  void tick(const Moment&) override {
    pulse_.tick();
    // An answer to a reset may get lost, too.
    if (channels_ == 0 && ++waiting_ % kIdentityRetry == 0) start_over();
    if (channels_ != 0 && ++leap_age_ >= kLeapPeriod) {
      leap_age_ = 0;
      command(kAskLeap);
    }
  }

  std::optional<ClockEvent> poll(const Moment&) override {
    if (!feed_.has_samples()) {
      feed_.set_pulse(false);
      // It may have been switched off, and forgotten everything.
      if (++silent_polls_ > 2) start_over();
    } else {
      silent_polls_ = 0;
    }
    return take_trouble();
  }

 private:
  using Mode = OncoreFile::Mode;

  void read_file(Devices& devices) {
    file_ = {};
    file_.mode = Mode::Survey;
    for (const char* pattern : kFiles) {
      const std::string path = with_unit(pattern, feed_.settings().unit);
      const auto text = devices.small_file(path);
      if (!text) continue;
      file_ = parse_oncore_file(*text);
      note("Input mode = " + std::to_string(static_cast<int>(file_.mode)));
      for (const std::string& each : file_.complaints) {
        feed_.log(LogLevel::Warning, each, "REFCLOCK: " + name() + ": " + path + ": " + each);
      }
      return;
    }
  }

  void command(std::string_view body) { send(telegram::oncore_message(body)); }

  void start_over() {
    resetting_ = false;
    channels_ = 0;
    waiting_ = silent_polls_ = heard_ = 0;
    note("state = ONCORE_CHECK_ID");
    command(kAskIdentity);
    // Whatever it is, it answers to one of them.
    for (const auto each : {"Ba\x01"sv, "Ea\x01"sv, "Ha\x01"sv}) command(each);
  }

  void on_octets(ByteView octets, WallTime received) override {
    for (const std::uint8_t octet : octets) {
      const auto step = framer_.push(octet);
      if (step.broken) trouble(ClockEvent::BadFormat);
      if (step.message) on_message(*step.message, received);
    }
  }

  void on_message(const telegram::OncoreMessage& message, WallTime received) {
    if (message.name == "Cj") return on_identity(message.data);
    if (message.name == "Cf" && resetting_) return start_over();
    if (message.name == "Ay") {
      // Not each receiver can shift its pulse: what it confirms counts.
      offset_ = Duration(number_of(message.data));
      return;
    }
    if (const auto leap = telegram::decode_oncore_leap(message)) {
      leap_ = *leap;
      return;
    }
    if (const auto integrity = telegram::decode_oncore_integrity(message)) {
      return on_integrity(*integrity);
    }
    if (message.name != "Ba" && message.name != "Ea" && message.name != "Ha") return;
    const auto status = telegram::decode_oncore_status(message);
    if (!status) return trouble(status.error());
    on_status(*status, received);
  }

  void on_identity(std::string_view text) {
    std::size_t at = 0;
    while (at < text.size()) {
      const std::size_t end = std::min(text.find("\r\n", at), text.size());
      note(telegram::readable(text.substr(at, end - at)));
      at = end + 2;
    }
  }

  void on_status(const telegram::OncoreStatus& status, WallTime received) {
    if (resetting_ || (file_.channels != 0 && status.channels != file_.channels)) return;
    if (channels_ < status.channels) set_up(status.channels);
    if (status.channels != channels_ || ++heard_ <= kSettle) return;
    heard_ = std::min(heard_, kSettle + 1);
    if (integrity_age_ >= 0 && ++integrity_age_ > kIntegrityPatience) integrity_age_ = -1;
    status_ = status;
    // With integrity messages, the second is used when the verdict on it is there.
    status_at_ = received;
    status_pulse_ = pulse_.latest();
    if (integrity_age_ < 0) take();
  }

  void on_integrity(const telegram::OncoreIntegrity& integrity) {
    if (!status_) return;
    integrity_age_ = 0;
    // The receiver knows beforehand by how much the next pulse will be off.
    const int late = std::exchange(sawtooth_, integrity.sawtooth);
    if (!integrity.good) {
      status_.reset();
      feed_.set_pulse(false);
      return trouble(ClockEvent::BadSignal);
    }
    late_ = Duration(late);
    take();
  }

  void set_up(int channels) {
    if ((file_.mode == Mode::ResetHold || file_.mode == Mode::ResetSurvey) && !was_reset_) {
      was_reset_ = resetting_ = true;
      note("state = ONCORE_RESET_SENT");
      return command(kReset);
    }
    channels_ = channels;
    heard_ = 0;
    const bool integrity = file_.integrity.value_or(true);
    integrity_age_ = integrity ? 0 : -1;
    offset_ = Duration::zero();
    leap_age_ = 0;
    status_.reset();
    note("Using        chan = " + std::to_string(channels));
    for (const auto each : {kFix, kUtc, kStatic}) command(each);
    if (file_.mode != Mode::AsItIs) set_place(channels == 12);
    if (channels == 12) command("Gc" + std::string(1, static_cast<char>(file_.pulse_control)));
    if (integrity) {
      command(channels == 12 ? kIntegrity12 : channels == 8 ? kIntegrity8 : kIntegrity6);
    }
    command(kAskLeap);
    note("state = ONCORE_RUN");
  }

  /// NTPsec's lines of clockstats are those of its log.
  void note(const std::string& text) {
    feed_.stats("REFCLOCK: ONCORE[" + std::to_string(feed_.settings().unit) + "]: " + text);
  }

  /// Where the antenna is, how long its cable is, which satellites are high enough.
  void set_place(bool twelve) {
    if (file_.position) {
      const auto& [latitude, longitude, height] = *file_.position;
      const std::string place =
          with_number(with_number(with_number({}, latitude), longitude), height);
      const std::string kind(1, '\0');  // of the height: above the ellipsoid
      command(twelve ? kLoose12 : kLoose8);
      command("As" + place + kind);
      command(with_number("Au", height) + kind);
      if (twelve) {
        command("Ga" + place + kind);
      } else {
        command(with_number("Ad", latitude));
        command(with_number("Ae", longitude));
        command(with_number("Af", height) + kind);
      }
    }
    const bool holds = file_.mode == Mode::Hold || file_.mode == Mode::ResetHold;
    command(holds ? (twelve ? kHold12 : kHold8) : (twelve ? kSurvey12 : kSurvey8));
    command(with_number("Az", file_.delay));
    command(with_number("Ay", file_.offset));
    if (file_.mask) command("Ag" + std::string(1, static_cast<char>(*file_.mask)));
  }

  /// The second that the status tells began with the last pulse.
  void take() {
    const auto status = std::exchange(status_, std::nullopt);
    if (!status) return;
    if (!status_pulse_ || status_pulse_->sequence == sequence_) {
      feed_.set_pulse(false);
      return trouble(ClockEvent::Timeout);
    }
    const Pulse pulse = *status_pulse_;
    sequence_ = pulse.sequence;
    // The pulse of another second is not the message's.
    if (pulse.at > status_at_ || status_at_ - pulse.at >= std::chrono::seconds(1)) {
      return trouble(ClockEvent::Timeout);
    }
    telegram::Decoded decoded = status->decoded;
    if (decoded.civil.in_month_of_leap_second()) decoded.leap = leap_;
    const WallTime at = pulse.at - std::exchange(late_, Duration::zero()) - offset_;
    if (!accept(decoded, at, feed_.settings().time1)) {
      feed_.set_pulse(false);
      return;
    }
    feed_.set_pulse(true);
    note(*status, at);
  }

  void note(const telegram::OncoreStatus& status, WallTime at) {
    const auto& civil = status.decoded.civil;
    const auto stamp = NtpTimestamp::from_wall(at);
    const auto fraction = (at.time_since_epoch() % std::chrono::seconds(1)).count();
    const std::chrono::sys_days day = std::chrono::year(*civil.year) / *civil.month / *civil.day;
    const auto of_year =
        (day - std::chrono::sys_days(std::chrono::year(*civil.year) / 1 / 1)).count() + 1;
    char text[128];
    std::snprintf(text, sizeof text,
                  "%u.%09lld %d %d %2d %2d %2d %2lld rstat %02x dop %4.1f nsat %2d,%d traim %d",
                  stamp.seconds(), static_cast<long long>(fraction), *civil.year,
                  static_cast<int>(of_year), civil.hour, civil.minute, civil.second,
                  static_cast<long long>(to_seconds(at.time_since_epoch())) % 60, status.receiver,
                  status.dilution, status.visible, status.tracked, integrity_age_ >= 0 ? 1 : 0);
    feed_.timecode(text);
    note(text);
  }

  OncoreFile file_;
  bool was_reset_ = false;
  bool resetting_ = false;
  telegram::OncoreFramer framer_;
  SidePulse pulse_;
  std::optional<std::uint32_t> sequence_;
  int channels_ = 0;  // 0: not known yet
  int waiting_ = 0;   // s, for it to be known
  int heard_ = 0;     // messages since it is
  int silent_polls_ = 0;
  int leap_age_ = 0;        // s
  int integrity_age_ = -1;  // messages; -1: this receiver has none
  std::optional<telegram::OncoreStatus> status_;
  WallTime status_at_{};
  std::optional<Pulse> status_pulse_;  // the last one before it
  Leap leap_ = Leap::None;
  int sawtooth_ = 0;  // ns, of the next pulse
  Duration late_{};
  Duration offset_{};  // of the pulse, which the receiver gives it
};

}  // namespace

extern const DriverInfo driver_oncore{
    .name = "ONCORE",
    .description = "Motorola Oncore GPS Receiver",
    .number = 30,
    .device = "/dev/oncore.serial.%u",
    .refid = "GPS",
    .precision = -26,
    // NTPsec's; there is a sample each second.
    .set_polls =
        [](config::SourceSettings& settings) { settings.min_poll = settings.max_poll = 4; },
    .make = [](Feed& feed) -> std::unique_ptr<Driver> {
      return std::make_unique<OncoreDriver>(feed);
    },
};

}  // namespace ntp::refclock
