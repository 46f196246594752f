// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/refclock/oncore_file.h"

#include <gmock/gmock.h>

#include "ntpd/refclock/telegram/oncore.h"
#include "tests/unit/ntpd/refclock/serial_bench.h"

namespace ntp::refclock {
namespace {

using namespace std::string_literals;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;
using Mode = OncoreFile::Mode;

// The example of NTPsec's documentation, with all other words.
constexpr const char* kFile =
    "# these are my coordinates\n"
    "LON  -106 34.610\n"
    "lat = 35 08.999\n"
    "HT\t1589\t# could equally well say HT 5215 FT\n"
    "DELAY  60 ns\n"
    "OFFSET 1.5 US\n"
    "MODE 1\n"
    "CLEAR\n"
    "HARDPPS\n"
    "CHAN 12\n"
    "TRAIM NO\n"
    "MASK 15\n"
    "PPSCONTROL TRAIM\n";

TEST(OncoreFile, TellsWhatTheReceiverIsToDo) {
  const OncoreFile file = parse_oncore_file(kFile);
  EXPECT_EQ(file.mode, Mode::Hold);
  ASSERT_TRUE(file.position);
  EXPECT_EQ(file.position->longitude, -(106 * 3'600'000 + 34 * 60'000 + 36'600));
  EXPECT_EQ(file.position->latitude, 35 * 3'600'000 + 8 * 60'000 + 59'940);
  EXPECT_EQ(file.position->height, 158'900);
  EXPECT_EQ(file.delay, 60);
  EXPECT_EQ(file.offset, 1500);
  EXPECT_EQ(file.clear_edge, true);
  EXPECT_TRUE(file.kernel);
  EXPECT_EQ(file.channels, 12);
  EXPECT_EQ(file.integrity, false);
  EXPECT_EQ(file.mask, 15);
  EXPECT_EQ(file.pulse_control, 3);
  EXPECT_TRUE(file.complaints.empty());
}

TEST(OncoreFile, UnitsAndForms) {
  EXPECT_EQ(parse_oncore_file("LAT -0 30\nLON 0\nHT 100 FT\n").position->latitude, -1'800'000);
  EXPECT_EQ(parse_oncore_file("LAT 1 2 3.5\nLON 0\nHT 100 FT\n").position->latitude, 3'723'500);
  EXPECT_EQ(parse_oncore_file("LAT 1.5\nLON 0\nHT 100 FT\n").position->height, 3048);
  EXPECT_EQ(parse_oncore_file("DELAY 0.0001").delay, 100'000);
  EXPECT_EQ(parse_oncore_file("OFFSET 20 ms").offset, 20'000'000);
  EXPECT_EQ(parse_oncore_file("TRAIM").integrity, true);
  EXPECT_EQ(parse_oncore_file("").mode, Mode::AsItIs);
  EXPECT_EQ(parse_oncore_file("MODE 9").mode, Mode::ResetSurvey);
}

TEST(OncoreFile, WithoutAWholePositionNoneIsHeld) {
  const OncoreFile file = parse_oncore_file("MODE 3\nLAT 48\nLON 11\n");
  EXPECT_EQ(file.mode, Mode::ResetSurvey);
  EXPECT_FALSE(file.position);
  EXPECT_EQ(file.complaints.size(), 1U);
}

TEST(OncoreFile, GarbageIsPassedOver) {
  for (const char* bad :
       {"LAT", "LAT x", "LAT 91", "LAT nan", "LON 1e300", "HT inf", "DELAY -1 NS", "DELAY 1",
        "OFFSET 1", "CHAN 7", "MASK 90", "PPSCONTROL OFF", "SHMEM /var/log/oncore", "MASK 1.5"}) {
    const OncoreFile file = parse_oncore_file(bad);
    EXPECT_EQ(file.complaints.size(), 1U) << bad;
    EXPECT_FALSE(file.position) << bad;
  }
  EXPECT_TRUE(parse_oncore_file("\n\n==\n#\n\xff\xfe\nGARBAGE 1 2 3\n").complaints.empty());
  EXPECT_EQ(
      parse_oncore_file(std::string(1000, 'L') + "\n" + std::string(500, '\n')).complaints.size(),
      0U);
}

class OncoreWithFile : public ::testing::Test {
 protected:
  OncoreWithFile() {
    bench_.settings.pps_path = "/dev/pulse";
    (void)bench_.devices.pulses["/dev/pulse"];
  }
  /// The receiver has `channels`, and this file; gives what it was told.
  std::string told(int channels, const std::string& text) {
    bench_.devices.files["/etc/ntp.oncore0"] = text;
    bench_.start();
    status(channels);
    return bench_.written();
  }
  void status(int channels) {
    const auto c = bench_.next_second();
    bench_.devices.pulses["/dev/pulse"].latest[PulseEdge::Assert] = {++sequence_, bench_.now.wall};
    std::string body = channels == 12 ? "Ha" : "Ea";
    body += {static_cast<char>(*c.month),     static_cast<char>(*c.day),
             static_cast<char>(*c.year >> 8), static_cast<char>(*c.year & 0xff),
             static_cast<char>(c.hour),       static_cast<char>(c.minute),
             static_cast<char>(c.second)};
    body.resize(channels == 12 ? 149 : 71, '\0');
    bench_.advance(std::chrono::milliseconds(60));
    bench_.say(telegram::oncore_message(body));
    bench_.tick();
  }
  static std::string command(const std::string& body) { return telegram::oncore_message(body); }

  SerialBench bench_{"oncore"};
  std::uint32_t sequence_ = 0;
};

TEST_F(OncoreWithFile, HoldsThePositionOfTheFile) {
  const std::string eight = told(8, "MODE 1\nLAT 1\nLON -1\nHT 1\nDELAY 60 NS\nMASK 15\n");
  const std::string latitude = "\x00\x36\xee\x80"s;
  const std::string longitude = "\xff\xc9\x11\x80"s;
  const std::string height = "\x00\x00\x00\x64"s;
  EXPECT_THAT(eight,
              HasSubstr(command("At\0"s) + command("As" + latitude + longitude + height + '\0') +
                        command("Au" + height + '\0') + command("Ad" + latitude) +
                        command("Ae" + longitude) + command("Af" + height + '\0') +
                        command("At\x01") + command("Az\0\0\0\x3c"s)));
  EXPECT_THAT(eight, HasSubstr(command("Ag\x0f")));
  const std::string twelve =
      told(12, "MODE 1\nLAT 1\nLON -1\nHT 1\nPPSCONTROL SATELLITE\nTRAIM NO\n");
  EXPECT_THAT(twelve,
              HasSubstr(command("Ga" + latitude + longitude + height + '\0') + command("Gd\x01")));
  EXPECT_THAT(twelve, HasSubstr(command("Gc\x02")));
  EXPECT_THAT(twelve, Not(HasSubstr(command("Hn\x01"))));
}

TEST_F(OncoreWithFile, ChangesNothingInMode0) {
  const std::string all = told(8, "LAT 1\nLON 1\nHT 1\nDELAY 60 NS\n");
  for (const char* letters : {"@@As", "@@At", "@@Ad", "@@Az", "@@Ay"}) {
    EXPECT_THAT(all, Not(HasSubstr(letters)));
  }
  EXPECT_THAT(bench_.stats, Contains("REFCLOCK: ONCORE[0]: Input mode = 0"));
}

TEST_F(OncoreWithFile, ResetsOnceWhereItIsToldTo) {
  EXPECT_THAT(told(8, "MODE 4"), testing::EndsWith(command("Cf")));
  status(8);
  EXPECT_EQ(bench_.written(), "") << "before the reset is done";
  bench_.say(command("Cf"));
  EXPECT_THAT(bench_.written(), testing::StartsWith(command("Cj")));
  status(8);
  EXPECT_THAT(bench_.written(), HasSubstr(command("At\x02")));
  // Without an answer it goes on, too.
  EXPECT_THAT(told(8, "MODE 4"), testing::EndsWith(command("Cf")));
  for (int i = 0; i < 10; ++i) bench_.second();
  EXPECT_THAT(bench_.written(), testing::StartsWith(command("Cj")));
}

TEST_F(OncoreWithFile, AnOffsetThatTheReceiverConfirmsIsTakenOut) {
  told(8, "MODE 2\nOFFSET 1 ms\nTRAIM NO\n");
  for (int i = 0; i < 8; ++i) status(8);
  EXPECT_NEAR(bench_.poll()->offset, 0.25, 1e-9) << "it did not";
  bench_.say(command("Ay\x00\x0f\x42\x40"s));
  for (int i = 0; i < 8; ++i) status(8);
  EXPECT_NEAR(bench_.poll()->offset, 0.251, 1e-9);
}

TEST_F(OncoreWithFile, ChannelsOfTheFileAreNotAskedFor) {
  EXPECT_THAT(told(8, "CHAN 12\nMODE 2"), Not(HasSubstr("@@At")));
  status(12);
  EXPECT_THAT(bench_.written(), HasSubstr(command("Gd\x03")));
}

}  // namespace
}  // namespace ntp::refclock
