// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/refclock/generic_clocks.h"

#include <algorithm>
#include <array>

#include "ntpd/refclock/telegram/dcf77.h"
#include "ntpd/refclock/telegram/meinberg.h"
#include "ntpd/refclock/telegram/meinberg_state.h"
#include "ntpd/refclock/telegram/radio_clocks.h"
#include "ntpd/refclock/telegram/taip.h"
#include "ntpd/refclock/telegram/tsip.h"

namespace ntp::refclock {

namespace {

using namespace std::string_view_literals;
namespace t = telegram;

template <const t::Framing& framing, t::Decode decode>
std::unique_ptr<t::Receiver> framed() {
  return t::make_framed(framing, decode);
}

constexpr int kHour = 3600, kDay = 24 * kHour;
constexpr auto kMeinberg = "Meinberg Standard"sv;
constexpr auto kMeinbergGps = "Meinberg GPS Extended"sv;
constexpr auto kRaw = "RAW DCF77 Timecode"sv;
constexpr auto kLeap = "LEAP INDICATION"sv;
constexpr auto kLeapCall = "LEAP INDICATION; CALLBIT"sv;
constexpr auto kLeapPosition = "LEAP INDICATION; POSITION"sv;
/// The time, and the parameters of UTC.
constexpr auto kTsipRequest = "\x10\x21\x10\x03\x10\x2f\x10\x03"sv;

/// A receiver that hands on the pulses of DCF77.
constexpr GenericClock raw(int subtype, std::string_view name, std::string_view description,
                           double delay, int baud = 50, Parity parity = Parity::Even) {
  return {.subtype = subtype,
          .name = name,
          .description = description,
          .format = kRaw,
          .refid = "DCFa",
          .make = t::make_raw_dcf77,
          .baud = baud,
          .parity = parity,
          .delay = delay,
          .pulses = true,
          .features = kLeapCall};
}
/// One that lives on the lines of the port.
constexpr GenericClock powered(GenericClock clock, bool dtr) {
  clock.dtr = dtr;
  clock.rts = !dtr;
  return clock;
}
constexpr GenericClock meinberg(int subtype, std::string_view name, std::string_view description,
                                std::string_view refid, double delay, int trust) {
  return {.subtype = subtype,
          .name = name,
          .description = description,
          .format = kMeinberg,
          .refid = refid,
          .make = t::make_meinberg,
          .data_bits = 7,
          .parity = Parity::Even,
          .stop_bits = 2,
          .delay = delay,
          .trust = trust,
          .features = kLeap};
}
constexpr GenericClock meinberg_gps(int subtype) {
  return {.subtype = subtype,
          .name = "GPS_MEINBERG",
          .description = "Meinberg GPS receiver",
          .format = kMeinbergGps,
          .refid = "GPS",
          .make = t::make_meinberg_gps,
          .baud = 19200,
          .delay = 0.001968,
          .trust = 4 * kDay,
          .features = kLeapPosition};
}
/// As it is, and asked for its state.
constexpr GenericClock asked(GenericClock clock) {
  clock.ask_state = t::meinberg_state_request;
  return clock;
}
/// As it is, but believed from the start.
constexpr GenericClock believed(GenericClock clock) {
  clock.trusts_power_up = true;
  return clock;
}

constexpr auto kC51 = "Meinberg DCF77 C51 or compatible"sv;
constexpr auto kDtr = "RAW DCF77 CODE (DTR SET/RTS CLR)"sv;
constexpr auto kDtr75 = "RAW DCF77 CODE (DTR SET/RTS CLR @ 75 baud)"sv;
constexpr auto kRts = "RAW DCF77 CODE (DTR CLR/RTS SET)"sv;
constexpr auto kRts75 = "RAW DCF77 CODE (DTR CLR/RTS SET @ 75 baud)"sv;
constexpr double kRawDelay = 0.258;  // s

constexpr std::array kClocks = std::to_array<GenericClock>({
    meinberg(0, "MEINBERG_5XX", "Meinberg DCF PZF 535/509 / TCXO", "DCFp", 0.001968, kDay / 2),
    meinberg(1, "MEINBERG_5XX", "Meinberg DCF PZF 535/509 / OCXO", "DCFp", 0.001968, 4 * kDay),
    meinberg(2, "MEINBERG_C51", kC51, "DCFa", 0.010, kHour / 2),
    {.subtype = 3,
     .name = "ELV_DCF7000",
     .description = "ELV DCF7000",
     .format = "ELV DCF7000",
     .refid = "DCFa",
     .make = framed<t::kElvFraming, t::decode_elv>,
     .parity = Parity::Odd,
     .delay = 0.405,
     .trust = 300},
    {.subtype = 4,
     .name = "WSDCF",
     .description = "WS/DCF Receiver",
     .format = "Schmid",
     .refid = "DCFa",
     .make = framed<t::kSchmidFraming, t::decode_schmid>,
     .baud = 1200,
     .delay = 0.010,
     .trust = kHour,
     .request = "\x73",
     .each_second = true,
     .features = kLeapCall},
    raw(5, "RAWDCF_CONRAD", "RAW DCF77 CODE (Conrad DCF77 receiver module)", 0.292),
    raw(6, "RAWDCF_TIMEBRICK", "RAW DCF77 CODE (TimeBrick)", 0.210),
    asked(meinberg_gps(7)),
    raw(8, "RAWDCF_IGEL", "RAW DCF77 CODE (IGEL:clock)", kRawDelay, 1200, Parity::None),
    {.subtype = 9,
     .name = "GPS_TAIP",
     .description = "Trimble GPS (TAIP) receiver",
     .format = "Trimble TAIP",
     .refid = "GPS",
     .make = framed<t::kTaipFraming, t::decode_taip>,
     .baud = 4800,
     .request = ">SRM;FR_FLAG=F;EC_FLAG=F<>QTM<",
     .setup = ">FPV00000000<>SRM;ID_FLAG=F;CS_FLAG=T;EC_FLAG=F;FR_FLAG=T;CR_FLAG=F<>FTM00020001<"},
    {.subtype = 10,
     .name = "GPS_TSIP",
     .description = "Trimble GPS (TSIP) receiver",
     .format = "Trimble TSIP",
     .refid = "GPS",
     .make = t::make_trimble_tsip,
     .parity = Parity::Odd,
     .delay = 0.020,
     .request = kTsipRequest,
     .features = kLeapPosition},
    {.subtype = 11,
     .name = "MSF_RCC8000",
     .description = "RCC 8000 MSF Receiver",
     .format = "Radiocode RCC8000",
     .refid = "MSF",
     .make = framed<t::kRcc8000Framing, t::decode_rcc8000>,
     .baud = 2400,
     .trust = kHour,
     .request = "\r"},
    {.subtype = 12,
     .name = "HOPF_6021",
     .description = "HOPF 6021",
     .format = "hopf Funkuhr 6021",
     .refid = "DCF",
     .make = framed<t::kHopfFraming, t::decode_hopf>,
     .trust = kHour},
    {.subtype = 13,
     .name = "COMPUTIME",
     .description = "Diem's Computime receiver",
     .format = "Diem's Computime Radio Clock",
     .refid = "DCF",
     .make = framed<t::kComputimeFraming, t::decode_computime>,
     .data_bits = 7,
     .stop_bits = 2,
     .trust = kHour},
    powered(raw(14, "RAW_DCF77", kDtr, kRawDelay), true),
    {.subtype = 15,
     .name = "WHARTON400A",
     .description = "WHARTON 400A Series clock",
     .format = "WHARTON 400A Series clock Output Format 1",
     .refid = "DCF",
     .make = framed<t::kWhartonFraming, t::decode_wharton>,
     .parity = Parity::Even,
     .delay = 11.0 / 9600,
     .trust = kHour},
    powered(raw(16, "RAW_DCF77", kRts, kRawDelay), false),
    {.subtype = 17,
     .name = "VARITEXT",
     .description = "Varitext receiver",
     .format = "Varitext Radio Clock",
     .refid = "MSF",
     .make = framed<t::kVaritextFraming, t::decode_varitext>,
     .data_bits = 7,
     .parity = Parity::Odd,
     .trust = kHour},
    meinberg_gps(18),
    raw(19, "RAWDCF_MOUSECLOCK", "RAW DCF77 CODE (Expert mouseCLOCK USB v2.0)", 0.425, 4800),
    powered(raw(20, "RAW_DCF77", kDtr75, kRawDelay, 75), true),
    powered(raw(21, "RAW_DCF77", kRts75, kRawDelay, 75), false),
    believed(meinberg(22, "MEINBERG_C51", kC51, "DCFa", 0.010, kHour / 2)),
    believed(asked(meinberg_gps(23))),
    {.subtype = 24,
     .name = "SEL240X",
     .description = "SEL240x Satellite Synchronized Clock",
     .format = "SEL B8",
     .refid = "GPS",
     .make = framed<t::kSel240xFraming, t::decode_sel240x>,
     .trust = kDay / 2,
     .request = "BUB8"},
});

}  // namespace

const GenericClock* find_generic_clock(int subtype) {
  const auto found = std::ranges::find(kClocks, subtype, &GenericClock::subtype);
  return found == kClocks.end() ? nullptr : &*found;
}

}  // namespace ntp::refclock
