// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "libntp/core/seams.h"

namespace ntp::os {

/// Files of the host. Every failure reads `PATH: reason`.
class Files final : public FileStore {
 public:
  static constexpr std::size_t kMaxFile = 64U << 20;

  /// Regular files of at most kMaxFile octets; directories, devices and pipes are refused, so that
  /// nothing blocks.
  Result<std::string> load(const std::string& path) override;

  /// The same for a file that the command line names, which may be /dev/null.
  Result<std::string> load_named(const std::string& path);
  /// The same when it is read for the first time: it may be a pipe (`-c <(…)`), which is waited for
  /// kPatience at most.
  static constexpr std::chrono::seconds kPatience{5};
  Result<std::string> load_stream(const std::string& path);

  /// By way of PATH`-tmp` (NTPsec's name, which security profiles know). Does not wait for the
  /// disk: the time service would wait, too. Mode and, where permitted, owner of a file that is
  /// there are kept; a new one gets mode 0644 less the umask. A symbolic link is followed, not
  /// replaced.
  Result<void> save(const std::string& path, std::string_view content) override;

  /// The same with mode 0600, always, and written through to the disk.
  Result<void> save_secret(const std::string& path, std::string_view content) override;

  /// The file is opened for each text, so that a log rotation from outside takes effect at once and
  /// a disk that has room again needs no care. A pipe without a reader is a failure, not a wait.
  Result<void> append(const std::string& path, std::string_view text) override;
  Result<void> link(const std::string& path, const std::string& name) override;
  Result<void> rename(const std::string& path, const std::string& name) override;
  Result<void> remove(const std::string& path) override;
  Result<FileStatus> status(const std::string& path) override;

  /// The names in a directory but `.` and `..`, sorted.
  Result<std::vector<std::string>> list(const std::string& path);

 private:
  enum class Access : std::uint8_t { AsBefore, OwnerOnly };
  static Result<void> replace(const std::string& path, std::string_view content, Access access);
  static Result<void> write_file(const std::string& path, const std::string& temporary,
                                 std::string_view content, Access access);
};

/// If files can be made in a directory by the user that the process runs as now.
Result<void> check_writable_directory(const std::string& path);

}  // namespace ntp::os
