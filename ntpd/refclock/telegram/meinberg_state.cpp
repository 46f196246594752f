// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/refclock/telegram/meinberg_state.h"

#include <array>
#include <bit>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <numbers>

namespace ntp::refclock::telegram {
namespace {

enum Command : unsigned {
  kVersion = 0x002,
  kBuffered = 0x003,
  kXyz = 0x005,
  kLla = 0x006,
  kAntenna = 0x00a,
  kSatellites = 0x100,
  kUtc = 0x103,
  kMessage = 0x105,
};
constexpr std::size_t kVersionName = 17;
constexpr std::size_t kMessageText = 23;
constexpr int kNumbers = 32;  // of satellites
constexpr long kDay = 86400;

/// Reads numbers, least significant octet first. Beyond the end there are zeros, and it is `bad`.
class Reader {
 public:
  explicit Reader(std::string_view data) : data_(data) {}

  [[nodiscard]] bool bad() const { return bad_; }
  std::uint8_t octet() {
    if (at_ >= data_.size()) {
      bad_ = true;
      return 0;
    }
    return static_cast<std::uint8_t>(data_[at_++]);
  }
  unsigned word() {
    const unsigned low = octet();
    return low | static_cast<unsigned>(octet()) << 8;
  }
  int signed_word() { return static_cast<std::int16_t>(word()); }
  std::uint32_t double_word() {
    const std::uint32_t low = word();
    return low | static_cast<std::uint32_t>(word()) << 16;
  }
  std::int32_t signed_double_word() { return static_cast<std::int32_t>(double_word()); }
  /// IEEE 754, words most significant first, octets within them least significant first.
  double real() {
    std::uint64_t bits = 0;
    for (int i = 0; i < 4; ++i) bits = bits << 16 | word();
    const double value = std::bit_cast<double>(bits);
    return std::isfinite(value) && std::abs(value) < 1e12 ? value : 0;
  }
  /// Up to a NUL.
  std::string text(std::size_t size) {
    std::string all;
    for (std::size_t i = 0; i < size; ++i) all.push_back(static_cast<char>(octet()));
    return readable(std::string_view(all).substr(0, all.find('\0')));
  }

