// SPDX-License-Identifier: BSD-2-Clause
#include "ntpq/diagnosis.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace ntp::ntpq {
namespace {

constexpr std::uint16_t kRejected = 0x8011;
constexpr std::uint16_t kReachable = 0x9014;
constexpr std::string_view kFullFilter =
    ", filtdisp= 0.00 0.12 0.24 0.36 0.48 0.60 0.72 0.84, delay=0.1, dispersion=0.9, jitter=0.01";

SystemFacts system_with(std::string_view variables, std::uint16_t status = 0x0615) {
  return {status, Variables::parse(variables)};
}

SystemFacts good_system() { return system_with("leap=0, peer=7, maxdist=1500.000"); }

SourceVerdict judge(std::uint16_t status, const std::string& variables) {
  return judge_source({7, status, Variables::parse(variables)}, good_system());
}

std::string codes(const std::vector<Cause>& causes) {
  std::string text;
  for (const Cause& cause : causes) text += (text.empty() ? "" : " ") + cause.code;
  return text;
}

std::string codes(std::uint16_t status, const std::string& variables) {
  return codes(judge(status, variables).causes);
}

TEST(SourceDiagnosis, HasNothingToSayOfASourceInUse) {
  for (const std::uint16_t status : {std::uint16_t{0x9414}, std::uint16_t{0x961a}}) {
    const auto verdict = judge(status, "srcadr=10.0.0.1, reach=0xff, flash=0x0");
    EXPECT_TRUE(verdict.used);
    EXPECT_TRUE(verdict.causes.empty());
  }
}

TEST(SourceDiagnosis, TellsWhyNothingComes) {
  const std::string silent = "srcadr=10.0.0.1, reach=0x0, flash=0x1400, received=0, ";
  EXPECT_EQ(codes(kRejected, silent + "sent=3, keyid=0"), "no_reply");
  EXPECT_EQ(codes(kRejected, silent + "sent=3, keyid=5"), "key");
  EXPECT_EQ(codes(kRejected, silent + "sent=0, timer=2"), "pending");
  EXPECT_EQ(codes(kRejected, silent + "sent=3, senderror=\"Network is unreachable\""), "no_route");
  EXPECT_EQ(codes(kRejected, silent + "sent=3, senderror=\"Connection refused\""), "refused");
  EXPECT_EQ(codes(kRejected, silent + "sent=3, restricted=3"), "restrict");
  EXPECT_EQ(codes(kRejected, silent + "sent=3, kisscode=\"DENY\""), "kiss");
  EXPECT_EQ(codes(kRejected, silent + "sent=3, kisscode=\"RATE\""), "rate");
}

TEST(SourceDiagnosis, SaysWhatIsWrongWithAReferenceClock) {
  SourceFacts source{
      7, kRejected,
      Variables::parse(
          "srcadr=127.127.20.0, srchost=\"NMEA(0)\", reach=0x0, flash=0x1400, mode=1")};
  const auto cause = [&] {
    const auto causes = judge_source(source, good_system()).causes;
    EXPECT_EQ(causes.size(), 1U);
    return causes.empty() ? Cause() : causes[0];
  };
  EXPECT_EQ(cause(), (Cause{"no_data", "the reference clock gives no time"}));
  source.clock = {0x0001, Variables::parse("timecode=\"\", poll=12, noreply=11, badformat=1, "
                                           "baddata=0, device=\"/dev/gps0\"")};
  EXPECT_EQ(cause(),
            (Cause{"clock_no_reply",
                   "the reference clock does not answer, or its device is not there: 12 polls, 11 "
                   "without a reply, 1 of a bad format, 0 of bad data"}));
  source.clock->variables = Variables::parse("timecode=\"$GP\x1b[2J\", poll=1");
  EXPECT_EQ(cause().text,
            "the reference clock does not answer, or its device is not there: 1 poll, 0 without a "
            "reply, 0 of a bad format, 0 of bad data; it said last: $GP\\x1b[2J");
  std::string all;
  for (const unsigned state : {0U, 2U, 3U, 4U, 5U, 6U, 15U}) {
    source.clock->status = static_cast<std::uint16_t>(0x10U | state);
    all += cause().code + " ";
  }
  EXPECT_EQ(all,
            "no_data clock_bad_format clock_fault clock_bad_signal clock_bad_date clock_bad_time "
            "no_data ");
}

TEST(SourceDiagnosis, TakesAReachableClockByItsTests) {
  const auto verdict =
      judge(0x9014, "srcadr=127.127.20.0, mode=0, reach=0x7, leap=3, stratum=0, flash=0x20");
  EXPECT_EQ(codes(verdict.causes), "unsynchronized");
  EXPECT_EQ(verdict.causes[0].text,
            "the reference clock says that its time is not to be trusted (leap 3)");
}

TEST(SourceDiagnosis, NamesWhatIsLackingBeforeTheFirstRequest) {
  EXPECT_EQ(codes(kRejected, "srcadr=0.0.0.0, srchost=\"a.test\", refid=DNS, reach=0x0"), "dns");
  EXPECT_EQ(codes(kRejected, "srchost=\"a.test\", refid=NTS, reach=0x0, ntscookies=0"),
            "nts_pending");
  EXPECT_EQ(codes(kRejected, "srcadr=0.0.0.0, refid=NTS, ntscookies=0, ntserror=\"bad\""), "nts");
  EXPECT_EQ(codes(kRejected, "srchost=\"p.test\", refid=POOL, flash=0x1400"), "pool");
  EXPECT_EQ(codes(kRejected, "srchost=\"p.test\", refid=POOL, dnserror=\"no\""), "dns");
  const auto verdict = judge(kRejected, "srchost=\"a.test\", refid=DNS, dnserror=\"not known\"");
  EXPECT_EQ(verdict.causes[0].text, "the name a.test is not resolved: not known");
}

TEST(SourceDiagnosis, ReadsTheTestsOfReplies) {
  const std::string heard = "srcadr=10.0.0.1, reach=0x0, received=4, sent=4, stratum=16, leap=3, ";
  EXPECT_EQ(codes(kRejected, heard + "flash=0x1420"), "unsynchronized");
  EXPECT_EQ(codes(kRejected, heard + "keyid=3, flash=0x1410"), "key");
  EXPECT_EQ(codes(kRejected, heard + "flash=0x1440"), "header");
  EXPECT_EQ(codes(kRejected, heard + "flash=0x1402"), "bogus");
  EXPECT_EQ(codes(kRejected, heard + "flash=0x3400"), "delay");
  EXPECT_EQ(codes(kRejected, heard + "flash=0x1408"), "kiss");
}

TEST(SourceDiagnosis, ReadsTheTestsOfTheSource) {
  const std::string good = "srcadr=10.0.0.1, reach=0x7, leap=0, stratum=2, received=3";
  const std::string full = good + std::string(kFullFilter);
  EXPECT_EQ(codes(kReachable, full + ", flash=0x1000"), "noselect");
  EXPECT_EQ(codes(kReachable, full + ", flash=0x200"), "stratum");
  EXPECT_EQ(codes(kReachable, full + ", flash=0x800"), "loop");
  EXPECT_EQ(codes(kReachable, full + ", flash=0x400, rootdisp=3000"), "distance");
  EXPECT_EQ(codes(kReachable, good + ", flash=0x400, dispersion=7937.5, "
                                     "filtdisp= 0.00 16000.00 16000.00 16000.00"),
            "few_samples");
  EXPECT_EQ(judge(kReachable, good + ", flash=0x400, filtdisp= 0.00 0.12 16000.00 16000.00")
                .causes[0]
                .text,
            "it has given 2 samples so far: it takes 4 to judge it");
  EXPECT_EQ(codes(kReachable, full + ", flash=0xc00, rootdisp=3000"), "loop distance");
}

TEST(SourceDiagnosis, ReadsTheChoiceBetweenSources) {
  const std::string good = "srcadr=10.0.0.1, reach=0xff, flash=0x0, leap=0, stratum=2";
  EXPECT_EQ(codes(0x9114, good), "falseticker");
  EXPECT_EQ(codes(0x9214, good), "excess");
  EXPECT_EQ(codes(0x9314, good), "outlier");
  EXPECT_EQ(codes(0x9514, good), "backup");
  const auto verdict = judge(kReachable, good);
  EXPECT_EQ(codes(verdict.causes), "no_choice");
  EXPECT_TRUE(verdict.sound);
}

TEST(SourceDiagnosis, MakesDoWithNothing) {
  EXPECT_EQ(codes(kRejected, ""), "dns");
  EXPECT_EQ(codes(kRejected, "srcadr=10.0.0.1"), "no_reply");
  EXPECT_EQ(codes(kRejected, "srcadr=10.0.0.1, reach=x, flash=, sent=-"), "no_reply");
  EXPECT_EQ(codes(kRejected, "srcadr=127.127.28.0, mode=0, reach=0x0"), "no_data");
}

SourceVerdict rejected_for(std::string code) {
  return {false, code == "no_choice", {{std::move(code), ""}}};
}

TEST(SystemDiagnosis, SaysWhatTheClockWaitsFor) {
  const auto unset = system_with("leap=3, peer=0, minsane=2", 0xc016);
  EXPECT_EQ(codes(judge_system(unset, {})), "no_sources");
  EXPECT_EQ(codes(judge_system(unset, {rejected_for("no_choice")})), "minsane");
  EXPECT_EQ(codes(judge_system(unset, {rejected_for("no_choice"), rejected_for("no_choice")})),
            "no_majority");
  EXPECT_EQ(codes(judge_system(unset, {rejected_for("few_samples"), rejected_for("dns")})),
            "first_samples");
  EXPECT_EQ(codes(judge_system(unset, {rejected_for("dns")})), "no_usable_source");
  const std::vector<SourceVerdict> used = {{true, true, {}}};
  EXPECT_EQ(codes(judge_system(good_system(), used)), "");
  EXPECT_EQ(codes(judge_system(system_with("leap=3, peer=7"), used)), "first_update");
  EXPECT_EQ(codes(judge_system(system_with("leap=0, peer=7, clockstate=\"training\""), used)),
            "training");
  EXPECT_EQ(codes(judge_system(system_with("leap=0, peer=7, clockstate=\"spike\""), used)),
            "spike");
  // NTPsec's says so by its last event alone.
  EXPECT_EQ(codes(judge_system(system_with("leap=0, peer=7", 0x0614), used)), "training");
}

}  // namespace
}  // namespace ntp::ntpq
