// SPDX-License-Identifier: BSD-2-Clause
// Connections that stall, end or crawl at each octet, either way.
#include <gtest/gtest.h>

#include <mutex>
#include <set>
#include <thread>

#include "tests/unit/ntpd/nts/client_lab.h"
#include "tests/unit/ntpd/nts/relay.h"

namespace ntp::ke {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// Octets at the end that nobody needs: a record of TLS that says that the connection ends, and a
/// few, since a signature is a little longer or shorter by chance.
constexpr std::size_t kCloseNotify = 24;
constexpr std::size_t kMayBeLost = kCloseNotify + 8;
/// A client's request in a record of TLS.
constexpr std::size_t kRequest = 16 + 22;

class CutConnections : public ClientLab {
 public:
  ~CutConnections() override { server_.reset(); }

 protected:
  CutConnections() {
    limits_.total = limits_.per_network = 10000;
    limits_.deadline = seconds(30);
    report_ = [this](const SessionReport& report) {
      const std::lock_guard lock(mutex_);
      reports_.push_back(report);
    };
    serve();
    server_port_ = request_.port;
  }
  /// Octets that a whole exchange takes.
  std::size_t measure(Relay::Way way) {
    Relay::Options options;
    options.limited = way;
    const Relay relay(server_port_, options);
    request_.port = relay.port();
    const auto before = server_->counts();
    EXPECT_TRUE(exchange());
    // So that it is not counted among those to come.
    wait_for_sessions(before, 1);
    return relay.passed();
  }
  /// Exchanges of which the first is cut after `first` octets, and each after that one later.
  /// Gives the reasons for failure; an exchange that works gives an empty one.
  std::multiset<std::string> cut(Relay::Options options, std::size_t first, std::size_t count,
                                 Duration deadline) {
    options.limit = [next = first]() mutable { return next++; };
    const Relay relay(server_port_, options);
    request_.port = relay.port();
    Client client(loop_, resolver_, log_, {}, deadline);
    std::multiset<std::string> reasons;
    std::vector<std::unique_ptr<nts::KeExchange>> running;
    for (std::size_t i = 0; i < count; ++i) {
      running.push_back(client.start(request_, [&](const Result<nts::KeResult>& result) {
        reasons.insert(result ? std::string() : result.error().message);
        if (reasons.size() == count) loop_.stop();
      }));
    }
    const auto guard = timers_.at(clock_.mono() + seconds(60), [this] { loop_.stop(); });
    loop_.run();
    timers_.cancel(guard);
    return reasons;
  }
  /// The same for all octets up to `end`, some at once.
  std::multiset<std::string> cut_all(const Relay::Options& options, std::size_t end,
                                     Duration deadline) {
    constexpr std::size_t kAtOnce = 200;
    std::multiset<std::string> reasons;
    for (std::size_t first = 0; first < end; first += kAtOnce) {
      reasons.merge(cut(options, first, std::min(kAtOnce, end - first), deadline));
    }
    return reasons;
  }

  /// What the server has counted, when it is so many sessions more.
  nts::KeServerCounts wait_for_sessions(const nts::KeServerCounts& before, std::size_t more) {
    const auto all = [](const nts::KeServerCounts& counts) {
      return counts.good.count + counts.failed.count + counts.no_tls.count;
    };
    const MonoTime limit = clock_.mono() + seconds(10);
    while (all(server_->counts()) < all(before) + more && clock_.mono() < limit) {
      std::this_thread::sleep_for(milliseconds(5));
    }
    EXPECT_EQ(all(server_->counts()), all(before) + more);
    return server_->counts();
  }
  /// Why sessions have failed, of those that were told: too many at once are not.
  std::set<std::string> reported() {
    const std::lock_guard lock(mutex_);
    std::set<std::string> reasons;
    for (const SessionReport& report : reports_) {
      if (report.outcome == SessionOutcome::Good) continue;
      reasons.insert(report.error.empty() ? report.tls : report.error);
    }
    EXPECT_FALSE(reasons.empty());
    return reasons;
  }

