// SPDX-License-Identifier: BSD-2-Clause
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <deque>
#include <fstream>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

#include "ntpq/program.h"
#include "tests/sim/lab.h"

/// What the daemon says of its clock, in `ntpq -c rv`, loopstats and peerstats: the quantities that
/// the names promise, in NTPsec's units, of a clock, paths and sources that are known exactly.
namespace ntp::golden {
namespace {

using sim::Lab;
using sim::SimNode;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

/// The way of an ntpq on the node's own host.
class LocalTransport final : public ntpq::Transport {
 public:
  explicit LocalTransport(SimNode& node) : node_(node) {}

  Outcome send(ByteView request) override {
    const Address here = Address::loopback(Family::V4);
    const Datagram datagram{request, {here, 40000}, here, node_.host.clock.wall(), false};
    node_.engine().on_server_datagram(
        datagram, [this](ByteView reply) { replies_.emplace_back(reply.begin(), reply.end()); });
    return Outcome::Done;
  }
  Received receive(ByteSpan buffer, MonoTime) override {
    if (replies_.empty()) return {Outcome::TimedOut, 0};
    const auto reply = replies_.front();
    replies_.pop_front();
    const std::size_t size = std::min(reply.size(), buffer.size());
    std::copy_n(reply.begin(), size, buffer.begin());
    return {Outcome::Done, size};
  }

 private:
  SimNode& node_;
  std::deque<std::vector<std::uint8_t>> replies_;
};

class LocalNetwork final : public ntpq::Network {
 public:
  explicit LocalNetwork(SimNode& node) : node_(node) {}
  Result<std::unique_ptr<ntpq::Transport>> open(const std::string&, Family) override {
    return std::unique_ptr<ntpq::Transport>(std::make_unique<LocalTransport>(node_));
  }
  std::optional<std::string> name_of(const Address&) override { return std::nullopt; }
  [[nodiscard]] MonoTime mono() const override { return node_.host.clock.mono(); }
  [[nodiscard]] WallTime wall() const override { return node_.host.clock.wall(); }

 private:
  SimNode& node_;
};

/// Raw: as it stands on the wire, with NTPsec's units and digits.
std::string ntpq(SimNode& node, const std::string& command) {
  LocalNetwork network(node);
  std::ostringstream out;
  std::ostringstream err;
  std::istringstream no_input;
  const std::vector<std::string> arguments{"-n", "-c", "raw", "-c", command, "localhost"};
  const auto options = ntpq::parse_options(arguments);
  EXPECT_TRUE(options.has_value());
  ntpq::run_program(*options, network, {out, err, err}, {no_input, false});
  EXPECT_EQ(err.str(), "");
  return out.str();
}

/// The value of a variable in ntpq's text.
double value(const std::string& text, const std::string& name) {
  std::smatch match;
  if (!std::regex_search(text, match, std::regex("(^|[ ,\n])" + name + "=(-?[0-9.]+)"))) {
    ADD_FAILURE() << name << " is not in " << text;
    return 0;
  }
  return std::stod(match[2]);
}

std::vector<double> list(const std::string& text, const std::string& name) {
  std::smatch match;
  std::vector<double> all;
  if (!std::regex_search(text, match, std::regex(name + " *=([-0-9. \t]+)"))) return all;
  std::istringstream stream(match[1]);
  for (double number = 0; stream >> number;) all.push_back(number);
  return all;
}

std::vector<std::string> words(const std::string& line) {
  std::istringstream stream(line);
  std::vector<std::string> all;
  for (std::string word; stream >> word;) all.push_back(word);
  return all;
}

class ClockFigures : public testing::Test {
 protected:
  SimNode& start(const std::string& config, const sim::Oscillator& oscillator) {
    sim::NodeOptions options;
    options.config = config +
                     "restrict default\nrestrict 127.0.0.1\nstatsdir /stats\n"
                     "filegen loopstats type none\nfilegen peerstats type none\n";
    options.oscillator = oscillator;
    options.engine.identity = {"x86_64", "Linux", "6.1.0", "ntpd regulator-test"};
    node_ = &lab_.add_node(std::move(options));
    node_->start();
    return *node_;
  }
  [[nodiscard]] std::string file(const std::string& set) const {
    return node_->host.files.content("/stats/" + set).value_or("");
  }
  [[nodiscard]] std::vector<std::string> line(const std::string& set, bool last) const {
    std::istringstream content(file(set));
    std::string found;
    for (std::string line; std::getline(content, line) && (last || found.empty());) found = line;
    return words(found);
  }

  Lab lab_{1};
  SimNode* node_ = nullptr;
};

/// A path of 2 times 5 ms with queues of 0.2 ms each way, a server that is 2 ms and 3 ms of
/// dispersion away from its own reference, a clock that is 50 ms fast and gains 20 ppm.
class KnownClock : public ClockFigures {
 protected:
  static constexpr double kDelay = 10;       // ms
  static constexpr double kQueue = 0.2;      // ms
  static constexpr double kOffset = -50;     // ms
  static constexpr double kFrequency = -20;  // ppm

