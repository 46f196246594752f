// SPDX-License-Identifier: BSD-2-Clause
#include <array>
#include <chrono>
#include <cmath>
#include <cstdio>

#include "ntpd/refclock/calendar.h"
#include "ntpd/refclock/driver.h"
#include "ntpd/refclock/feed.h"
#include "ntpd/refclock/lines.h"
#include "ntpd/refclock/nmea_sentence.h"
#include "ntpd/refclock/pulse_gate.h"
#include "ntpd/refclock/side_pulse.h"
#include "ntpd/refclock/telegram/telegram.h"

namespace ntp::refclock {
namespace {

constexpr std::string_view kDevice = "/dev/gps%u";
constexpr std::string_view kPulseDevice = "/dev/gpspps%u";
constexpr int kPrecision = -9;
constexpr int kPulsePrecision = -20;
constexpr std::size_t kLongestLine = 127;

// Mode bits.
constexpr std::array<int, kNmeaKinds> kSelects{0x1, 0x2, 0x4, 0x8, 0x8, 0x100};
constexpr int kSelection = 0xff0f;
constexpr int kLogDelay = 0x80;
constexpr int kLogTally = 0x10000;
constexpr int kRateShift = 4;

// How far a sentence may be from its pulse, s.
constexpr double kPulseTimeout = 1.5;
constexpr double kDeadBand = 0.45;

/// NTPsec: the rate is in the mode, or with `baud`; one that is none is 9600.
int baud_of(const config::SourceSettings& settings) {
  constexpr std::array kRates{4800, 9600, 19200, 38400, 57600, 115200};
  constexpr std::array kFaster{230400,  460800,  500000,  576000,  921600,  1000000, 1152000,
                               1500000, 2000000, 2500000, 3000000, 3500000, 4000000};
  if (settings.baud != 0) {
    const bool is_rate = std::ranges::find(kRates, settings.baud) != kRates.end() ||
                         std::ranges::find(kFaster, settings.baud) != kFaster.end();
    return is_rate ? settings.baud : 9600;
  }
  const auto code = static_cast<std::size_t>(settings.mode >> kRateShift & 7);
  return code < kRates.size() ? kRates[code] : 9600;
}

/// A GPS receiver that sends NMEA sentences, with or without its pulse.
class NmeaDriver final : public Driver {
 public:
  explicit NmeaDriver(Feed& feed)
      : feed_(feed),
        pulse_(feed, kPulseDevice),
        lines_(
            kLongestLine, [this](std::string_view line, WallTime at) { read(line, at); },
            [this] { malformed(ClockEvent::BadFormat); }) {}

  Result<void> open(Devices& devices) override {
    lines_.clear();
    SerialSettings serial;
    const config::SourceSettings& settings = feed_.settings();
    serial.path = settings.path.empty() ? with_unit(kDevice, settings.unit) : settings.path;
    serial.baud = baud_of(settings);
    if (settings.baud != 0 && settings.baud != serial.baud) {
      feed_.log(LogLevel::Warning, "baud",
                "REFCLOCK: " + name() + ": no such rate: " + std::to_string(settings.baud) +
                    " baud; 9600 is used");
    }
    StreamHandlers handlers;
    handlers.on_octets = [this](ByteView octets, WallTime at) { lines_.add(octets, at); };
    handlers.on_closed = [this](const std::string& reason) { feed_.lost(reason); };
    auto port = devices.open_serial(serial, std::move(handlers));
    if (!port) return Failure<Error>{port.error()};
    port_ = std::move(*port);
    feed_.set_precision(kPrecision);
    pulse_.attach(devices, name(), feed_.flag(2), feed_.flag(3));
    gate_.reset();
    return {};
  }

  void close() override {
    trouble_ = ClockEvent::Timeout;
    port_.reset();
    pulse_.close();
    edge_.reset();
  }
  void clock_stepped() override {
    gate_.clock_stepped();
    edge_.reset();
  }

  void tick(const Moment& now) override {
    now_ = now;
    if (feed_.flag(1)) pulse_.tick();
    watch_pulse();
  }

  std::optional<ClockEvent> poll(const Moment& now) override {
    now_ = now;
    if (!related_) {
      feed_.set_pulse(false);
      feed_.set_precision(kPrecision);
    }
    related_ = false;
    std::string text = feed_.timecode();
    if ((feed_.settings().mode & kLogTally) != 0) {
      std::array<char, 80> tally{};
      std::snprintf(tally.data(), tally.size(), "  %u %u %u %u %u %u", tally_.total,
                    tally_.accepted, tally_.rejected, tally_.malformed, tally_.filtered,
                    tally_.pulses);
      text = (text.empty() ? "(none)" : text) + tally.data();
    }
    feed_.stats(text);
    tally_ = {};
    // NTPsec says that nothing came even if it was bad, so that each poll has two events.
    return std::exchange(trouble_, ClockEvent::Timeout);
  }

 private:
  struct Tally {
    unsigned total = 0;
    unsigned accepted = 0;
    unsigned rejected = 0;
    unsigned malformed = 0;
    unsigned filtered = 0;
    unsigned pulses = 0;
  };

  [[nodiscard]] std::string name() const {
    return "NMEA(" + std::to_string(feed_.settings().unit) + ')';
  }

  /// The last edge that is no glitch, into edge_.
  void watch_pulse() {
    const auto pulse = pulse_.latest();
    if (!pulse) return;
    switch (gate_.admit(*pulse)) {
      case PulseGate::Verdict::Moved:
        feed_.forget();
        [[fallthrough]];
      case PulseGate::Verdict::Good:
        edge_ = pulse->at;
        break;
      case PulseGate::Verdict::Repeated:
      case PulseGate::Verdict::Glitch:
        break;
    }
  }

