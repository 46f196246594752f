// SPDX-License-Identifier: BSD-2-Clause
// How many sessions the server of key establishment has at once, and who goes when there is no
// room.
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <mutex>
#include <thread>

#include "ntpd/os/unique_fd.h"
#include "tests/unit/ntpd/nts/client_lab.h"

namespace ntp::ke {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class ServerLimits : public ClientLab {
 public:
  ~ServerLimits() override { server_.reset(); }

 protected:
  ServerLimits() {
    limits_.total = limits_.per_network = 4;
    limits_.patience = seconds(30);
    limits_.deadline = seconds(30);
    report_ = [this](const SessionReport& report) {
      const std::lock_guard lock(mutex_);
      reasons_.push_back(report.tls);
    };
  }

  /// Connects from an address 127.0.0.x, and says nothing.
  void lie_idle(std::uint32_t last) {
    os::UniqueFd fd(::socket(AF_INET, SOCK_STREAM, 0));
    sockaddr_in where{};
    where.sin_family = AF_INET;
    where.sin_addr.s_addr = htonl(0x7f000000 + last);
    ASSERT_EQ(::bind(fd.get(), reinterpret_cast<const sockaddr*>(&where), sizeof where), 0);
    where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    where.sin_port = htons(request_.port);
    ASSERT_EQ(::connect(fd.get(), reinterpret_cast<const sockaddr*>(&where), sizeof where), 0);
    idle_.push_back(std::move(fd));
  }
  /// How many sessions have ended for this reason, once there are as many.
  long ended(const std::string& reason, long wanted) {
    const auto count = [&] {
      const std::lock_guard lock(mutex_);
      return std::count(reasons_.begin(), reasons_.end(), reason);
    };
    const MonoTime limit = clock_.mono() + seconds(10);
    while (count() < wanted && clock_.mono() < limit) std::this_thread::sleep_for(milliseconds(5));
    return count();
  }

  std::mutex mutex_;
  std::vector<std::string> reasons_;
  std::vector<os::UniqueFd> idle_;
};

TEST_F(ServerLimits, WhoOpensManyIsRefusedMore) {
  limits_.total = 100;
  serve();
  for (int i = 0; i < 4; ++i) lie_idle(1);
  EXPECT_NE(failure(), "none");
  EXPECT_EQ(ended("too many sessions from this address", 1), 1);
  EXPECT_EQ(server_->counts().no_tls.count, 1U);
}

TEST_F(ServerLimits, WhoOpensManyLosesTheOldestOfThem) {
  limits_.total = 100;
  limits_.patience = Duration::zero();
  serve();
  for (int i = 0; i < 10; ++i) lie_idle(1);
  EXPECT_EQ(failure(), "none");
  EXPECT_EQ(ended("gave way to others", 7), 7);
}

TEST_F(ServerLimits, WhoLiesIdleGivesWayWhereThereIsNoRoomAtAll) {
  limits_.patience = milliseconds(100);
  serve();
  for (std::uint32_t i = 0; i < 12; ++i) lie_idle(10 + i);
  EXPECT_EQ(failure(), "none");
  EXPECT_GE(ended("gave way to others", 9), 9);
  EXPECT_EQ(ended("too many sessions from this address", 0), 0);
}

TEST_F(ServerLimits, EndsAllSessionsWithItself) {
  limits_.total = 5;
  serve();
  for (std::uint32_t i = 0; i < 4; ++i) lie_idle(10 + i);
  ASSERT_TRUE(exchange()) << "after the others, which have begun then";
  const MonoTime limit = clock_.mono() + seconds(5);
  server_.reset();
  EXPECT_LE(clock_.mono(), limit);
  EXPECT_EQ(ended("the server ends", 4), 4);
}

}  // namespace
}  // namespace ntp::ke
