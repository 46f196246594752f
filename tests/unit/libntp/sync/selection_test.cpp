// SPDX-License-Identifier: BSD-2-Clause
#include "libntp/sync/selection.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

namespace ntp::sync {
namespace {

Candidate source(std::uint16_t id, double offset, double distance = 0.01, double jitter = 1e-5) {
  Candidate c;
  c.id = id;
  c.stratum = 2;
  c.offset = offset;
  c.root_distance = distance;
  c.jitter = jitter;
  return c;
}

Candidate preferred(Candidate c) {
  c.prefer = true;
  return c;
}

Candidate of_kind(Candidate c, SourceKind kind) {
  c.kind = kind;
  return c;
}

Candidate believed(Candidate c) {
  c.truechimer = true;
  return c;
}

/// The tally characters of ntpq.
std::string tallies(const SelectionResult& result) {
  std::string text;
  for (const Tally tally : result.tallies) text += " x.-+#*o"[static_cast<std::size_t>(tally)];
  return text;
}

struct Case {
  std::string name;
  std::vector<Candidate> candidates;
  SelectionLimits limits;
  std::string expected;
};

class SelectionTable : public testing::TestWithParam<Case> {};

TEST_P(SelectionTable, SetsTallies) {
  const Case& c = GetParam();
  EXPECT_EQ(tallies(select(c.candidates, c.limits, 0)), c.expected);
}

std::vector<Case> cases() {
  const Candidate pps = of_kind(source(9, 1e-6, 0.001, 1e-7), SourceKind::Pps);
  Candidate numbered = pps;
  numbered.numbers_seconds = true;
  const Candidate local = of_kind(source(8, 0, 0.001), SourceKind::Local);
  return {
      {"Nobody", {}, {}, ""},
      {"One", {source(1, 0.001)}, {}, "*"},
      {"FourAgainstOne",
       {source(1, 0.001), source(2, 0.0011), source(3, 0.5), source(4, 0.0012), source(5, 0.0009)},
       {.min_clock = 10},
       "*+x++"},
      {"TwoAgainstTwo", {source(1, 0), source(2, 0), source(3, 0.5), source(4, 0.5)}, {}, "xxxx"},
      {"TwoAgainstOne", {source(1, 0), source(2, 0.3), source(3, 0.3)}, {}, "x*+"},
      {"OneAgainstOne", {source(1, 0), source(2, 0.5)}, {}, "xx"},
      {"MinorityThatIsTrusted", {believed(source(1, 0)), source(2, 0.5)}, {}, "*x"},
      {"FewerThanMinSane", {source(1, 0), source(2, 0)}, {.min_sane = 3}, "++"},
      {"PreferLeads",
       {source(1, 0, 0.001), preferred(source(2, 0.002, 0.05)), source(3, 0, 0.001)},
       {},
       "+*+"},
      {"PreferredFalsetickerDoesNotLead",
       {source(1, 0), preferred(source(2, 0.5)), source(3, 0)},
       {},
       "*x+"},
      {"ClusterDropsTheOutlier",
       {source(1, 0), source(2, 1e-4), source(3, 0.008), source(4, -1e-4)},
       {},
       "*+-+"},
      {"ClusterStopsWhereTheJitterIs",
       {source(1, 0, .01, .02), source(2, 0, .01, .02), source(3, .008, .01, .02),
        source(4, 0, .01, .02)},
       {},
       "*+++"},
      {"ClusterKeepsThePreferred",
       {source(1, 0), source(2, 1e-4), preferred(source(3, 0.008)), source(4, -1e-4)},
       {},
       "++*+"},
      {"AboveMaxClockAreBackups",
       {source(1, 0), source(2, 1e-4), source(3, 0.008), source(4, -1e-4), source(5, 0.004)},
       {.max_clock = 4},
       "*+#+-"},
      {"LocalOnlyIfNothingElse", {local, source(1, 0.1)}, {}, " *"},
      {"LocalAlone", {local}, {}, "*"},
      {"LocalNotYet", {local}, {.local_may_lead = false}, " "},
      {"PreferredLocalAtOnce", {preferred(local)}, {.local_may_lead = false}, "*"},
      {"LocalIfOthersDisagree", {source(1, 0), local, source(2, 0.5)}, {}, "x*x"},
      {"PreferredLocalIsLikeOthers", {preferred(local), source(1, 0)}, {}, "*+"},
      {"PpsNeedsAPreferred", {pps, source(1, 0)}, {}, "x*"},
      {"PpsWithPreferred", {pps, preferred(source(1, 0))}, {}, "o*"},
      {"PpsAloneNeedsMinSaneZero", {pps}, {.min_sane = 0}, "o"},
      {"PpsAlone", {pps}, {}, "x"},
      {"PpsThatNumbersItsSeconds", {numbered, source(1, 0)}, {}, "o*"},
      {"PpsThatNumbersItsSecondsAlone", {numbered}, {}, "o"},
      {"NotFinite",
       {source(1, std::nan("")), source(2, 0), source(3, 0, std::nan("")),
        source(4, std::numeric_limits<double>::infinity())},
       {},
       " *  "},
  };
}

INSTANTIATE_TEST_SUITE_P(Cases, SelectionTable, testing::ValuesIn(cases()),
                         [](const auto& test) { return test.param.name; });

TEST(Selection, CombinesByTheInverseOfTheVariances) {
  std::vector<Candidate> candidates = {source(1, 0.001, 0.01), source(2, 0.004, 0.02)};
  candidates[0].variance = 1e-8;
  candidates[1].variance = 2e-8;
  candidates[0].frequency = 1e-6;
  candidates[1].frequency = 4e-6;
  candidates[0].frequency_variance = 2e-16;
  candidates[1].frequency_variance = 1e-16;
  const SelectionResult result = select(candidates, {}, 0);
  EXPECT_EQ(result.survivors, 2);
  EXPECT_EQ(result.system_peer, 0U);
  EXPECT_NEAR(result.offset, 0.002, 1e-9);
  EXPECT_NEAR(result.frequency, 3e-6, 1e-9);
  EXPECT_NEAR(result.frequency_deviation, std::sqrt(2e-16 / 3), 1e-10);
  EXPECT_NEAR(result.jitter, std::sqrt(9e-6 / 3 + 9e-6), 1e-8);
}

TEST(Selection, CountsTheAsymmetryThatALongPathMayHave) {
  std::vector<Candidate> candidates = {source(1, 0), source(2, 0.001)};
  candidates[0].delay = 0.001;
  candidates[1].delay = 0.1;
  EXPECT_LT(select(candidates, {}, 0).offset, 1e-6);
}

TEST(Selection, FollowsThePreferredAlone) {
  const std::vector<Candidate> candidates = {source(1, 0.001), preferred(source(2, 0.003))};
  const SelectionResult result = select(candidates, {}, 0);
  EXPECT_EQ(result.system_peer, 1U);
  EXPECT_EQ(result.offset, 0.003);
  EXPECT_EQ(result.jitter, candidates[1].jitter);
}

TEST(Selection, DoubtsAPeerThatLeaptWhereOthersHaveNot) {
  std::vector<Candidate> candidates = {source(1, 0.001), source(2, 0.001), source(3, 0.001)};
  EXPECT_EQ(select(candidates, {}, 1).doubt, 0);
  for (Candidate& c : candidates) c.leap = 0.05;
  EXPECT_EQ(select(candidates, {}, 1).doubt, 0) << "it was the own clock";
  candidates[1].leap = 0;
  EXPECT_NEAR(select(candidates, {}, 1).doubt, 0.05, 1e-9);
  candidates.resize(1);
  EXPECT_NEAR(select(candidates, {}, 1).doubt, 0.05, 1e-9) << "nobody else is there to say";
  candidates[0].stray = 20;
  EXPECT_NEAR(select(candidates, {}, 1).doubt, 20.05, 1e-9);
}

TEST(Selection, HasNoPeerWithoutMajority) {
  const std::vector<Candidate> candidates = {source(1, 0), source(2, 1)};
  const SelectionResult result = select(candidates, {}, 1);
  EXPECT_FALSE(result.system_peer);
  EXPECT_EQ(result.survivors, 0);
}

TEST(Selection, StaysWithThePeerThatIsAsGood) {
  const std::vector<Candidate> candidates = {source(1, 0, 0.010), source(2, 1e-4, 0.012)};
  EXPECT_EQ(select(candidates, {}, 0).system_peer, 0U);
  EXPECT_EQ(select(candidates, {}, 2).system_peer, 1U);
  EXPECT_EQ(select(candidates, {}, 77).system_peer, 0U) << "the last peer is gone";
}

TEST(Selection, LeavesThePeerThatIsFarOffOrOfAWorseStratum) {
  const std::vector<Candidate> far = {source(1, 0, 0.010), source(2, 0.005, 0.012)};
  EXPECT_EQ(select(far, {}, 2).system_peer, 0U);
  std::vector<Candidate> worse = {source(1, 0), source(2, 1e-4)};
  worse[1].stratum = 3;
  EXPECT_EQ(select(worse, {}, 2).system_peer, 0U);
}

TEST(Selection, PrefersTheLowerStratumAmongEquals) {
  std::vector<Candidate> candidates = {source(1, 0), source(2, 0)};
  candidates[1].stratum = 1;
  EXPECT_EQ(select(candidates, {}, 0).system_peer, 1U);
}

TEST(Selection, StaysFiniteForZerosAndHugeValues) {
  const std::vector<std::vector<Candidate>> lists = {
      {source(1, 0, 0, 0), source(2, 0, 0, 0), source(3, 0, 0, 0), source(4, 0, 0, 0)},
      {source(1, 2e9, 1e12, 1e9), source(2, -2e9, 1e12, 1e9)},
  };
  for (const auto& list : lists) {
    SelectionLimits limits;
    limits.min_distance = 0;
    const SelectionResult result = select(list, limits, 0);
    EXPECT_TRUE(result.system_peer);
    EXPECT_TRUE(std::isfinite(result.offset));
    EXPECT_TRUE(std::isfinite(result.jitter));
  }
}

}  // namespace
}  // namespace ntp::sync
