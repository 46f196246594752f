// SPDX-License-Identifier: BSD-2-Clause
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <regex>
#include <sstream>

#include "tests/sim/lab.h"
#include "tests/sim/seeds.h"
#include "tests/sim/statistics_week.h"

namespace ntp::sim {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

const std::string kStamp = R"(\d{5} \d{1,5}\.\d{3} )";
const std::string kNumber = R"(-?\d+\.\d{9})";
const std::string kCount = R"(\d+)";

std::string repeated(const std::string& part, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += (i == 0 ? "" : " ") + part;
  return all;
}

/// What a line of each set looks like.
const std::map<std::string, std::string>& patterns() {
  static const std::map<std::string, std::string> all{
      {"loopstats", kNumber + R"( -?\d+\.\d{6} \d+\.\d{9} \d+\.\d{6} \d+)"},
      {"peerstats", R"(10\.0\.0\.[1-4] [0-9a-f]{1,4} )" + repeated(kNumber, 4)},
      {"rawstats", R"(10\.0\.0\.[1-4] 10\.0\.1\.1 )" + repeated(R"(\d{10}\.\d{9})", 4) +
                       R"( [0-3] 4 4 \d+ \d+ -\d+ \d+\.\d{6} \d+\.\d{6} \S+ \d+ \d+ [0-9a-f]+)"},
      {"protostats", R"(\S+ [0-9a-f]{4} [0-9a-f]{2} \w+.*)"},
      {"sysstats", R"(3600 )" + repeated(kCount, 11)},
      {"usestats", R"(3600 \d+\.\d{3} \d+\.\d{3} )" + repeated(kCount, 9)}};
  return all;
}

std::vector<std::string> lines_of(const SimFiles& files, const std::string& path) {
  std::istringstream content(files.content(path).value_or(""));
  std::vector<std::string> lines;
  for (std::string line; std::getline(content, line);) lines.push_back(line);
  return lines;
}

/// A week of one daemon that follows four servers, with all statistics on.
class StatisticsScenario : public Scenario {};

TEST_P(StatisticsScenario, WritesAFileADayWhoseLinesAllParse) {
  StatisticsWeek week(seed());
  week.run();
  const SimFiles& files = week.node().host.files;
  std::size_t expected = 0;
  for (const auto& [set, pattern] : patterns()) {
    const std::regex whole(kStamp + pattern);
    for (int day = 5; day <= 11; ++day) {
      const std::string path =
          "/stats/" + set + ".202601" + (day < 10 ? "0" : "") + std::to_string(day);
      if (!files.content(path)) {
        // Events are rare once all is well, and the first day starts at noon.
        EXPECT_EQ(set, "protostats") << path << " is missing";
        continue;
      }
      ++expected;
      const std::string julian_day = std::to_string(61040 + day) + ' ';
      for (const std::string& line : lines_of(files, path)) {
        EXPECT_TRUE(std::regex_match(line, whole)) << path << ": " << line;
        EXPECT_TRUE(line.starts_with(julian_day)) << path << ": " << line;
      }
    }
    ++expected;
    EXPECT_TRUE(files.content("/stats/" + set).has_value()) << "no link for " << set;
  }
  EXPECT_EQ(files.paths().size(), expected) << testing::PrintToString(files.paths());
  EXPECT_EQ(week.node().host.log.written(LogLevel::Warning), 0U) << week.node().host.log.text();
}

TEST_P(StatisticsScenario, CountsAnHourAtATime) {
  StatisticsWeek week(seed());
  week.run();
  const auto lines = lines_of(week.node().host.files, "/stats/sysstats.20260106");
  ASSERT_EQ(lines.size(), 24U);
  for (const std::string& line : lines) {
    std::istringstream words(line);
    std::string day, second, elapsed, received;
    words >> day >> second >> elapsed >> received;
    // Four sources answer, at most once in 64 s.
    EXPECT_GE(std::stoi(received), 4) << line;
    EXPECT_LE(std::stoi(received), 4 * 3600 / 64 + 4) << line;
  }
}

/// One server and a daemon that follows it.
class StatisticsOfOneSource : public Scenario {
 protected:
  SimNode& start(const std::string& more) {
    server_ = &lab_.add_server();
    node_ = &lab_.add_node(
        {"server 10.0.0.1 iburst minpoll 4 maxpoll 4\n" + more, kUsualOscillator, {}});
    node_->start();
    return *node_;
  }
  [[nodiscard]] std::size_t lines(const std::string& path) const {
    return lines_of(node_->host.files, path).size();
  }

  [[nodiscard]] double counter(const std::string& name) const {
    return static_cast<double>(node_->engine().counter(name).value());
  }

