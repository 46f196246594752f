// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/io/port_lock.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <string_view>

#include "ntpd/os/unique_fd.h"

namespace ntp::io {

namespace {

using os::error_text;

/// The process of a lock; 0 if the file says nothing of the kind.
pid_t owner(const std::string& path) {
  const os::UniqueFd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!fd) return 0;
  std::array<char, 32> text{};
  const ssize_t size = read(fd.get(), text.data(), text.size());
  if (size <= 0) return 0;
  std::string_view digits(text.data(), static_cast<std::size_t>(size));
  const auto first = digits.find_first_not_of(' ');
  if (first == std::string_view::npos) return 0;
  digits.remove_prefix(first);
  pid_t process = 0;
  (void)std::from_chars(digits.data(), digits.data() + digits.size(), process);
  return process;
}

bool is_alive(pid_t process) { return process > 0 && (kill(process, 0) == 0 || errno == EPERM); }

}  // namespace

Result<PortLock> PortLock::take(const std::string& path) {
  if (path.empty()) return PortLock();
  for (const bool again : {true, false}) {
    const os::UniqueFd fd(open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
    if (fd) {
      const std::string text = std::to_string(getpid()) + '\n';
      if (write(fd.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size())) {
        return PortLock(path);
      }
      const int error = errno;
      unlink(path.c_str());
      return fail(path + ": " + error_text(error));
    }
    if (errno != EEXIST) return fail(path + ": " + error_text(errno));
    const pid_t process = owner(path);
    if (is_alive(process) || process == 0 || !again) {
      return fail(path + ": the port is in use" +
                  (process > 0 ? " by process " + std::to_string(process) : ""));
    }
    unlink(path.c_str());
  }
  return fail(path + ": the port is in use");
}

PortLock::~PortLock() {
  if (!path_.empty()) unlink(path_.c_str());
}

}  // namespace ntp::io