  std::uint16_t server_port_ = 0;
  std::mutex mutex_;
  std::vector<SessionReport> reports_;
};

/// Those who were not cut before all that counts had passed.
std::size_t successes(const std::multiset<std::string>& reasons) { return reasons.count(""); }

TEST_F(CutConnections, ClientGivesUpWhereverItsServerCloses) {
  const std::size_t whole = measure(Relay::Way::ToClient);
  const auto reasons = cut_all({Relay::Way::ToClient, Relay::Then::Close}, whole, seconds(5));
  EXPECT_EQ(reasons.size(), whole);
  EXPECT_LE(successes(reasons), kMayBeLost);
  EXPECT_GT(reasons.count("TLS handshake: the server closed the connection"), 0U);
  EXPECT_GT(reasons.count("the server closed without a reply"), 0U);
  for (const std::string& reason : reasons) {
    EXPECT_TRUE(reason.empty() || reason == "the server closed without a reply" ||
                reason.ends_with(": the server closed the connection") ||
                reason.ends_with(": Broken pipe") || reason.ends_with(": Connection reset by peer"))
        << reason;
  }
}

TEST_F(CutConnections, ClientWaitsNoLongerThanItsDeadlineWhereverItsServerStalls) {
  const std::size_t whole = measure(Relay::Way::ToClient);
  const MonoTime begin = clock_.mono();
  const auto reasons =
      cut_all({Relay::Way::ToClient, Relay::Then::Stall}, whole, milliseconds(400));
  EXPECT_LE(clock_.mono() - begin, seconds(120)) << "nobody waits for ever";
  EXPECT_EQ(reasons.size(), whole);
  EXPECT_LE(successes(reasons), kMayBeLost);
  for (const std::string& reason : reasons) {
    EXPECT_TRUE(reason.empty() || reason.starts_with("timeout: ")) << reason;
  }
  // Alone, so that it gets there on a busy machine, too.
  EXPECT_EQ(cut({Relay::Way::ToClient, Relay::Then::Stall}, whole - 100, 1, seconds(2)),
            std::multiset<std::string>{"timeout: waiting for the reply"});
}

TEST_F(CutConnections, ClientWaitsNoLongerForAServerThatCrawls) {
  Relay::Options options;
  options.crawl = true;
  const Relay relay(server_port_, options);
  request_.port = relay.port();
  const MonoTime begin = clock_.mono();
  EXPECT_EQ(failure(milliseconds(300)), "timeout: TLS handshake");
  EXPECT_LE(clock_.mono() - begin, seconds(2));
}

TEST_F(CutConnections, ServerSaysWhyWhereverItsClientCloses) {
  const std::size_t whole = measure(Relay::Way::ToServer);
  const auto before = server_->counts();
  cut_all({Relay::Way::ToServer, Relay::Then::Close}, whole, seconds(5));
  const auto after = wait_for_sessions(before, whole);
  EXPECT_LE(after.good.count - before.good.count, kMayBeLost);
  for (const std::string& reason : reported()) {
    EXPECT_TRUE(reason.find("closed by the client") != std::string::npos ||
                reason.find("Connection reset by peer") != std::string::npos ||
                reason.find("Broken pipe") != std::string::npos)
        << reason;
  }
}

TEST_F(CutConnections, ServerEndsSessionsWhereverItsClientStallsOrCrawls) {
  limits_.deadline = seconds(2);
  serve();
  server_port_ = request_.port;
  const std::size_t whole = measure(Relay::Way::ToServer);
  const auto before = server_->counts();
  const auto reasons = cut_all({Relay::Way::ToServer, Relay::Then::Stall}, whole, seconds(10));
  EXPECT_LE(successes(reasons), kMayBeLost);
  auto after = wait_for_sessions(before, whole);
  for (const std::string& reason : reported()) {
    EXPECT_TRUE(reason == "Timeout" || reason == "there was no request (Timeout)") << reason;
  }
  // Within the request, whether the end of TLS behind it was measured or not: fewer at once, so
  // that they get there on a busy machine, too.
  const auto within = cut({Relay::Way::ToServer, Relay::Then::Stall},
                          whole - kCloseNotify - kRequest, kRequest, seconds(10));
  EXPECT_GT(within.count("the server sent error 1, bad request"), 0U);
  const std::uint64_t failed = after.failed.count;
  after = wait_for_sessions(after, kRequest);
  EXPECT_GT(after.failed.count, failed);
  Relay::Options options;
  options.limited = Relay::Way::ToServer;
  options.crawl = true;
  const Relay relay(server_port_, options);
  request_.port = relay.port();
  const std::uint64_t good = after.good.count;
  EXPECT_NE(failure(), "none");
  EXPECT_EQ(wait_for_sessions(after, 1).good.count, good);
}

}  // namespace
}  // namespace ntp::ke