 private:
  std::string_view data_;
  std::size_t at_ = 0;
  bool bad_ = false;
};

template <class... Values>
std::string format(const char* form, Values... values) {
  std::array<char, 200> text{};
  std::snprintf(text.data(), text.size(), form, values...);
  return text.data();
}

std::string version(Reader& reader) {
  const unsigned code = reader.word();
  const std::string name = reader.text(kVersionName);
  return format("%x.%02x", code >> 8, code & 0xff) + (name.empty() ? "" : " ") + name;
}

std::string buffered(Reader& reader) {
  constexpr std::array<std::string_view, 5> kNames{"Configuration/Health", "Almanachs",
                                                   "UTC Correction", "Ionospheric Correction",
                                                   "Receiver Position"};
  const unsigned status = reader.word();
  std::string missing;
  for (std::size_t bit = 0; bit < kNames.size(); ++bit) {
    if ((status >> bit & 1) == 0) continue;
    missing += (missing.empty() ? "" : ", ") + std::string(kNames[bit]);
  }
  return format("[0x%04x] ", status) +
         (status == 0 ? "<all buffered data complete>" : "incomplete buffered data: " + missing);
}

std::string xyz(Reader& reader) {
  const double x = reader.real(), y = reader.real(), z = reader.real();
  return format("%.1f m, %.1f m, %.1f m", x, y, z);
}

std::string lla(Reader& reader) {
  constexpr double kDegree = 180 / std::numbers::pi;
  const double latitude = reader.real(), longitude = reader.real(), altitude = reader.real();
  return format("%.4f deg, %.4f deg, %.1f m", latitude * kDegree, longitude * kDegree, altitude);
}

std::string moment(Reader& reader) {
  const int year = reader.signed_word();
  const int month = reader.octet(), day = reader.octet();
  reader.word();   // of the year
  reader.octet();  // of the week
  const int hour = reader.octet(), minute = reader.octet(), second = reader.octet();
  const auto fraction = static_cast<long>(reader.signed_double_word());
  const auto east = static_cast<long>(reader.signed_double_word());
  reader.word();  // status
  return format("%04d-%02d-%02d %02d:%02d:%02d.%07ld (%c%02ld%02ld) ", year, month, day, hour,
                minute, second, fraction, east < 0 ? '-' : '+', std::labs(east) / 3600,
                std::labs(east) / 60 % 60);
}

std::string antenna(Reader& reader) {
  const int status = reader.signed_word();
  const std::string lost = moment(reader);
  const std::string back = moment(reader);
  const auto off = static_cast<long>(reader.signed_double_word());
  switch (status) {
    case 0:
      return "<OK>";
    case 1:
      return "DISCONNECTED since " + lost;
    case 2:
      return "SYNC AFTER RECONNECT on " + back +
             format(", clock offset at reconnect %c%ld.%07ld s, disconnect time ",
                    off < 0 ? '-' : '+', std::labs(off) / 10000, std::labs(off) % 10000) +
             lost;
    default:
      return format("bad status 0x%04x", static_cast<unsigned>(status) & 0xffff);
  }
}

/// A time of the GPS, as week and second of it.
std::string gps_time(Reader& reader) {
  const unsigned week = reader.word();
  const auto second = static_cast<long>(reader.double_word());
  const auto tick = static_cast<long>(reader.double_word());
  return format("week %u + %ld days + %ld.%07ld sec", week, second / kDay, second % kDay, tick);
}

std::string health_text(unsigned health) {
  if (health == 0x3f) return format("health=0x%02x (SV UNAVAILABLE)", health);
  const char* signals = "TRANSMISSION PROBLEMS";
  if ((health & 0x1f) == 0) signals = "SIGNAL OK";
  if ((health & 0x1f) == 0x1c) signals = "SV IS TEMP OUT";
  if ((health & 0x1f) == 0x1d) signals = "SV WILL BE TEMP OUT";
  return format("health=0x%02x (DATA %s, %s)", health, (health & 0x20) != 0 ? "BAD" : "OK",
                signals);
}

std::string kind_text(unsigned kind) {
  constexpr std::array<const char*, 8> kKinds{
      "(reserved)", "BLOCK II/IIA/IIR", "BLOCK IIR-M",     "BLOCK IIF",
      "BLOCK III",  "unknown SV type",  "unknown SV type", "unknown SV type"};
  return format("cfg=0x%02x (%s%s)", kind, kKinds[kind & 7], (kind & 8) != 0 ? ", A-S on" : "");
}

std::vector<Told> satellites(Reader& reader) {
  reader.word();  // checksum
  if (reader.signed_word() == 0) return {};
  std::vector<Told> all;
  for (const char* name : {"gps_tot_51", "gps_tot_63", "gps_t0a"}) {
    all.push_back({name, gps_time(reader), false});
  }
  std::array<unsigned, kNumbers> kinds{};
  for (unsigned& each : kinds) each = reader.word();
  for (int i = 0; i < kNumbers; ++i) {
    const std::string health = health_text(reader.word());
    all.push_back({format("sv_info[%d]", i),
                   format("PRN%d; ", i + kNumbers) + health + "; " +
                       kind_text(kinds[static_cast<std::size_t>(i)]),
                   false});
  }
  return all;
}

std::string utc(Reader& reader) {
  reader.word();  // checksum
  const bool valid = reader.signed_word() != 0;
  reader.word();  // week, second and tick that the correction is of
  reader.double_word();
  reader.double_word();
  reader.real();
  reader.real();
  int week = static_cast<int>(reader.word());
  const int day = reader.signed_word();
  const int before = static_cast<std::int8_t>(reader.octet());
  const int after = static_cast<std::int8_t>(reader.octet());
  if (!valid) return "<NO UTC DATA>";
  if (before == after) {
    return format("UTC offset parameter: %is, no leap second announced.", before);
  }
  // Of weeks only the last ten bits are told.
  constexpr int kWrap = 990, kWeeks = 1024;
  if (week < kWrap) week += kWeeks;
  using namespace std::chrono;
  const year_month_day date(sys_days(year(1980) / 1 / 6) + days(week * 7 + day - 1));
  return format(
      "UTC offset transition from %is to %is due to leap second %s at UTC midnight at the end of "
      "%04i-%02u-%02u",
      before, after, before < after ? "insertion" : "deletion", static_cast<int>(date.year()),
      static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
}

std::string message(Reader& reader) {
  reader.word();  // checksum
  const bool valid = reader.signed_word() != 0;
  const std::string text = reader.text(kMessageText);
  return valid ? text : "<None>";
}

unsigned sum_of(std::string_view octets) {
  unsigned sum = 0;
  for (const char c : octets) sum += static_cast<std::uint8_t>(c);
  return sum & 0xffff;
}

void append_word(std::string& octets, unsigned word) {
  octets.push_back(static_cast<char>(word & 0xff));
  octets.push_back(static_cast<char>(word >> 8 & 0xff));
}

}  // namespace

std::vector<Told> decode_meinberg_state(unsigned command, std::string_view data) {
  struct Kind {
    unsigned command;
    const char* name;
    std::string (*text)(Reader&);
  };
  constexpr std::array<Kind, 7> kKinds{{{kVersion, "meinberg_gps_version", version},
                                        {kBuffered, "meinberg_gps_status", buffered},
                                        {kXyz, "gps_position(XYZ)", xyz},
                                        {kLla, "gps_position(LLA)", lla},
                                        {kAntenna, "meinberg_antenna_status", antenna},
                                        {kUtc, "gps_utc_correction", utc},
                                        {kMessage, "gps_message", message}}};
  Reader reader(data);
  std::vector<Told> told;
  if (command == kSatellites) told = satellites(reader);
  for (const Kind& kind : kKinds) {
    if (kind.command == command) told.push_back({kind.name, kind.text(reader), true});
  }
  if (reader.bad()) told.clear();
  return told;
}

std::string meinberg_state_request(unsigned step) {
  constexpr std::array kTurns{kVersion, kBuffered,   kUtc, kMessage,
                              kAntenna, kSatellites, kXyz, kLla};
  return meinberg_message(kTurns[step % kTurns.size()], {});
}

std::string meinberg_message(unsigned command, std::string_view data) {
  std::string head;
  append_word(head, command);
  append_word(head, static_cast<unsigned>(data.size()));
  append_word(head, sum_of(data));
  append_word(head, sum_of(head));
  return '\x01' + head + std::string(data);
}

}  // namespace ntp::refclock::telegram
