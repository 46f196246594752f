// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "libntp/core/result.h"

namespace ntp::os {

/// Whom to become: `-u user[:group]` and `-i directory`. Names or numbers (C notation); an empty
/// group means the user's groups, an empty user keeps the user.
struct Identity {
  std::string user;
  std::string group;
  std::string jail;

  [[nodiscard]] bool wanted() const { return !user.empty() || !jail.empty(); }
};

/// Whom an identity means on this host.
struct Account {
  unsigned user = 0;
  unsigned group = 0;
  std::string name;  // for the supplementary groups; empty if the user has no entry
};
Result<Account> find_account(const Identity& identity);

/// Changes root directory, groups and user, and keeps of the capabilities only what a time daemon
/// needs: cap_sys_time, cap_net_bind_service, cap_sys_nice. Capabilities the process never had, as
/// in a container, are no failure: each is a line in the result, for a warning. To be called
/// before any thread is started. A failure leaves the process half changed: it has to end.
Result<std::vector<std::string>> drop_privileges(const Identity& identity);

/// Sets resource limits of this process: the stack in octets, held within the hard limit, and
/// descriptors, soft and hard. Nothing leaves one as it is.
Result<void> limit_resources(std::optional<std::uint64_t> stack,
                             std::optional<std::uint64_t> descriptors);

/// Lets this process have `wanted` descriptors if the hard limit allows, or else as many as that
/// does; never fewer than before. Gives how many it may have now.
std::uint64_t raise_descriptor_limit(std::uint64_t wanted);

/// SCHED_FIFO for this process, at `priority` held within the system's range.
Result<void> raise_priority(int priority);

}  // namespace ntp::os
