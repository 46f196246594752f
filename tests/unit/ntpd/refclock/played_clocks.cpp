// SPDX-License-Identifier: BSD-2-Clause
#include "tests/unit/ntpd/refclock/played_clocks.h"

#include <array>
#include <bit>
#include <cstdint>
#include <cstdio>
#include <vector>

#include "ntpd/refclock/telegram/oncore.h"
#include "ntpd/refclock/telegram/telegram.h"
#include "ntpd/refclock/telegram/tsip.h"

namespace ntp::refclock::played {

namespace {

using std::chrono::hours;
using std::chrono::seconds;
constexpr hours kCentralEurope{1}, kJapan{9};
constexpr std::int64_t kGpsEpoch = 315'964'800;  // 1980-01-06
constexpr int kGpsAhead = 18;                    // s, of UTC

template <class... Values>
std::string text(const char* format, Values... values) {
  char buffer[160];
  std::snprintf(buffer, sizeof buffer, format, values...);
  return buffer;
}
/// Most significant octet first.
std::string bytes(std::uint64_t value, int count) {
  std::string octets;
  for (int i = count; i-- > 0;) octets.push_back(static_cast<char>(value >> (8 * i)));
  return octets;
}
std::string byte(int value) { return bytes(static_cast<unsigned>(value), 1); }
std::string word(int value) { return bytes(static_cast<unsigned>(value), 2); }
std::string single(float value) { return bytes(std::bit_cast<std::uint32_t>(value), 4); }
std::string twice(double value) { return bytes(std::bit_cast<std::uint64_t>(value), 8); }
std::string zeros(std::size_t count) { return std::string(count, '\0'); }

unsigned exclusive_or(std::string_view octets) {
  unsigned sum = 0;
  for (const char c : octets) sum ^= static_cast<std::uint8_t>(c);
  return sum;
}
bool has(std::string_view written, std::string_view command) {
  return written.find(command) != std::string_view::npos;
}

struct Arbiter final : Voice {
  std::string second() override {
    if (!sending) return {};
    const Said t = said();
    // The end of a line is when the next one is on time.
    return text("\r\n%c %02d %03d %02d:%02d:%02d.000   ", lie.no_signal ? '?' : ' ', t.year % 100,
                t.day_of_year, t.hour, t.minute, t.second);
  }
  std::string answer(std::string_view written) override {
    std::string reply;
    for (; written.size() >= 2; written.remove_prefix(2)) {
      const auto command = written.substr(0, 2);
      if (command == "TQ") reply += "TQ0\r\n";
      if (command == "SR") reply += "SRV=08 S=10 T=8 P=01.2 E=00\r\n";
      if (command == "B5") reply += "B5";
      if (command == "B0") reply += "\r\n";
      if (command[0] == 'B') sending = command == "B5";
    }
    return reply;
  }
  bool sending = false;
};

struct Meinberg final : Voice {
  std::string second() override {
    const Said t = said();
    return text(
        "\x02"
        "D:%02d.%02d.%02d;T:%d;U:%02d.%02d.%02d;%c%cU%c\x03",
        t.day, t.month, t.year % 100, t.weekday, t.hour, t.minute, t.second,
        lie.no_signal ? '#' : ' ', lie.runs_free ? '*' : ' ', lie.announces_leap ? 'A' : ' ');
  }
};

struct MeinbergGps final : Voice {
  std::string second() override {
    const Said t = said();
    return text(
        "\x02%02d.%02d.%02d; %d; %02d:%02d:%02d; +00:00; %c%c  %c  ; 49.5736N  11.0280E "
        " 373m\x03",
        t.day, t.month, t.year % 100, t.weekday, t.hour, t.minute, t.second,
        lie.no_signal ? '#' : ' ', lie.runs_free ? '*' : ' ', lie.announces_leap ? 'A' : ' ');
  }
};

struct Elv final : Voice {
  std::string second() override {
    const Said t = said(kCentralEurope);
    return text("%02d-%02d-%02d-%02d-%02d-%02d-%02d-0%d\r", t.year % 100, t.month, t.day, t.weekday,
                t.hour, t.minute, t.second, lie.runs_free ? 4 : 0);
  }
};

struct Schmid final : Voice {
  std::string answer(std::string_view written) override {
    if (!has(written, "s")) return {};
    const Said t = said(kCentralEurope);
    return byte(t.hour) + byte(t.minute) + byte(t.second) + byte(0) + byte(t.day) + byte(t.month) +
           byte(t.year % 100) +
           byte(lie.no_signal   ? 0
                : lie.runs_free ? 1
                                : 3) +
           byte(lie.announces_leap ? 0x18 : 0x08) + byte(0) + "\xfd";
  }
};

/// Pulses of DCF77: a minute tells of the one behind it.
struct RawDcf77 final : Voice {
  [[nodiscard]] bool each_second() const override { return true; }
  std::string second() override {
    const auto position =
        static_cast<std::size_t>(std::chrono::floor<seconds>(now.time_since_epoch()).count() % 60);
    if (position == 59) return {};
    if (position == 0 || bits.empty()) bits = minute();
    return bits[position] ? zeros(1) : "\xf0";
  }
  [[nodiscard]] std::vector<bool> minute() const {
    const auto begin = std::chrono::floor<std::chrono::minutes>(now.time_since_epoch());
    const Said t = said_of(WallTime(begin + std::chrono::minutes(1)), kCentralEurope);
    std::vector<bool> made(59);
    made[18] = made[20] = true;  // winter, and the start of the time
    made[19] = lie.announces_leap;
    const auto put = [&made](std::size_t first, std::size_t count, int value) {
      const int coded = value % 10 | value / 10 << 4;
      for (std::size_t i = 0; i < count; ++i) made[first + i] = (coded >> i & 1) != 0;
    };
    put(21, 7, t.minute);
    put(29, 6, t.hour);
    put(36, 6, t.day);
    put(42, 3, t.weekday);
    put(45, 5, t.month);
    put(50, 8, t.year % 100);
    for (const auto& [first, last] :
         {std::pair<std::size_t, std::size_t>(21, 28), {29, 35}, {36, 58}}) {
      bool odd = lie.wrong_sum;
      for (std::size_t i = first; i < last; ++i) odd ^= made[i];
      made[last] = odd;
    }
    return made;
  }
  std::vector<bool> bits;
};

struct Taip final : Voice {
  std::string answer(std::string_view written) override {
    if (!has(written, ">QTM<")) return {};
    const Said t = said();
    const std::string body = text(">RTM%02d%02d%02d000%02d%02d%04d18%c07100000;*", t.hour, t.minute,
                                  t.second, t.day, t.month, t.year, lie.no_signal ? '9' : '0');
    return body + text("%02X<", exclusive_or(body) ^ (lie.wrong_sum ? 1U : 0U));
  }
};

struct Rcc8000 final : Voice {
  std::string answer(std::string_view written) override {
    if (!has(written, "\r")) return {};
    const Said t = said();
    return text("%02d:%02d:%02d.000 %02d/%02d/%02d %03d %d %c\r\n", t.hour, t.minute, t.second,
                t.day, t.month, t.year % 100, t.day_of_year, t.weekday, lie.no_signal ? '2' : 'A');
  }
};

struct Hopf final : Voice {
  std::string second() override {
    const Said t = said();
    return text(
        "\x02"
        "%c%X%02d%02d%02d%02d%02d%02d\n\r\x03",
        lie.no_signal   ? '0'
        : lie.runs_free ? '4'
                        : 'C',
        8U + static_cast<unsigned>(t.weekday), t.hour, t.minute, t.second, t.day, t.month,
        t.year % 100);
  }
};

struct Computime final : Voice {
  std::string second() override {
    const Said t = said();
    return text("T:%02d:%02d:%02d:%02d:%02d:%02d:%02d\r\n", t.year % 100, t.month, t.day, t.weekday,
                t.hour, t.minute, t.second);
  }
};

struct Varitext final : Voice {
  std::string second() override {
    const Said t = said();
    return text("T:%02d:%02d:%02d:%02d:%02d:%02d:%02d\r\n%cxxx", t.year % 100, t.month, t.day,
                t.weekday, t.hour, t.minute, t.second,
                lie.no_signal   ? '`'
                : lie.runs_free ? 'a'
                                : 'c');
  }
};

struct Wharton final : Voice {
  std::string second() override {
    const Said t = said();
    std::string digits =
        text("%02d%02d%02d%02d%02d%02d", t.second, t.minute, t.hour, t.day, t.month, t.year % 100);
    for (std::size_t i = 0; i < digits.size(); i += 2) std::swap(digits[i], digits[i + 1]);
    return '\x02' + digits + (lie.runs_free ? "0\x03" : "4\x03");
  }
};

struct Sel240x final : Voice {
  std::string answer(std::string_view written) override {
    if (!has(written, "BUB8")) return {};
    const Said t = said();
    return text("\x01%04d:%03d:%02d:%02d:%02d%c\r\n", t.year, t.day_of_year, t.hour, t.minute,
                t.second,
                lie.no_signal   ? '?'
                : lie.runs_free ? '.'
                                : ' ');
  }
};

struct HpGps final : Voice {
  std::string second() override {
    if (!std::exchange(wanted, false)) return {};
    const Said t = said();
    const std::string body =
        text("T2%04d%02d%02d%02d%02d%02d30%c0%d", t.year, t.month, t.day, t.hour, t.minute,
             t.second, lie.announces_leap ? '+' : '0', lie.no_signal ? 1 : 0);
    unsigned sum = lie.wrong_sum ? 1 : 0;
    for (const char c : body) sum += static_cast<std::uint8_t>(c);
    return "scpi > " + body + text("%02X\r\n", sum & 0xff);
  }
  std::string answer(std::string_view written) override {
    if (has(written, ":PTIME:TCODE?")) wanted = true;
    return has(written, "*IDN?") ? "HEWLETT-PACKARD,58503A,3542A01234,3543A\r\n" : "";
  }
  bool wanted = false;
};

/// JJY01, and with another question GPS01: a dialogue.
struct Tristate final : Voice {
  std::string answer(std::string_view written) override {
    const Said t = said(kJapan);
    if (has(written, "time\r\n") || has(written, "stim\r\n")) {
      return text("%02d:%02d:%02d\r\n", t.hour, t.minute, t.second);
    }
    if (has(written, "date\r\n")) return text("%04d/%02d/%02d WED\r\n", t.year, t.month, t.day);
    return has(written, "stus\r\n") ? "*R\r\n" : "";
  }
};

struct Jst2000 final : Voice {
  std::string answer(std::string_view written) override {
    if (!has(written, "1J\x03")) return {};
    const Said t = said(kJapan);
    return text("\x02J%02d%02d%02d%d%02d%02d%02d0\x03", t.year % 100, t.month, t.day, t.weekday % 7,
                t.hour, t.minute, t.second);
  }
};

struct Lt2000 final : Voice {
  std::string answer(std::string_view written) override {
    if (!has(written, "C")) return {};
    const Said t = said(kJapan);
    const std::string body = text("%02d%02d%02d%d%02d%02d%02d", t.year % 100, t.month, t.day,
                                  t.weekday % 7, t.hour, t.minute, t.second);
    const unsigned sum = exclusive_or(body) ^ (lie.wrong_sum ? 1U : 0U);
    return body +
           text("%c%c\r", static_cast<int>(0x30 | sum >> 4), static_cast<int>(0x30 | (sum & 15)));
  }
};

struct Jjy200 final : Voice {
  std::string second() override {
    const Said t = said(kJapan);
    return text("'OK %02d/%02d/%02d %d %02d:%02d:%02d\r", t.year % 100, t.month, t.day,
                t.weekday % 7, t.hour, t.minute, t.second);
  }
};

/// A second is announced, then marked.
struct Tdc300 final : Voice {
  std::string second() override {
    const Said t = said(kJapan);
    return text("\x02%02d%02d%02d%d%02d%02d%02d\x03\x02\xe5\x03", t.year % 100, t.month, t.day,
                t.weekday % 7, t.hour, t.minute, t.second);
  }
};

struct Nist final : Voice {
  std::string second() override {
    if (!connected) return {};
    const Said t = said();
    return text("61369 %02d-%02d-%02d %02d:%02d:%02d 00 %c +.1 045.0 UTC(NIST) #\r\n", t.year % 100,
                t.month, t.day, t.hour, t.minute, t.second, lie.announces_leap ? '1' : '0');
  }
  std::string answer(std::string_view written) override {
    connected = has(written, "ATDT") || (connected && !has(written, "ATB"));
    if (has(written, "ATDT")) return "\r\nCONNECT 1200\r\n";
    return has(written, "ATB") ? "\r\nOK\r\n" : "";
  }
  bool connected = false;
};

/// Japan's telephone service behind a modem.
struct TelJjy final : Voice {
  [[nodiscard]] bool each_second() const override { return true; }
  std::string second() override {
    if (times == 0) return {};
    const Said t = said(kJapan);
    return text("%02d%02d%02d\r\n", t.hour, t.minute, t.second) + (--times == 0 ? ">" : "");
  }
  std::string answer(std::string_view written) override {
    if (has(written, "ATDW")) return "\r\nCONNECT 2400\r\nName ? ";
    if (written.starts_with("AT") || has(written, "+++")) return "\r\nOK\r\n";
    if (has(written, "TJJY\r")) return "Welcome\r\n>";
    if (has(written, "LOOP\r")) return "LOOP\r\n>";
    if (has(written, ">")) return ">";
    if (has(written, "COM\r")) return "COM\r\n>";
    if (has(written, "TIME\r")) {
      times = 3;
      return "TIME\r\n";
    }
    const Said t = said(kJapan);
    if (has(written, "4DATE\r")) return text("%04d%02d%02d\r\n>", t.year, t.month, t.day);
    if (has(written, "LEAPSEC\r")) return lie.announces_leap ? "+1\r\n>" : " 0\r\n>";
    return has(written, "BYE\r") ? "Sayounara\r\nNO CARRIER\r\n" : "";
  }
  int times = 0;  // to tell
};

struct Nmea final : Voice {
  std::string second() override {
    const Said t = said();
    const std::string body =
        text("GPRMC,%02d%02d%02d,A,4807.038,N,01131.000,E,0.0,0.0,%02d%02d%02d,,,A", t.hour,
             t.minute, t.second, t.day, t.month, t.year % 100);
    return '$' + body + text("*%02X\r\n", exclusive_or(body) ^ (lie.wrong_sum ? 1U : 0U));
  }
};

/// Eight channels, with a verdict on each pulse.
struct Oncore final : Voice {
  std::string second() override {
    if (!sending) return {};
    const Said t = said();
    std::string status = "Ea" + byte(t.month) + byte(t.day) + word(t.year) + byte(t.hour) +
                         byte(t.minute) + byte(t.second);
    status.resize(71, '\0');
    return message(status) + message("En" + zeros(62)) +
           message("Bj" + byte(lie.announces_leap ? 1 : 0));
  }
  std::string answer(std::string_view written) override {
    sending = sending || has(written, "@@Ea\x01");
    return has(written, "@@Cj") ? message("Cj" + std::string(285, 'x') + "\r\n") : "";
  }
  [[nodiscard]] std::string message(const std::string& body) const {
    std::string made = telegram::oncore_message(body);
    if (lie.wrong_sum) made[made.size() - 3] ^= 1;
    return made;
  }
  bool sending = false;
};

/// GPS's week and second of it.
struct GpsTime {
  explicit GpsTime(const Said& said)
      : since(std::chrono::floor<seconds>(said.moment.time_since_epoch()).count() - kGpsEpoch +
              kGpsAhead) {}
  [[nodiscard]] int week() const { return static_cast<int>(since / 604'800 % 1024); }
  [[nodiscard]] std::int64_t second() const { return since % 604'800; }
  /// What the receivers of navigation tell.
  [[nodiscard]] std::string report() const {
    return telegram::tsip_message("\x41" + single(static_cast<float>(second())) + word(week()) +
                                  single(kGpsAhead));
  }
  std::int64_t since;
};

struct TrimbleTsip final : Voice {
  std::string answer(std::string_view written) override {
    if (!has(written, "\x21")) return {};
    const int then = lie.announces_leap ? kGpsAhead + 1 : kGpsAhead;
    return telegram::tsip_message("\x46" +
                                  byte(lie.no_signal   ? 1
                                       : lie.runs_free ? 9
                                                       : 0) +
                                  zeros(1)) +
           telegram::tsip_message("\x4f" + zeros(12) + word(kGpsAhead) + single(100) + word(5) +
                                  word(5) + word(7) + word(then)) +
           GpsTime(said()).report();
  }
};

/// Palisade and Acutime, and Praecis, which tells all at once: each octet at their input is an
/// event.
template <bool kPraecis>
struct TrimbleEvents final : Voice {
  std::string answer(std::string_view written) override {
    if (!has(written, std::string_view("\0", 1))) return {};
    const Said t = said();
    const auto of_day = t.moment.time_since_epoch() % hours(24);
    const std::string date = byte(t.day) + byte(t.month) + word(t.year);
    const std::string told = telegram::tsip_message(
        "\x8f\xad" + word(1) + twice(0) + byte(t.hour) + byte(t.minute) + byte(t.second) + date +
        byte(13) + byte(lie.announces_leap ? 0x11 : 0x01) + zeros(2));
    if (kPraecis) return told;
    return told + telegram::tsip_message("\x8f\x0b" + word(1) + twice(to_seconds(of_day)) + date +
                                         byte(0) + word(kGpsAhead) + zeros(56));
  }
};

/// Thunderbolt and Resolution SMT.
struct TrimblePulses final : Voice {
  std::string second() override {
    const GpsTime t(said());
    return telegram::tsip_message("\x8f\xab" + bytes(static_cast<std::uint64_t>(t.second()), 4) +
                                  word(t.week()) + word(kGpsAhead) + byte(3) + zeros(7)) +
           telegram::tsip_message("\x8f\xac" + byte(7) + zeros(8) +
                                  word(lie.announces_leap ? 0x80 : 0) + zeros(56));
  }
};

struct AceIII final : Voice {
  std::string answer(std::string_view written) override {
    return has(written, "\x21") ? GpsTime(said()).report() : "";
  }
};

struct Copernicus final : Voice {
  std::string second() override { return GpsTime(said()).report(); }
};

struct TrueTime final : Voice {
  std::string second() override {
    if (!sending) return {};
    const Said t = said();
    return text("\x01%03d:%02d:%02d:%02d%c\r\n", t.day_of_year, t.hour, t.minute, t.second,
                lie.no_signal ? '?' : ' ');
  }
  std::string answer(std::string_view written) override {
    if (has(written, "F08")) sending = true;
    if (has(written, "\x03")) sending = false;
    if (has(written, "F18")) return " TRUETIME XL\r\n";
    if (has(written, "F50")) return "F50 WGS84\r\n";
    return has(written, "F51") ? "F51 WGS84\r\n" : "";
  }
  bool sending = false;
};

struct Spectracom final : Voice {
  std::string answer(std::string_view written) override {
    if (!has(written, "T")) return {};
    const Said t = said();
    return text("\r\n%c %02d %03d %02d:%02d:%02d.000 %cS\r\n", lie.no_signal ? '?' : ' ',
                t.year % 100, t.day_of_year, t.hour, t.minute, t.second,
                lie.announces_leap ? 'L' : ' ');
  }
};

struct Zyfer final : Voice {
  std::string second() override {
    const Said t = said();
    return text("!TIME,%04d,%03d,%02d,%02d,%02d,2,4,%d", t.year, t.day_of_year, t.hour, t.minute,
                t.second, lie.no_signal ? 2 : 1);
  }
};

template <class Kind>
std::unique_ptr<Voice> make() {
  return std::make_unique<Kind>();
}

constexpr unsigned kUsual = kYear | kDate | kSecond60;
constexpr unsigned kSays = kRunsFree | kNoSignal;
constexpr unsigned kFlag1 = 1, kFlag3 = 4;

constexpr std::array kClocks = std::to_array<Clock>({
    {"arbiter", 0, make<Arbiter>, kUsual | kRolls | kAsked | kNoSignal},
    {"generic", 0, make<Meinberg>, kUsual | kLeap | kSays},
    {"generic", 2, make<Meinberg>, kUsual | kLeap | kSays},
    {"generic", 0x82, make<Meinberg>, kUsual | kLeap | kSays | kPulse},
    {"generic", 3, make<Elv>, kUsual | kRunsFree},
    {"generic", 4, make<Schmid>, kUsual | kLeap | kAsked | kSays},
    // A minute with a second 60 is one with a pulse more.
    {"generic", 5, make<RawDcf77>, kYear | kDate | kLeap | kSum | kSlow},
    {"generic", 7, make<MeinbergGps>, kUsual | kLeap | kRolls | kSays},
    {"generic", 9, make<Taip>, kUsual | kSum | kRolls | kAsked | kNoSignal},
    {"generic", 10, make<TrimbleTsip>, kYear | kLeap | kRolls | kAsked | kSays},
    {"generic", 11, make<Rcc8000>, kUsual | kAsked | kNoSignal},
    {"generic", 12, make<Hopf>, kUsual | kSays},
    {"generic", 13, make<Computime>, kUsual},
    {"generic", 14, make<RawDcf77>, kYear | kDate | kLeap | kSum | kSlow},
    {"generic", 15, make<Wharton>, kUsual | kRunsFree},
    {"generic", 17, make<Varitext>, kUsual | kSays},
    {"generic", 24, make<Sel240x>, kUsual | kRolls | kAsked | kSays},
    {"hpgps", 0, make<HpGps>, kUsual | kLeapSeason | kSum | kRolls | kAsked | kNoSignal},
    {"hpgps", 1, make<HpGps>, kUsual | kLeapSeason | kSum | kRolls | kAsked | kNoSignal},
    {"jjy", 1, make<Tristate>, kUsual | kAsked},
    {"jjy", 2, make<Jst2000>, kUsual | kAsked},
    {"jjy", 3, make<Lt2000>, kUsual | kSum | kAsked},
    {"jjy", 4, make<Jjy200>, kUsual},
    {"jjy", 5, make<Tristate>, kUsual | kAsked},
    {"jjy", 6, make<Tdc300>, kUsual},
    {"jjy", 100, make<TelJjy>, kUsual | kLeapSeason | kAsked},
    {"jjy", 150, make<TelJjy>, kUsual | kLeapSeason | kAsked},
    {"modem", 0, make<Nist>, kUsual | kLeap | kAsked},
    {"nmea", 0, make<Nmea>, kUsual | kSum | kRolls},
    {"nmea", 0, make<Nmea>, kUsual | kSum | kRolls | kPulse, kFlag1},
    {"oncore", 0, make<Oncore>, kUsual | kLeapSeason | kSum | kRolls | kAsked | kPulse},
    {"trimble", 0, make<TrimbleEvents<false>>, kUsual | kLeapSeason | kRolls | kAsked, kFlag3},
    {"trimble", 1, make<TrimbleEvents<true>>, kUsual | kLeapSeason | kRolls | kAsked, kFlag3},
    {"trimble", 2, make<TrimblePulses>, kYear | kLeapSeason | kRolls},
    {"trimble", 3, make<TrimbleEvents<false>>, kUsual | kLeapSeason | kRolls | kAsked, kFlag3},
    {"trimble", 5, make<TrimblePulses>, kYear | kLeapSeason | kRolls},
    {"trimble", 6, make<AceIII>, kYear | kRolls | kAsked},
    {"trimble", 7, make<Copernicus>, kYear | kRolls},
    {"truetime", 0, make<TrueTime>, kDate | kSecond60 | kNoSignal},
    {"spectracom", 0, make<Spectracom>, kUsual | kLeap | kRolls | kAsked | kNoSignal},
    {"spectracom", 0, make<Spectracom>, kUsual | kLeap | kRolls | kAsked | kNoSignal | kPulse,
     kFlag1},
    {"zyfer", 0, make<Zyfer>, kUsual | kRolls | kNoSignal},
});

}  // namespace

Said Voice::said_of(WallTime when, hours east) const {
  const WallTime moment = when + lie.days + lie.hours + east;
  const auto since = std::chrono::floor<seconds>(moment.time_since_epoch());
  const std::chrono::sys_days day{std::chrono::floor<std::chrono::days>(since)};
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(since - day.time_since_epoch());
  Said said{.year = static_cast<int>(date.year()),
            .month = static_cast<int>(static_cast<unsigned>(date.month())),
            .day = static_cast<int>(static_cast<unsigned>(date.day())),
            .day_of_year =
                static_cast<int>((day - std::chrono::sys_days(date.year() / 1 / 1)).count()) + 1,
            .weekday = static_cast<int>(std::chrono::weekday(day).iso_encoding()),
            .hour = static_cast<int>(time.hours().count()),
            .minute = static_cast<int>(time.minutes().count()),
            .second = static_cast<int>(time.seconds().count()),
            .moment = moment};
  if (lie.mangle != nullptr) lie.mangle(said);
  return said;
}

std::span<const Clock> all_clocks() { return kClocks; }

std::string phone_of(const Clock& clock) {
  return std::string_view(clock.driver) == "jjy" ? "042-000-0000" : "ATDT1";
}

std::string name_of(const Clock& clock) {
  return std::string(clock.driver) + ' ' + std::to_string(clock.mode) +
         ((clock.flags & kFlag1) != 0 ? " flag1" : "");
}

}  // namespace ntp::refclock::played