  KnownClock() {
    lab_.network.default_path().delay = sim::exponential_delay(5e-3, kQueue * 1e-3);
    sim::PerfectServer& server = lab_.add_server();
    server.behaviour.root_delay = 2e-3;
    server.behaviour.root_dispersion = 3e-3;
    start("server 10.0.0.1 iburst minpoll 6 maxpoll 6\n",
          {.frequency = 20e-6, .offset = 0.05, .wander = 1e-9});
  }
};

TEST_F(KnownClock, IsShownByTheFirstUpdate) {
  ASSERT_TRUE(lab_.world.run_until([this] { return node_->synchronized(); },
                                   lab_.world.start() + minutes(2)));
  const std::string rv = ntpq(*node_, "rv");
  EXPECT_NEAR(value(rv, "offset"), kOffset, 5 * kQueue) << "ms, true time minus own clock";
  const auto loop = line("loopstats", false);
  ASSERT_EQ(loop.size(), 7U) << file("loopstats");
  EXPECT_NEAR(std::stod(loop[2]), kOffset * 1e-3, 5 * kQueue * 1e-3) << "s";
  const auto peer = line("peerstats", false);
  ASSERT_EQ(peer.size(), 8U) << file("peerstats");
  EXPECT_NEAR(std::stod(peer[4]), kOffset * 1e-3, 5 * kQueue * 1e-3) << "s";
}

TEST_F(KnownClock, IsShownInUnitsOfNtpsecWhenItIsKept) {
  lab_.world.run_for(hours(8));
  const std::string rv = ntpq(*node_, "rv");
  EXPECT_NEAR(value(rv, "frequency"), kFrequency, 0.5)
      << "ppm, what the clock is corrected by; the oscillator strays by 0.17";
  EXPECT_NEAR(value(rv, "offset"), 0, kQueue / 2) << "ms";
  constexpr double kUnit = 1e3 / 65536;  // ms, of the server's root delay in its packets
  EXPECT_NEAR(value(rv, "rootdelay"), 2 + value(ntpq(*node_, "rv &1"), "delay"), kUnit)
      << "ms, to the root";
  // The server's, one poll and a little more at 15 ppm, and what the estimate is off.
  EXPECT_GT(value(rv, "rootdisp"), 3);
  EXPECT_LT(value(rv, "rootdisp"), 3 + 2 * 64 * 15e-3 + 2 * kQueue);
  EXPECT_EQ(value(rv, "sys_jitter"), 0) << "ms, among one source";
  // The estimate strays far less than the measurements.
  EXPECT_GT(value(rv, "clk_jitter"), kQueue / 100);
  EXPECT_LT(value(rv, "clk_jitter"), kQueue / 2);
  // 1 ppb a root second over 64 s are 0.008 ppm.
  EXPECT_GT(value(rv, "clk_wander"), 0.0005);
  EXPECT_LT(value(rv, "clk_wander"), 0.08);
  EXPECT_EQ(value(rv, "tc"), 6);
  EXPECT_EQ(value(rv, "mintc"), 0);
  EXPECT_EQ(value(rv, "stratum"), 2);
}

TEST_F(KnownClock, IsTheSameInLoopstats) {
  lab_.world.run_for(hours(8));
  const std::string rv = ntpq(*node_, "rv");
  const auto loop = line("loopstats", true);
  ASSERT_EQ(loop.size(), 7U);
  EXPECT_NEAR(std::stod(loop[2]) * 1e3, value(rv, "offset"), 1e-6) << "s to ms";
  EXPECT_NEAR(std::stod(loop[3]), value(rv, "frequency"), 1e-3) << "ppm";
  EXPECT_NEAR(std::stod(loop[4]) * 1e3, value(rv, "clk_jitter"), 1e-6) << "s to ms";
  EXPECT_NEAR(std::stod(loop[5]), value(rv, "clk_wander"), 1e-6) << "ppm";
  EXPECT_EQ(loop[6], "6");
}

TEST_F(KnownClock, HasAPeerThatPeerstatsAndItsVariablesTellAlike) {
  lab_.world.run_for(hours(7));
  double least = 1e3;  // ms, of an hour's delays
  std::string rv;
  std::vector<double> delays;
  for (int i = 0; i < 10; ++i) {
    lab_.world.run_for(minutes(6));
    rv = ntpq(*node_, "rv &1");
    delays = list(rv, "filtdelay");
    ASSERT_EQ(delays.size(), 8U) << rv;
    least = std::min(least, std::ranges::min(delays));
  }
  EXPECT_GT(least, kDelay);
  EXPECT_LT(least, kDelay + kQueue) << "of so many exchanges one hardly waits";
  const auto peer = line("peerstats", true);
  ASSERT_EQ(peer.size(), 8U);
  EXPECT_EQ(peer[2], "10.0.0.1");
  std::smatch status;
  ASSERT_TRUE(std::regex_search(rv, status, std::regex("status=0x([0-9a-f][6e][0-9a-f]{2})")))
      << rv;
  EXPECT_EQ(peer[3], status[1]) << "hexadecimal, of the system peer";
  EXPECT_NEAR(std::stod(peer[4]), 0, kQueue * 1e-3) << "s, offset";
  const double delay = std::stod(peer[5]) * 1e3;
  EXPECT_TRUE(std::ranges::any_of(delays, [&](double d) { return std::abs(d - delay) < 0.0051; }))
      << delay << " ms is none of\n"
      << rv;
  // Of the sample that bounds the error best: precisions, its age, what the estimate is off it.
  EXPECT_GT(std::stod(peer[6]), 0);
  EXPECT_LT(std::stod(peer[6]), 8 * 64 * 15e-6 + kQueue * 1e-3) << "s, dispersion";
  // Half the difference of two exponential queues strays by 0.71 of their mean.
  EXPECT_GT(std::stod(peer[7]), 0.2 * kQueue * 1e-3) << "s, jitter";
  EXPECT_LT(std::stod(peer[7]), 2 * kQueue * 1e-3);
  EXPECT_NEAR(value(rv, "offset"), std::stod(peer[4]) * 1e3, 1e-6) << "s to ms";
  EXPECT_NEAR(value(rv, "delay"), std::stod(peer[5]) * 1e3, 1e-6);
  EXPECT_NEAR(value(rv, "jitter"), std::stod(peer[7]) * 1e3, 1e-6);
}

TEST_F(ClockFigures, JitterOfTheSystemIsHowFarSourcesAreApart) {
  std::string config;
  lab_.network.default_path().delay = sim::constant_delay(1e-3);
  for (const double offset : {-3e-4, 0.0, 3e-4}) {
    sim::PerfectServer& server = lab_.add_server();
    server.behaviour.offset = offset;
    config += "server " + server.address().to_string() + " iburst minpoll 6 maxpoll 6\n";
  }
  start(config, {.frequency = 5e-6});
  lab_.world.run_for(hours(2));
  const double jitter = value(ntpq(*node_, "rv"), "sys_jitter");
  // Of one in the middle: each of the mean and of the RMS distance, or of one at the edge.
  EXPECT_GE(jitter, std::hypot(0.2449, 0.3) * 0.98);
  EXPECT_LE(jitter, std::hypot(0.3873, 0.4743) * 1.02);
}

bool is_number(const std::string& word) {
  static const std::regex kNumber("-?[0-9]+[.][0-9]+");
  return std::regex_match(word, kNumber);
}

/// Whether two words are the same, or numbers with as many decimals that differ in the last of them
/// by no more than another compiler's arithmetic.
bool same_word(const std::string& a, const std::string& b) {
  if (a == b) return true;
  if (!is_number(a) || !is_number(b)) return false;
  const std::size_t decimals = a.size() - a.find('.') - 1;
  if (b.size() - b.find('.') - 1 != decimals) return false;
  return std::abs(std::stod(a) - std::stod(b)) < 2.5 * std::pow(10, -static_cast<int>(decimals));
}

void expect_golden(const std::string& text, const std::string& name) {
  std::ifstream file(std::string(REGULATOR_GOLDEN_DIR) + "/clock/" + name);
  std::ostringstream golden;
  golden << file.rdbuf();
  static const std::regex kApart("([=,])");
  // A nanosecond is many units of a time stamp's fraction.
  static const std::regex kFraction("([0-9a-f]{8})[.][0-9a-f]{8}");
  const auto apart = [](const std::string& all) {
    return words(std::regex_replace(std::regex_replace(all, kFraction, "$1"), kApart, " $1 "));
  };
  const auto expected = apart(golden.str());
  const auto given = apart(text);
  EXPECT_TRUE(!expected.empty() &&
              std::equal(expected.begin(), expected.end(), given.begin(), given.end(), same_word))
      << name << " is\n"
      << text << "and not\n"
      << golden.str();
}

/// Nothing is left to chance: a constant path, a constant oscillator.
TEST_F(ClockFigures, AreTheTextsOfAQuarterOfAnHour) {
  lab_.network.default_path().delay = sim::constant_delay(4e-3);
  sim::PerfectServer& server = lab_.add_server();
  server.behaviour.root_delay = 2e-3;
  server.behaviour.root_dispersion = 3e-3;
  start("server 10.0.0.1 iburst minpoll 6 maxpoll 6\n", {.frequency = 12e-6, .offset = -0.004});
  lab_.world.run_for(minutes(15));
  expect_golden(ntpq(*node_, "rv"), "rv.txt");
  expect_golden(file("loopstats"), "loopstats.txt");
  expect_golden(file("peerstats"), "peerstats.txt");
}

}  // namespace
}  // namespace ntp::golden
