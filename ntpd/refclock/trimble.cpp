// SPDX-License-Identifier: BSD-2-Clause
#include <cstdio>

#include "ntpd/refclock/serial_driver.h"
#include "ntpd/refclock/telegram/palisade.h"

namespace ntp::refclock {

extern const DriverInfo driver_trimble;

namespace {

using namespace std::string_view_literals;
using telegram::TrimbleModel;

constexpr int kModelBits = 0x7f;       // of the subtype
constexpr int kFewestSamples = 7;      // of a poll
constexpr double kSerialError = 1e-6;  // s

/// UTC, not GPS time; the messages of the pulse and its quality. Resolution: no pulse without a
/// satellite.
constexpr auto kUtc = "\x8e\xa2\x03"sv;
constexpr auto kReports = "\x8e\xa5\x00\x05"sv;
constexpr auto kPulseWithSatellite = "\x8e\x4e\x03"sv;
constexpr auto kAskTime = "\x21"sv;
constexpr auto kAskSignal = "SPSTAT\r\n"sv;

struct Kind {
  TrimbleModel model;
  std::string_view name;
  bool parity;
  int baud;
  bool by_event;  // it tells when something happened at its input, which is our doing
  double error;   // s
};
constexpr Kind kKinds[] = {
    {TrimbleModel::Palisade, "Palisade", true, 9600, true, kSerialError},
    {TrimbleModel::Praecis, "Praecis", true, 9600, true, 2e-5},
    {TrimbleModel::Thunderbolt, "Thunderbolt", false, 9600, false, 0.023},
    {TrimbleModel::Acutime, "Acutime Gold", true, 9600, true, kSerialError},
    {TrimbleModel::ResolutionSmt, "Resolution SMT", true, 9600, false, kSerialError},
    {TrimbleModel::AceIII, "ACE III", true, 9600, true, kSerialError},
    {TrimbleModel::Copernicus, "Copernicus II", false, 38400, false, kSerialError},
};

/// Whether it is told of the second by an edge on RTS.
bool wants_edges(const Kind& kind, const config::SourceSettings& settings) {
  constexpr unsigned kFlag3 = 4;
  return kind.by_event && kind.model != TrimbleModel::AceIII && (settings.flags & kFlag3) == 0;
}

/// Null if there is no receiver of this subtype.
const Kind* find_kind(int mode) {
  const auto model = static_cast<TrimbleModel>(mode & kModelBits);
  const auto* found = std::ranges::find(kKinds, model, &Kind::model);
  return found == std::end(kKinds) ? nullptr : found;
}

/// Trimble's timing receivers (and EndRun's Praecis), by TSIP. Those with an event input stamp an
/// edge that the driver makes on RTS, or with flag3 on the data line, once a second.
class TrimbleDriver final : public SerialDriver {
 public:
  explicit TrimbleDriver(Feed& feed)
      : SerialDriver(feed, driver_trimble), kind_(find_kind(feed.settings().mode)) {}

  Result<void> open(Devices& devices) override {
    framer_ = {};
    text_.clear();
    decoder_ = telegram::TrimbleDecoder(kind_->model);
    event_.reset();
    polls_ = samples_ = 0;
    SerialSettings line{.path = {},
                        .baud = kind_->baud,
                        .parity = kind_->parity ? Parity::Odd : Parity::None,
                        .lines = false};
    if (wants_edges(*kind_, feed_.settings())) line.rts = true;  // idle
    if (auto opened = open_port(devices, line); !opened) return opened;
    low_ = false;
    if (kind_->model == TrimbleModel::Thunderbolt || kind_->model == TrimbleModel::ResolutionSmt) {
      send(telegram::tsip_message(kUtc));
      if (kind_->model == TrimbleModel::ResolutionSmt) {
        send(telegram::tsip_message(kPulseWithSatellite));
      }
      send(telegram::tsip_message(kReports));
    }
    return {};
  }

  void tick(const Moment& now) override {
    if (!kind_->by_event) return;
    if (kind_->model == TrimbleModel::AceIII) {
      send(telegram::tsip_message(kAskTime));
    } else if (feed_.flag(3)) {
      send("\0"sv);
    } else if (!low_) {
      // The edge that counts comes at the next tick: the receivers want a pulse that is shorter
      // than anything that can be made here, or longer than 0.6 s.
      low_ = port_->set_rts(false).has_value();
      return;
    } else {
      (void)port_->set_rts(true);
      low_ = false;
    }
    event_ = now.wall;
  }

