// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/io/linux_devices.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <pty.h>
#include <sys/ipc.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <termios.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "ntpd/os/linux_clock.h"

namespace ntp::io {
namespace {

using std::chrono::milliseconds;

class DevicesTest : public ::testing::Test {
 protected:
  DevicesTest() : folder_(std::filesystem::temp_directory_path() / "devices.XXXXXX") {
    std::string name = folder_.string();
    EXPECT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  ~DevicesTest() override { std::filesystem::remove_all(folder_); }

  /// Until the condition holds, or ten seconds are over.
  bool run_until(const std::function<bool()>& condition) {
    AsioTimers timers(loop_);
    bool late = false;
    std::function<void()> look = [&] {
      if (condition() || late) return loop_.stop();
      timers.at(clock_.mono() + milliseconds(1), look);
    };
    timers.at(clock_.mono() + std::chrono::seconds(10), [&] { late = true; });
    timers.at(clock_.mono(), look);
    loop_.run();
    return condition();
  }
  StreamHandlers handlers() {
    return {[this](ByteView octets, WallTime) { pieces_.emplace_back(as_text(octets)); },
            [this](const std::string& reason) { closed_ = reason; }};
  }

  std::filesystem::path folder_;
  EventLoop loop_;
  os::ReadOnlyClock clock_;
  LinuxDevices devices_{loop_, clock_};
  std::vector<std::string> pieces_;
  std::optional<std::string> closed_;
};

TEST_F(DevicesTest, SerialPortReadsLinesAndNoticesTheEnd) {
  int master = -1;
  int slave = -1;
  char name[64];
  ASSERT_EQ(openpty(&master, &slave, name, nullptr, nullptr), 0);
  SerialSettings settings;
  settings.path = name;
  settings.baud = 19200;
  settings.data_bits = 7;
  settings.parity = Parity::Even;
  settings.stop_bits = 2;
  settings.dtr = true;
  auto port = devices_.open_serial(settings, handlers());
  ASSERT_TRUE(port) << port.error().message;
  termios line{};
  ASSERT_EQ(tcgetattr(slave, &line), 0);
  EXPECT_EQ(cfgetispeed(&line), static_cast<speed_t>(B19200));
  EXPECT_NE(line.c_cflag & CSTOPB, 0U);
  ASSERT_EQ(write(master, "one\r\ntwo", 8), 8);
  EXPECT_TRUE(run_until([&] { return !pieces_.empty(); }));
  EXPECT_EQ(pieces_.front(), "one\n");
  ASSERT_TRUE((*port)->write(as_bytes("ask")));
  char answer[8];
  EXPECT_EQ(read(master, answer, sizeof answer), 3);
  close(slave);
  close(master);
  EXPECT_TRUE(run_until([&] { return closed_.has_value(); }));
}

TEST_F(DevicesTest, WhatIsNoSerialPortIsSaid) {
  SerialSettings settings;
  for (const std::string& path :
       {folder_.string(), std::string("/dev/null"), folder_.string() + "/none"}) {
    settings.path = path;
    const auto port = devices_.open_serial(settings, handlers());
    ASSERT_FALSE(port) << path;
    EXPECT_TRUE(port.error().message.starts_with(path)) << port.error().message;
  }
  ASSERT_EQ(mkfifo((folder_ / "fifo").c_str(), 0600), 0);
  settings.path = folder_ / "fifo";
  EXPECT_FALSE(devices_.open_serial(settings, handlers()));
  EXPECT_FALSE(devices_.open_pulse("/dev/null"));
  EXPECT_FALSE(devices_.open_pulse(folder_));
  EXPECT_FALSE(devices_.open_hardware_clock("/dev/null"));
  EXPECT_FALSE(devices_.open_hardware_clock(folder_ / "none"));
}

TEST_F(DevicesTest, InboxTakesDatagramsInPlaceOfAStaleSocket) {
  const std::string path = folder_ / "clock.sock";
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::copy(path.begin(), path.end(), address.sun_path);
  const int stale = socket(AF_UNIX, SOCK_DGRAM, 0);
  ASSERT_EQ(bind(stale, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  close(stale);
  std::vector<std::size_t> sizes;
  auto inbox = devices_.bind_inbox(
      path, false, [&](ByteView datagram, WallTime) { sizes.push_back(datagram.size()); });
  ASSERT_TRUE(inbox) << inbox.error().message;
  struct stat status {};
  ASSERT_EQ(stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600U);
  const int sender = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
  const std::string large(1000, 'x');
  for (const std::size_t size : {std::size_t{40}, std::size_t{0}, large.size()}) {
    EXPECT_EQ(sendto(sender, large.data(), size, 0, reinterpret_cast<sockaddr*>(&address),
                     sizeof address),
              static_cast<ssize_t>(size));
  }
  EXPECT_TRUE(run_until([&] { return sizes.size() == 3; }));
  EXPECT_EQ(sizes, (std::vector<std::size_t>{40, 0, 256}));
  close(sender);
  inbox.value().reset();
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST_F(DevicesTest, InboxIsNotTakenFromWhoListens) {
  const std::string path = folder_ / "clock.sock";
  const auto ignore = [](ByteView, WallTime) {};
  auto first = devices_.bind_inbox(path, false, ignore);
  ASSERT_TRUE(first) << first.error().message;
  EXPECT_TRUE(first.value()->has_name());
  const auto second = devices_.bind_inbox(path, false, ignore);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().message, path + ": somebody else listens there");
  EXPECT_TRUE(first.value()->has_name());

  // Removed by somebody, and made by another one: the first has no name, and takes none with it.
  std::filesystem::remove(path);
  EXPECT_FALSE(first.value()->has_name());
  auto third = devices_.bind_inbox(path, false, ignore);
  ASSERT_TRUE(third) << third.error().message;
  EXPECT_FALSE(first.value()->has_name());
  first.value().reset();
  EXPECT_TRUE(third.value()->has_name());
  third.value().reset();
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST_F(DevicesTest, InboxLeavesAlone) {
  const auto ignore = [](ByteView, WallTime) {};
  EXPECT_FALSE(devices_.bind_inbox(folder_, false, ignore));
  EXPECT_FALSE(devices_.bind_inbox(std::string(200, 'x'), false, ignore));
  EXPECT_FALSE(devices_.bind_inbox(folder_ / "none" / "x", false, ignore));
  EXPECT_TRUE(std::filesystem::exists(folder_));
}

TEST_F(DevicesTest, ConnectionThatNobodyTakesIsClosed) {
  bool connected = false;
  const auto connection = devices_.connect(
      {Address::loopback(Family::V4), 1}, [&] { connected = true; }, handlers());
  ASSERT_TRUE(connection);
  EXPECT_TRUE(run_until([&] { return closed_.has_value(); }));
  EXPECT_FALSE(connected);
  EXPECT_TRUE((*connection)->send(as_bytes("x")));
  EXPECT_FALSE((*connection)->send(as_bytes(std::string(5000, 'x'))));
}

TEST_F(DevicesTest, SegmentOfAnotherSizeIsRefused) {
  constexpr int kUnit = 211;
  const int small = shmget(kShmKey + kUnit, 16, IPC_CREAT | IPC_EXCL | 0600);
  if (small < 0) GTEST_SKIP() << "somebody has that segment";
  const auto refused = devices_.attach_segment(kUnit, false);
  EXPECT_FALSE(refused);
  shmctl(small, IPC_RMID, nullptr);
  const auto segment = devices_.attach_segment(kUnit, false);
  ASSERT_TRUE(segment) << segment.error().message;
  EXPECT_EQ((*segment)->valid, 0);
  shmctl(shmget(kShmKey + kUnit, sizeof(ShmSegment), 0600), IPC_RMID, nullptr);
}

}  // namespace
}  // namespace ntp::io
