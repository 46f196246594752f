// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/os/process.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstdlib>
#include <initializer_list>

#include "ntpd/os/linux_clock.h"

namespace ntp::os {
namespace {

/// Waits for one octet of news; 0 if the child is gone, -1 if the time is over.
int wait_for_news(int pipe, std::optional<MonoTime> deadline) {
  for (;;) {
    int timeout = -1;
    if (deadline) {
      const auto left =
          std::chrono::ceil<std::chrono::milliseconds>(*deadline - mono_now()).count();
      timeout = static_cast<int>(std::clamp<long>(left, 0, INT_MAX));
    }
    pollfd waiting{pipe, POLLIN, 0};
    const int events = poll(&waiting, 1, timeout);
    if (events == 0) return -1;
    if (events < 0) {
      if (errno == EINTR) continue;
      return 0;
    }
    char news = 0;
    const ssize_t got = ::read(pipe, &news, 1);
    if (got < 0 && errno == EINTR) continue;
    return got == 1 ? news : 0;
  }
}

int status_of_dead(pid_t child) {
  int status = 0;
  if (waitpid(child, &status, 0) != child || !WIFEXITED(status)) return 1;
  return WEXITSTATUS(status);
}

[[noreturn]] void attend(pid_t child, int pipe, const Detachment& detachment) {
  constexpr int kTimedOut = ETIMEDOUT;
  const bool wait = detachment.wait_for_sync.count() > 0;
  const auto deadline = wait ? std::optional(mono_now() + detachment.wait_for_sync) : std::nullopt;
  for (;;) {
    switch (wait_for_news(pipe, deadline)) {
      case 'R':
        if (detachment.on_ready) detachment.on_ready(child);
        if (!wait) std::_Exit(0);
        break;
      case 'S':
        std::_Exit(0);
      case 0:
        std::_Exit(status_of_dead(child));
      default:
        std::fprintf(stderr, "ntpd: -w/--wait-sync %lld timed out.\n",
                     static_cast<long long>(detachment.wait_for_sync.count()));
        std::_Exit(kTimedOut);
    }
  }
}

Result<void> silence(std::initializer_list<int> streams) {
  const int null = ::open("/dev/null", O_RDWR);
  if (null < 0) return fail("/dev/null: " + error_text(errno));
  for (const int stream : streams) {
    if (dup2(null, stream) < 0) return fail("dup2: " + error_text(errno));
  }
  if (null > STDERR_FILENO) ::close(null);
  return {};
}

Result<void> leave_terminal() {
  if (auto silent = silence({STDIN_FILENO, STDOUT_FILENO}); !silent) return silent;
  if (setsid() < 0) return fail("setsid: " + error_text(errno));
  return {};
}

}  // namespace

Result<void> write_pid_file(const std::string& path, pid_t pid) {
  // Without waiting for somebody to read, if it is a pipe.
  const UniqueFd fd(
      ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NONBLOCK | O_CLOEXEC, 0644));
  if (!fd) return fail(path + ": " + error_text(errno));
  const std::string text = std::to_string(pid);
  const ssize_t written = ::write(fd.get(), text.data(), text.size());
  if (written == static_cast<ssize_t>(text.size())) return {};
  return fail(path + ": " + (written < 0 ? error_text(errno) : "short write"));
}

ResourceUsage resource_usage() {
  const auto span = [](const timeval& time) -> Duration {
    return std::chrono::seconds(time.tv_sec) + std::chrono::microseconds(time.tv_usec);
  };
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  ResourceUsage usage;
  usage.user_time = span(used.ru_utime);
  usage.system_time = span(used.ru_stime);
  usage.minor_faults = used.ru_minflt;
  usage.major_faults = used.ru_majflt;
  usage.swaps = used.ru_nswap;
  usage.blocks_in = used.ru_inblock;
  usage.blocks_out = used.ru_oublock;
  usage.voluntary_switches = used.ru_nvcsw;
  usage.involuntary_switches = used.ru_nivcsw;
  usage.signals = used.ru_nsignals;
  usage.largest_resident = used.ru_maxrss;
  return usage;
}

void Starter::ready() {
  if (pipe_ && !silence({STDERR_FILENO})) pipe_.reset();
  tell('R');
}

void Starter::tell(char news) {
  if (!pipe_) return;
  // The starter may have gone, having heard enough.
  if (::write(pipe_.get(), &news, 1) != 1) pipe_.reset();
  if (news == 'S') pipe_.reset();
}

Result<Starter> detach(const Detachment& detachment) {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) return fail("pipe: " + error_text(errno));
  UniqueFd reader(ends[0]);
  UniqueFd writer(ends[1]);
  std::fflush(nullptr);
  const pid_t child = fork();
  if (child < 0) return fail("fork: " + error_text(errno));
  if (child > 0) {
    writer.reset();
    attend(child, reader.get(), detachment);
  }
  if (auto left = leave_terminal(); !left) return Failure<Error>{left.error()};
  return Starter(std::move(writer));
}

}  // namespace ntp::os
