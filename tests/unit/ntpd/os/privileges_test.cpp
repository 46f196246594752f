// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/os/privileges.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace ntp::os {
namespace {

/// The exit status of a process that does `action`.
template <class Action>
int status_of(Action action) {
  const pid_t child = fork();
  if (child == 0) _exit(action());
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST(LimitResources, SetsWhatIsNamedAndNothingElse) {
  EXPECT_EQ(status_of([] {
              rlimit before{};
              getrlimit(RLIMIT_STACK, &before);
              if (!limit_resources({}, 64)) return 1;
              rlimit stack{};
              getrlimit(RLIMIT_STACK, &stack);
              rlimit files{};
              getrlimit(RLIMIT_NOFILE, &files);
              return stack.rlim_cur == before.rlim_cur && files.rlim_cur == 64 &&
                             files.rlim_max == 64
                         ? 0
                         : 2;
            }),
            0);
}

TEST(LimitResources, HoldsTheStackWithinTheHardLimit) {
  EXPECT_EQ(status_of([] {
              const rlimit tight{1 << 20, 1 << 20};
              if (setrlimit(RLIMIT_STACK, &tight) != 0) return 1;
              if (!limit_resources(1ULL << 40, {})) return 2;
              rlimit stack{};
              getrlimit(RLIMIT_STACK, &stack);
              return stack.rlim_cur == (1 << 20) ? 0 : 3;
            }),
            0);
}

TEST(FindAccount, NamesWhoIsNotThere) {
  EXPECT_EQ(find_account({"no-such-user", "", ""}).error().message, "no user `no-such-user'");
  EXPECT_EQ(find_account({"", "no-such-group", ""}).error().message, "no group `no-such-group'");
}

TEST(FindAccount, TakesNumbersInAnyNotation) {
  const auto account = find_account({"0x7ffe", "0777", ""});
  ASSERT_TRUE(account);
  EXPECT_EQ(account->user, 0x7ffeU);
  EXPECT_EQ(account->group, 0777U);
}

}  // namespace
}  // namespace ntp::os
