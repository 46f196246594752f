// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/os/shared_segment.h"

#include <sys/ipc.h>
#include <sys/shm.h>
#include <unistd.h>

#include <cerrno>
#include <string>

#include "ntpd/os/unique_fd.h"

namespace ntp::os {

Result<std::shared_ptr<ShmSegment>> attach_shm_segment(int unit, bool for_everybody) {
  const auto failed = [unit](const char* what, const std::string& why) {
    return fail(std::string("SHM ") + what + " (unit " + std::to_string(unit) + "): " + why);
  };
  const int id =
      shmget(kShmKey + unit, sizeof(ShmSegment), IPC_CREAT | (for_everybody ? 0666 : 0600));
  if (id < 0) {
    return failed("shmget",
                  errno == EINVAL ? "the segment is there with another size" : error_text(errno));
  }
  // Whoever made it may write into it, and tell a time: not just anybody.
  shmid_ds status{};
  if (!for_everybody && shmctl(id, IPC_STAT, &status) == 0 && status.shm_perm.uid != 0 &&
      status.shm_perm.uid != geteuid()) {
    return failed("segment", "it belongs to user " + std::to_string(status.shm_perm.uid) +
                                 ", and has to be root's; remove it with ipcrm");
  }
  void* const memory = shmat(id, nullptr, 0);
  // NOLINTNEXTLINE(performance-no-int-to-ptr): how shmat(2) says that it failed
  if (memory == reinterpret_cast<void*>(-1)) return failed("shmat", error_text(errno));
  return std::shared_ptr<ShmSegment>(static_cast<ShmSegment*>(memory),
                                     [](ShmSegment* segment) { shmdt(segment); });
}

}  // namespace ntp::os