  void trouble(ClockEvent event) {
    trouble_ = event;
    feed_.report(event);
  }
  void malformed(ClockEvent event) {
    ++tally_.malformed;
    trouble(event);
  }

  void read(std::string_view line, WallTime received) {
    const auto sentence = parse_nmea(line);
    if (!sentence) return malformed(ClockEvent::BadFormat);
    ++tally_.total;
    if (sentence->kind == NmeaKind::Other) return;
    const auto index = static_cast<std::size_t>(sentence->kind);
    const int mode = feed_.settings().mode;
    if ((mode & kLogDelay) != 0) log_delay(*sentence, received);
    const bool selected = (mode & kSelection) == 0 || (mode & kSelects[index]) != 0;
    if (!selected || (gps_time_ && sentence->kind != NmeaKind::Zdg)) {
      ++tally_.filtered;
      return;
    }
    // NTPsec: who has once had a checksum has it always; RMC has one.
    if (!sentence->checksummed && (sentence->kind == NmeaKind::Rmc || had_checksum_[index])) {
      return malformed(ClockEvent::BadFormat);
    }
    had_checksum_[index] |= sentence->checksummed;
    use(*sentence, line, received);
  }

  void log_delay(const NmeaSentence& sentence, WallTime received) {
    const Duration since = received.time_since_epoch();
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "delay %0.6f ",
                  to_seconds(since - std::chrono::floor<std::chrono::seconds>(since)));
    feed_.stats(text.data() + ('$' + std::string(sentence.fields.front())));
  }

  void use(const NmeaSentence& sentence, std::string_view line, WallTime received) {
    const NmeaTime time = read_nmea_time(sentence);
    std::optional<WallTime> reference;
    if (time.time_of_day) {
      if (!time.has_date) {
        if (now_.synchronized) reference = nearest_day(*time.time_of_day, now_.wall);
      } else if (time.day) {
        reference = *time.day + *time.time_of_day;
        repair(*reference);
      }
    }
    const std::string text = feed_.flag(4) ? without_position(sentence, line) : std::string(line);
    const bool is_leap_second = time.time_of_day >= Duration(std::chrono::days(1));
    const bool is_impossible = is_leap_second && reference && !telegram::begins_month(*reference);
    const ClockEvent found = !time.time_of_day || is_impossible ? ClockEvent::BadTime
                             : !reference                       ? ClockEvent::BadDate
                             : !time.valid                      ? ClockEvent::BadFormat
                                                                : ClockEvent::Nominal;
    if (found != ClockEvent::Nominal) {
      feed_.timecode(text);
      ++(found == ClockEvent::BadFormat ? tally_.rejected : tally_.malformed);
      return trouble(found);
    }
    if (sentence.kind == NmeaKind::Zdg) {
      *reference -= std::chrono::seconds(1);  // it tells of the pulse to come
      if (!gps_time_) {
        feed_.log(LogLevel::Info, "gps time",
                  "REFCLOCK: " + name() + " using GPS time as if it were UTC");
      }
      gps_time_ = true;
    }
    // UTC has a leap second, the own clock has not: what was measured in one can't be used.
    if (last_reference_ == reference || is_leap_second) {
      ++tally_.filtered;
      return;
    }
    last_reference_ = reference;
    ++tally_.accepted;
    feed_.timecode(text);
    feed_.set_leap(Leap::None);
    relate(*reference, received);
  }

  void repair(WallTime& reference) {
    const int times = repair_week_rollover(reference);
    if (times == rollovers_) return;
    rollovers_ = times;
    feed_.log(LogLevel::Info, "rollover",
              "REFCLOCK: " + name() + " date advanced by " + std::to_string(times * 1024) +
                  " weeks, WNRO");
  }

  /// The sentence belongs to the pulse next to it, if there is one, which then gives the stamp.
  void relate(WallTime reference, WallTime received) {
    const double text_fudge = feed_.settings().time2;
    const double pulse_fudge = feed_.settings().time1;
    watch_pulse();
    if (edge_) {
      const double apart = to_seconds(received - *edge_) + pulse_fudge - text_fudge;
      const double seconds = std::floor(apart + 0.5);
      if (std::abs(apart) <= kPulseTimeout && std::abs(apart - seconds) <= kDeadBand) {
        related_ = true;
        feed_.set_precision(kPulsePrecision);
        const double fudge = pulse_fudge - seconds;
        const double offset = to_seconds(reference - *edge_) + fudge;
        if (now_.synchronized && std::abs(offset) <= kDeadBand) {
          feed_.set_pulse(true);
          ++tally_.pulses;
        }
        return feed_.offset(offset, *edge_);
      }
    }
    feed_.sample(reference, received, text_fudge);
  }

  Feed& feed_;
  SidePulse pulse_;
  LineAssembler lines_;
  std::unique_ptr<SerialPort> port_;
  PulseGate gate_;
  std::optional<WallTime> edge_;
  ClockEvent trouble_ = ClockEvent::Timeout;  // of a poll without samples
  bool related_ = false;                      // since the last poll
  Moment now_;
  Tally tally_;
  std::array<bool, kNmeaKinds> had_checksum_{};
  bool gps_time_ = false;
  std::optional<WallTime> last_reference_;
  int rollovers_ = 0;
};

}  // namespace

extern const DriverInfo driver_nmea{
    .name = "NMEA",
    .description = "NMEA GPS Clock",
    .number = 20,
    .device = kDevice,
    .refid = "GPS",
    .precision = kPrecision,
    .make = [](Feed& feed) -> std::unique_ptr<Driver> {
      return std::make_unique<NmeaDriver>(feed);
    },
};

}  // namespace ntp::refclock
