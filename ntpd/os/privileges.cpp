// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/os/privileges.h"

#include <grp.h>
#include <pwd.h>
#include <sched.h>
#include <sys/capability.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <memory>
#include <optional>
#include <utility>

#include "ntpd/os/unique_fd.h"

namespace ntp::os {
namespace {

std::optional<unsigned> parse_id(const std::string& text) {
  if (text.empty() || text.front() < '0' || text.front() > '9') return std::nullopt;
  char* end = nullptr;
  errno = 0;
  const unsigned long value = std::strtoul(text.c_str(), &end, 0);
  if (errno != 0 || *end != '\0' || value >= 0xffffffffUL) return std::nullopt;
  return static_cast<unsigned>(value);
}

Result<void> change_user(const Account& account) {
  if (geteuid() == 0) {
    const int grouped = account.name.empty() ? setgroups(1, &account.group)
                                             : initgroups(account.name.c_str(), account.group);
    if (grouped != 0) return fail("setting the groups: " + error_text(errno));
  }
  if (setgid(account.group) != 0) return fail("setgid: " + error_text(errno));
  if (setuid(account.user) != 0) return fail("setuid: " + error_text(errno));
  return {};
}

using Capabilities = std::unique_ptr<std::remove_pointer_t<cap_t>, int (*)(void*)>;

Result<std::vector<std::string>> keep_capabilities() {
  struct Wanted {
    cap_value_t value;
    const char* name;
    const char* loss;
  };
  static constexpr std::array<Wanted, 3> kWanted{{
      {CAP_SYS_TIME, "cap_sys_time", "the clock can't be set"},
      {CAP_NET_BIND_SERVICE, "cap_net_bind_service", "port 123 can't be bound again"},
      {CAP_SYS_NICE, "cap_sys_nice", "the priority can't be raised"},
  }};
  const Capabilities old(cap_get_proc(), cap_free);
  const Capabilities fresh(cap_init(), cap_free);
  if (!old || !fresh) return fail("reading the capabilities: " + error_text(errno));
  std::vector<std::string> missing;
  for (const Wanted& wanted : kWanted) {
    cap_flag_value_t held = CAP_CLEAR;
    cap_get_flag(old.get(), wanted.value, CAP_PERMITTED, &held);
    if (held != CAP_SET) {
      missing.push_back(std::string(wanted.name) + " is not there to keep: " + wanted.loss);
      continue;
    }
    for (const cap_flag_t flag : {CAP_PERMITTED, CAP_EFFECTIVE}) {
      cap_set_flag(fresh.get(), flag, 1, &wanted.value, CAP_SET);
    }
  }
  if (cap_set_proc(fresh.get()) != 0) return fail("cap_set_proc: " + error_text(errno));
  return missing;
}

}  // namespace

Result<Account> find_account(const Identity& identity) {
  // NOLINTBEGIN(concurrency-mt-unsafe): before there is any thread
  Account account{getuid(), getgid(), {}};
  if (!identity.user.empty()) {
    const auto id = parse_id(identity.user);
    const passwd* entry = id ? getpwuid(*id) : getpwnam(identity.user.c_str());
    if (entry == nullptr && !id) return fail("no user `" + identity.user + "'");
    account.user = entry != nullptr ? entry->pw_uid : *id;
    account.group = entry != nullptr ? entry->pw_gid : account.group;
    if (entry != nullptr) account.name = entry->pw_name;
  }
  if (!identity.group.empty()) {
    const auto id = parse_id(identity.group);
    const group* entry = id ? nullptr : getgrnam(identity.group.c_str());
    if (entry == nullptr && !id) return fail("no group `" + identity.group + "'");
    account.group = id ? *id : entry->gr_gid;
  }
  // NOLINTEND(concurrency-mt-unsafe)
  return account;
}

Result<std::vector<std::string>> drop_privileges(const Identity& identity) {
  // Looked up before the change of root, which may hide the databases.
  const auto account = find_account(identity);
  if (!account) return Failure<Error>{account.error()};
  if (prctl(PR_SET_KEEPCAPS, 1L, 0L, 0L, 0L) != 0) {
    return fail("prctl(PR_SET_KEEPCAPS): " + error_text(errno));
  }
  if (!identity.jail.empty()) {
    if (chdir(identity.jail.c_str()) != 0 || chroot(".") != 0 || chdir("/") != 0) {
      return fail("changing root to " + identity.jail + ": " + error_text(errno));
    }
  }
  // NTPsec: a jail alone leaves user and groups as they are.
  if (!identity.user.empty() || !identity.group.empty()) {
    if (auto changed = change_user(*account); !changed) return Failure<Error>{changed.error()};
  }
  return keep_capabilities();
}

Result<void> limit_resources(std::optional<std::uint64_t> stack,
                             std::optional<std::uint64_t> descriptors) {
  if (stack) {
    rlimit limit{};
    if (getrlimit(RLIMIT_STACK, &limit) != 0) return fail("getrlimit: " + error_text(errno));
    limit.rlim_cur = std::min<rlim_t>(*stack, limit.rlim_max);
    if (setrlimit(RLIMIT_STACK, &limit) != 0) {
      return fail("limit of the stack: " + error_text(errno));
    }
  }
  if (descriptors) {
    const rlimit limit{*descriptors, *descriptors};
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0) {
      return fail("limit of descriptors: " + error_text(errno));
    }
  }
  return {};
}

std::uint64_t raise_descriptor_limit(std::uint64_t wanted) {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
  if (limit.rlim_cur >= wanted) return limit.rlim_cur;
  const rlim_t before = std::exchange(limit.rlim_cur, std::min<rlim_t>(wanted, limit.rlim_max));
  return setrlimit(RLIMIT_NOFILE, &limit) == 0 ? limit.rlim_cur : before;
}

Result<void> raise_priority(int priority) {
  sched_param parameters{};
  parameters.sched_priority =
      std::clamp(priority, sched_get_priority_min(SCHED_FIFO), sched_get_priority_max(SCHED_FIFO));
  if (sched_setscheduler(0, SCHED_FIFO, &parameters) == 0) return {};
  return fail("sched_setscheduler: " + error_text(errno));
}

}  // namespace ntp::os