  std::optional<ClockEvent> poll(const Moment&) override {
    const int samples = std::exchange(samples_, 0);
    // NTPsec: what came before the first poll, and after an edge while opening, does not count.
    if (polls_++ == 0) {
      feed_.drop_samples();
      return std::nullopt;
    }
    if (samples < kFewestSamples) {
      feed_.drop_samples();
      return take_trouble();
    }
    if (kind_->model == TrimbleModel::Praecis) send(kAskSignal);
    feed_.stats(feed_.timecode());
    return take_trouble();
  }

  void clock_stepped() override { event_.reset(); }

 private:
  void on_octets(ByteView octets, WallTime received) override {
    for (const std::uint8_t octet : octets) {
      if (kind_->model == TrimbleModel::Praecis && on_text(octet)) continue;
      const auto step = framer_.push(octet, received);
      if (step.broken) trouble(ClockEvent::BadFormat);
      if (step.packet) on_packet(*step.packet);
    }
  }

  /// The Praecis' answer about its signal is a line of 33 characters between messages.
  bool on_text(std::uint8_t octet) {
    constexpr std::size_t kSize = 33;
    const char c = static_cast<char>(octet);
    if (text_.empty() && (framer_.is_within() || "6L789ADTP"sv.find(c) == std::string_view::npos)) {
      return false;
    }
    if (c == '\n' || text_.size() > kSize) {
      if (text_.size() == kSize) feed_.stats(text_);
      text_.clear();
    } else if (c >= ' ' && c <= '~') {
      text_.push_back(c);
    }
    return true;
  }

  void on_packet(const telegram::TsipPacket& packet) {
    const auto report = decoder_.take(packet, feed_.settings().time2);
    if (!report || polls_ == 0) return;
    if (!report->time) return trouble(report->time.error());
    WallTime at = report->at;
    telegram::Decoded decoded = *report->time;
    if (kind_->by_event) {
      // A second answer to the same event is none.
      if (!event_) return;
      at = *event_;
      event_.reset();
      // Asked at any time, the ACE III tells whole seconds: the own fraction is as good as any.
      if (kind_->model == TrimbleModel::AceIII) {
        const auto since = at.time_since_epoch();
        decoded.civil.fraction = since - std::chrono::floor<std::chrono::seconds>(since);
      }
    }
    if (!decoded.error_bound) decoded.error_bound = kind_->error;
    if (!accept(decoded, at, feed_.settings().time1)) return;
    ++samples_;
    note(decoded.civil);
  }

  void note(const telegram::Civil& civil) {
    const auto utc = moment(civil, {});
    if (!utc) return;
    const telegram::Civil plain = telegram::civil_of(*utc);
    const auto year = std::chrono::year(*plain.year);
    const std::chrono::sys_days day = year / *plain.month / *plain.day;
    const auto of_year = (day - std::chrono::sys_days(year / 1 / 1)).count() + 1;
    char text[64];
    std::snprintf(text, sizeof text, "%4d %03d %02d:%02d:%02d.%09lld", *plain.year,
                  static_cast<int>(of_year), plain.hour, plain.minute, plain.second,
                  static_cast<long long>(plain.fraction.count()));
    feed_.timecode(text);
  }

  const Kind* kind_;
  telegram::TsipFramer framer_;
  telegram::TrimbleDecoder decoder_{TrimbleModel::Palisade};
  std::string text_;
  std::optional<WallTime> event_;  // the edge that the next answer is about
  bool low_ = false;
  int polls_ = 0, samples_ = 0;
};

}  // namespace

extern const DriverInfo driver_trimble{
    .name = "TRIMBLE",
    .description = "Trimble Palisade/Thunderbolt/Acutime/Resolution SMT/ACE/Copernicus GPSes",
    .number = 29,
    .device = "/dev/trimble%u",
    .refid = "GPS",
    .precision = -20,
    .knows_mode = [](int mode) { return find_kind(mode) != nullptr; },
    // NTPsec's, whose receivers give a sample each second; those with an edge every other second
    // need the longer of them.
    .set_polls =
        [](config::SourceSettings& settings) {
          const auto* kind = find_kind(settings.mode);
          const bool by_edge = kind != nullptr && wants_edges(*kind, settings);
          settings.min_poll = by_edge ? 5 : 4;
          settings.max_poll = 5;
        },
    .make = [](Feed& feed) -> std::unique_ptr<Driver> {
      return std::make_unique<TrimbleDriver>(feed);
    },
};

}  // namespace ntp::refclock