  Lab lab_{seed()};
  PerfectServer* server_ = nullptr;
  SimNode* node_ = nullptr;
};

TEST_P(StatisticsOfOneSource, RecordsTheClockThatIsOnlyWatched) {
  start("disable ntp\nfilegen loopstats type none");
  lab_.world.run_for(hours(1));
  EXPECT_GE(lines("/var/NTP/loopstats"), 30U);
}

TEST_P(StatisticsOfOneSource, RecordsNothingWithStatisticsDisabled) {
  start("statistics loopstats peerstats rawstats sysstats protostats\ndisable stats");
  lab_.world.run_for(hours(2));
  EXPECT_TRUE(node_->host.files.paths().empty());
  EXPECT_GT(counter("ss_received"), 100) << "counts go on";
  EXPECT_NEAR(counter("ss_reset"), 7200, 1);
}

TEST_P(StatisticsOfOneSource, StartsItsCountsAnewEachHour) {
  start("");
  lab_.world.run_for(hours(1) + minutes(10));
  EXPECT_NEAR(counter("ss_reset"), 600, 1);
  EXPECT_NEAR(counter("ss_reset_r"), 4200, 1);
  EXPECT_LT(counter("ss_received"), 50);
  EXPECT_GT(counter("ss_received_r"), 200);
}

TEST_P(StatisticsOfOneSource, RecordsTheFirstRejectedReplyToARequestOnly) {
  start("filegen rawstats type none");
  lab_.world.run_for(minutes(10));
  const std::size_t good = lines("/var/NTP/rawstats");
  EXPECT_GE(good, 30U);
  server_->behaviour.copies = 50;
  lab_.world.run_for(minutes(10));
  const auto all = lines_of(node_->host.files, "/var/NTP/rawstats");
  // A good one and one duplicate for each request, some 38 of which fit in.
  EXPECT_LE(all.size(), good + 2 * 45);
  EXPECT_TRUE(all.back().ends_with(" 1 1")) << all.back();
}

TEST_P(StatisticsOfOneSource, CountsLostRequestsInFrontOfAReply) {
  start("filegen rawstats type none");
  lab_.world.run_for(minutes(5));
  server_->behaviour.silent = true;
  lab_.world.run_for(minutes(2));
  server_->behaviour.silent = false;
  lab_.world.run_for(minutes(1));
  const auto all = lines_of(node_->host.files, "/var/NTP/rawstats");
  const std::regex lost(".* ([5-9]|1[0-9]) 0 0");
  EXPECT_EQ(std::count_if(all.begin(), all.end(),
                          [&](const std::string& line) { return std::regex_match(line, lost); }),
            1)
      << testing::PrintToString(all);
}

TEST_P(StatisticsOfOneSource, LogsEventsOnlyWhereTheConfigurationSaysSo) {
  start("filegen protostats type none");
  lab_.world.run_for(minutes(5));
  EXPECT_GE(lines("/var/NTP/protostats"), 6U);
  const auto events = [this] {
    const auto& log = node_->host.log.lines();
    return std::count_if(log.begin(), log.end(), [](const SimLog::Line& line) {
      return line.level != LogLevel::Debug &&
             std::regex_match(line.text, std::regex(R"(PROTO: \S+ [0-9a-f]{4} [0-9a-f]{2} \w+.*)"));
    });
  };
  EXPECT_EQ(events(), 0);
}

TEST_P(StatisticsOfOneSource, LogsTheEventsOfTheClassesThatAreOn) {
  start("logconfig =sysevents");
  lab_.world.run_for(minutes(5));
  const auto informed = [this](const std::string& part) {
    const auto& log = node_->host.log.lines();
    return std::any_of(log.begin(), log.end(), [&](const SimLog::Line& line) {
      return line.level == LogLevel::Info && line.text.find(part) != std::string::npos;
    });
  };
  EXPECT_TRUE(informed("PROTO: 0.0.0.0 c016 06 restart")) << node_->host.log.text();
  EXPECT_FALSE(informed(" 81 mobilize "));
  EXPECT_FALSE(informed(" 8a sys_peer"));
}

TEST_P(StatisticsOfOneSource, ADiskThatIsFullForADayIsToldOnceAndCostsNoTime) {
  start("statistics loopstats peerstats rawstats\nstatsdir /stats");
  lab_.world.run_for(hours(1));
  node_->host.files.fail_appends("No space left on device");
  lab_.world.run_for(hours(24));
  EXPECT_EQ(node_->host.log.written(LogLevel::Error), 1U) << node_->host.log.text();
  EXPECT_TRUE(node_->synchronized());
  node_->host.files.fail_appends(std::nullopt);
  lab_.world.run_for(hours(1));
  EXPECT_TRUE(node_->host.log.contains("statistics are written again"));
  EXPECT_GT(lines("/stats/loopstats"), 100U);
}

SIM_RUN_SEEDS(StatisticsScenario);
SIM_RUN_SEEDS(StatisticsOfOneSource);

}  // namespace
}  // namespace ntp::sim
