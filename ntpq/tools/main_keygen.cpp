// SPDX-License-Identifier: BSD-2-Clause
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <iostream>

#include "ntpd/os/linux_clock.h"
#include "ntpd/os/random.h"
#include "ntpd/os/unique_fd.h"
#include "ntpq/companion.h"
#include "ntpq/tools/keygen.h"

namespace ntp::tools {
namespace {

constexpr const char* kLink = "ntp.keys";

Result<void> failed(const std::string& path) { return fail(path + ": " + os::error_text(errno)); }

/// A file that was not there before; nobody but its owner and group ever reads it.
Result<void> write_new(const std::string& path, std::string_view text) {
  constexpr mode_t kOwnerOnly = 0600;
  constexpr mode_t kOwnerAndGroup = 0640;
  const os::UniqueFd file(
      ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, kOwnerOnly));
  if (!file) return failed(path);
  while (!text.empty()) {
    const ssize_t written = ::write(file.get(), text.data(), text.size());
    if (written < 0) return failed(path);
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  if (::fsync(file.get()) != 0 || ::fchmod(file.get(), kOwnerAndGroup) != 0) return failed(path);
  return {};
}

/// The link changes at once from the old file to the new.
Result<void> link_to(const std::string& path) {
  const std::string temporary = path + ".link";
  if (::symlink(path.c_str(), temporary.c_str()) != 0) return failed(temporary);
  if (::rename(temporary.c_str(), kLink) == 0) return {};
  auto failure = failed(kLink);
  ::unlink(temporary.c_str());
  return failure;
}

int run(const KeygenOptions&) {
  std::array<char, 256> host{};
  if (::gethostname(host.data(), host.size() - 1) != 0) host.front() = '\0';
  os::SystemRandom random;
  const NewKeys keys = make_keys(host.data(), os::wall_now(), random);
  auto done = write_new(keys.file_name, keys.text);
  if (done) done = link_to(keys.file_name);
  if (!done) {
    std::cerr << "Key file creation or link failed.\nntpkeygen: " << done.error().message << "\n";
    return 1;
  }
  std::cerr << "Generating new AES file and link\n" << kLink << "->" << keys.file_name << "\n";
  return 0;
}

}  // namespace
}  // namespace ntp::tools

int main(int argc, char** argv) {
  return ntp::ntpq::run_companion(argc, argv, ntp::tools::parse_keygen_options, ntp::tools::run);
}
