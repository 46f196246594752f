// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/statistics/records.h"

#include <gtest/gtest.h>

namespace ntp::statistics {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

/// 2026-11-23T02:24:34Z, day 61367.
constexpr WallTime kMorning{seconds(1'795'400'674)};

NtpTimestamp stamp(std::uint32_t era_seconds, std::uint32_t fraction) {
  return NtpTimestamp(static_cast<std::uint64_t>(era_seconds) << 32 | fraction);
}

TEST(TimeStamp, IsTheJulianDayAndTheSecondOfTheUtcDay) {
  EXPECT_EQ(time_stamp(kMorning + milliseconds(752)), "61367 8674.752");
  EXPECT_EQ(time_stamp(WallTime()), "40587 0.000");
}

TEST(TimeStamp, CutsOffWhatIsBeyondMilliseconds) {
  EXPECT_EQ(time_stamp(kMorning + milliseconds(7) + microseconds(999)), "61367 8674.007");
  EXPECT_EQ(time_stamp(kMorning - seconds(8674) - Duration(1)), "61366 86399.999");
  EXPECT_EQ(time_stamp(WallTime(Duration(-1))), "40586 86399.999");
}

// The lines of these tests up to sysstats were written by NTPsec's ntpd.

TEST(LoopRecord, ReadsAsNtpsecWritesIt) {
  EXPECT_EQ(fields(LoopRecord{.offset = 0.000011607, .jitter = 0.000004104}),
            "0.000011607 0.000000 0.000004104 0.000000 0");
}

TEST(LoopRecord, ShowsRatesInPartsPerMillion) {
  EXPECT_EQ(fields(LoopRecord{-1.5, -12.5e-6, 1e-9, 0.25e-6, 10}),
            "-1.500000000 -12.500000 0.000000001 0.250000 10");
}

TEST(PeerRecord, ReadsAsNtpsecWritesIt) {
  EXPECT_EQ(fields(PeerRecord{"192.0.2.2", 0xb014, 0.000090419, 0.000198630, 7.937500002, 0}),
            "192.0.2.2 b014 0.000090419 0.000198630 7.937500002 0.000000000");
}

TEST(PeerRecord, DoesNotFillUpTheStatus) {
  EXPECT_EQ(fields(PeerRecord{"LOCAL(0)", 0x14, 0, 0, 0, 0}),
            "LOCAL(0) 14 0.000000000 0.000000000 0.000000000 0.000000000");
}

TEST(SystemRecord, ReadsAsNtpsecWritesIt) {
  SystemRecord record;
  record.elapsed = std::chrono::hours(1);
  record.received = 1396;
  record.processed = record.this_version = 40;
  record.limited = 1356;
  EXPECT_EQ(fields(record), "3600 1396 40 40 0 0 0 0 0 1356 0 0");
}

TEST(SystemRecord, KeepsTheOrderOfItsCounts) {
  EXPECT_EQ(fields(SystemRecord{seconds(1), 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}),
            "1 2 3 4 5 6 7 8 9 10 11 12");
}

TEST(UsageRecord, ReadsAsNtpsecWritesIt) {
  UsageRecord record;
  record.elapsed = std::chrono::hours(1);
  record.now = {.user_time = milliseconds(79),
                .system_time = milliseconds(373),
                .minor_faults = 985,
                .major_faults = 7,
                .swaps = 0,
                .blocks_in = 592,
                .blocks_out = 160,
                .voluntary_switches = 4892,
                .involuntary_switches = 138,
                .signals = 0,
                .largest_resident = 9048};
  EXPECT_EQ(fields(record), "3600 0.079 0.373 985 7 0 592 160 4892 138 0 9048");
}

TEST(UsageRecord, ShowsDifferencesButTheLargestResidentSize) {
  UsageRecord record;
  record.elapsed = seconds(3600);
  record.before = {seconds(5), seconds(4), 100, 90, 80, 70, 60, 50, 40, 30, 2000};
  record.now = {seconds(6), seconds(6), 101, 92, 83, 74, 65, 56, 47, 38, 2048};
  EXPECT_EQ(fields(record), "3600 1.000 2.000 1 2 3 4 5 6 7 8 2048");
}

class RawRecordTest : public testing::Test {
 protected:
  RawRecordTest() {
    record_.source = "192.0.2.2";
    record_.local = *parse_address("192.0.2.1");
    record_.sent = stamp(3'989'103'874, 0);
    record_.received = stamp(3'989'103'874, 1U << 31);
    record_.transmitted = stamp(3'989'103'874, 3U << 30);
    record_.returned = stamp(3'989'103'875, 4'294'967);
    record_.stratum = 1;
    record_.poll = 6;
    record_.precision = -24;
    record_.root_delay = 0.25;
    record_.root_dispersion = 1.0 / 65536;
    record_.reference_id = RefId::from_text("GPS");
  }
  RawRecord record_;
};

TEST_F(RawRecordTest, HasAllOfThePacket) {
  EXPECT_EQ(fields(record_),
            "192.0.2.2 192.0.2.1 3989103874.000000000 3989103874.500000000 3989103874.750000000 "
            "3989103875.001000000 0 4 4 1 6 -24 0.250000 0.000015 GPS 0 0 0");
}

TEST_F(RawRecordTest, ShowsWhyAReplyWasRejected) {
  record_.leap = Leap::Unsynchronized;
  record_.stratum = 0;
  record_.reference_id = RefId::from_text("");
  record_.local = {};
  record_.lost = 3;
  record_.rejected = 1;
  record_.flags = 0x2020;
  EXPECT_EQ(fields(record_),
            "192.0.2.2 - 3989103874.000000000 3989103874.500000000 3989103874.750000000 "
            "3989103875.001000000 3 4 4 16 6 -24 0.250000 0.000015 0.0.0.0 3 1 2020");
}

TEST_F(RawRecordTest, RoundsTheStampsToNanoseconds) {
  record_.sent = stamp(7, 0xffffffff);
  record_.received = NtpTimestamp();
  EXPECT_NE(fields(record_).find(" 8.000000000 0.000000000 "), std::string::npos);
}

TEST_F(RawRecordTest, KeepsItsFieldsWhateverTheReferenceIs) {
  for (const auto& [text, shown] : {std::pair{"FB  ", "FB"}, {"    ", "?"}, {"", "?"}}) {
    record_.reference_id = RefId::from_text(text);
    EXPECT_NE(fields(record_).find(std::string(" 0.000015 ") + shown + " 0 0 0"), std::string::npos)
        << fields(record_);
  }
  record_.stratum = 2;
  record_.reference_id = RefId(0xc0000201);
  EXPECT_NE(fields(record_).find(" 192.0.2.1 0 0 0"), std::string::npos);
}

TEST(NtsRecord, HasItsCountsInNtpsecsOrder) {
  NtsRecord record;
  record.elapsed = seconds(3600);
  record.client_sent = 1;
  record.client_good = 2;
  record.client_bad = 3;
  record.server_sent = 4;
  record.server_good = 5;
  record.server_bad = 6;
  record.cookies = {7, 9, 10, 11, 12, 13, 14, 15};
  record.not_server = 8;
  EXPECT_EQ(fields(record), "3600 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15");
}

TEST(NtsKeRecord, HasItsCountsInNtpsecsOrder) {
  NtsKeRecord record;
  record.elapsed = seconds(3600);
  record.server.good = {1, 0.5, 0.25};
  record.server.no_tls = {2, 1.5, 1.25};
  record.server.failed = {3, 2.5, 2.25};
  record.client_good = 4;
  record.client_bad = 5;
  EXPECT_EQ(fields(record), "3600 1 0.500 0.250 2 1.500 1.250 3 2.500 2.250 4 5");
}

TEST(KeSessionRecord, TellsHowASessionWent) {
  KeSessionRecord record;
  record.remote = {Address::v4(0xc0000201), 4000};
  record.wall = milliseconds(12);
  record.user = microseconds(1500);
  record.system = microseconds(250);
  record.tls = "TLSv1.3:TLS_AES_256_GCM_SHA384(256)";
  EXPECT_EQ(fields(record),
            " OK 0.012 1.500 0.250 192.0.2.1:4000 TLSv1.3:TLS_AES_256_GCM_SHA384(256)");
  EXPECT_EQ(log_line(record),
            "NTSs: NTS-KE from 192.0.2.1:4000, OK, Using TLSv1.3:TLS_AES_256_GCM_SHA384(256), took "
            "0.012 sec, CPU: 1.500+0.250 ms");
  record.tag = KeSessionRecord::Tag::Ke;
  record.error = "the request has no end";
  EXPECT_EQ(fields(record),
            " KE 0.012 1.500 0.250 192.0.2.1:4000 TLSv1.3:TLS_AES_256_GCM_SHA384(256), the request "
            "has no end");
  EXPECT_EQ(log_line(record),
            "NTSs: NTS-KE from 192.0.2.1:4000, Failed, Using TLSv1.3:TLS_AES_256_GCM_SHA384(256), "
            "took 0.012 sec, CPU: 1.500+0.250 ms, the request has no end");
  record.tag = KeSessionRecord::Tag::Tls;
  record.tls = "Timeout";
  record.error.clear();
  EXPECT_EQ(fields(record), "TLS 0.012 1.500 0.250 192.0.2.1:4000 Timeout");
}

}  // namespace
}  // namespace ntp::statistics
