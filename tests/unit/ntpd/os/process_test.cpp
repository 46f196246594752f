// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/os/process.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "ntpd/os/privileges.h"
#include "ntpd/os/random.h"

namespace ntp::os {
namespace {

TEST(PidFile, HoldsTheNumberAlone) {
  const std::string path = testing::TempDir() + "/pid_" + std::to_string(getpid());
  ASSERT_TRUE(write_pid_file(path, 4711));
  std::ifstream file(path);
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(file), {}), "4711");
  std::filesystem::remove(path);
}

TEST(PidFile, DoesNotWaitForTheReaderOfAPipe) {
  const std::string path = testing::TempDir() + "pid_pipe_" + std::to_string(getpid());
  ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
  EXPECT_EQ(write_pid_file(path, 1).error().message, path + ": No such device or address");
  unlink(path.c_str());
}

TEST(PidFile, NamesPathAndReason) {
  EXPECT_EQ(write_pid_file("/no/such/pid", 1).error().message,
            "/no/such/pid: No such file or directory");
}

/// The exit status of a process that detaches and whose daemon then runs `daemon`.
template <class Daemon>
int status_of_starter(Detachment detachment, Daemon daemon) {
  const pid_t starter = fork();
  if (starter == 0) {
    signal(SIGPIPE, SIG_IGN);
    // The starter's complaint about a timeout is not for the test's output.
    dup2(open("/dev/null", O_WRONLY), STDERR_FILENO);
    auto link = detach(detachment);
    _exit(link ? daemon(*link) : 99);
  }
  int status = 0;
  waitpid(starter, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST(Detach, ExitsWithZeroWhenTheDaemonIsUp) {
  Detachment detachment;
  detachment.on_ready = [](pid_t child) { _exit(child > 0 ? 42 : 43); };
  EXPECT_EQ(status_of_starter(detachment, [](Starter& link) { return link.ready(), 0; }), 42);
  EXPECT_EQ(status_of_starter({}, [](Starter& link) { return link.ready(), 5; }), 0);
}

TEST(Detach, PassesOnTheStatusOfADaemonThatDoesNotComeUp) {
  EXPECT_EQ(status_of_starter({}, [](Starter&) { return 1; }), 1);
  EXPECT_EQ(status_of_starter({}, [](Starter&) { return 255; }), 255);
}

TEST(Detach, WaitsForSynchronization) {
  Detachment detachment;
  detachment.wait_for_sync = std::chrono::seconds(20);
  EXPECT_EQ(status_of_starter(detachment,
                              [](Starter& link) {
                                link.ready();
                                link.synchronized();
                                return 0;
                              }),
            0);
  EXPECT_EQ(status_of_starter(detachment, [](Starter& link) { return link.ready(), 3; }), 3);
}

TEST(Detach, GivesUpWaitingWithTimedOut) {
  Detachment detachment;
  detachment.wait_for_sync = std::chrono::seconds(1);
  EXPECT_EQ(status_of_starter(detachment,
                              [](Starter& link) {
                                link.ready();
                                sleep(2);
                                return 0;
                              }),
            110);
}

TEST(DropPrivileges, FailsForUnknownNames) {
  EXPECT_EQ(drop_privileges({"no-such-user", "", ""}).error().message, "no user `no-such-user'");
  EXPECT_EQ(drop_privileges({"root", "no-such-group", ""}).error().message,
            "no group `no-such-group'");
}

TEST(DropPrivileges, BecomesTheUserForGood) {
  if (geteuid() != 0) GTEST_SKIP() << "needs root";
  const pid_t child = fork();
  if (child == 0) {
    const bool dropped = drop_privileges({"65534", "0xfffe", ""}).has_value();
    const bool became = getuid() == 65534 && getgid() == 65534 && setuid(0) != 0;
    _exit(dropped && became ? 0 : 1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
}

TEST(SystemRandom, FillsAllOctetsAnewEachTime) {
  SystemRandom random;
  std::array<std::uint8_t, 64> first{};
  std::array<std::uint8_t, 64> second{};
  random.fill(first);
  random.fill(second);
  EXPECT_NE(first, second);
  EXPECT_NE(random.u64(), random.u64());
  std::set<std::uint64_t> drawn;
  for (int i = 0; i < 1000; ++i) drawn.insert(random.u64());
  EXPECT_EQ(drawn.size(), 1000U);
}

TEST(ResourceUsage, GrowsWithWhatTheProcessDoes) {
  const ResourceUsage before = resource_usage();
  EXPECT_GT(before.largest_resident, 100);
  EXPECT_GT(before.minor_faults, 0);
  volatile unsigned work = 0;
  do {
    work = work + 1;
  } while (resource_usage().user_time <= before.user_time);
  EXPECT_GT(work, 0U);
}

}  // namespace
}  // namespace ntp::os
