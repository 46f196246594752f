// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/os/files.h"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstdlib>
#include <memory>

#include "ntpd/os/unique_fd.h"

namespace ntp::os {
namespace {

Failure<Error> failure(const std::string& path, std::string_view reason) {
  return fail(path + ": " + std::string(reason));
}
Failure<Error> failure(const std::string& path, int code) {
  return failure(path, error_text(code));
}

Result<void> write_all(int fd, std::string_view content, const std::string& path) {
  while (!content.empty()) {
    const ssize_t written = ::write(fd, content.data(), content.size());
    if (written < 0) {
      if (errno == EINTR) continue;
      return failure(path, errno);
    }
    content.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

/// The file a path means in the end; the path itself if there is none yet.
std::string resolve_link(const std::string& path) {
  struct stat status {};
  if (lstat(path.c_str(), &status) != 0 || !S_ISLNK(status.st_mode)) return path;
  std::array<char, PATH_MAX> target{};
  return realpath(path.c_str(), target.data()) != nullptr ? std::string(target.data()) : path;
}

/// Gives the new file what the old one has. The owner can be kept by a privileged process only.
Result<void> keep_attributes(int fd, const std::string& path, const std::string& temporary) {
  struct stat old {};
  if (::stat(path.c_str(), &old) != 0) return {};
  if (!S_ISREG(old.st_mode)) return failure(path, "not a regular file");
  const bool owned = fchown(fd, old.st_uid, old.st_gid) == 0;
  // The set-id bits belong to the owner they were given for.
  const mode_t mode = old.st_mode & (owned ? 07777U : 0777U);
  if (fchmod(fd, mode) != 0) return failure(temporary, errno);
  return {};
}

/// Has the kernel begin to write, without waiting for the disk, which may take seconds. A failure
/// is none: it writes some time later.
void begin_to_write(int fd) { sync_file_range(fd, 0, 0, SYNC_FILE_RANGE_WRITE); }

/// Makes the rename durable; the content is in place already, so a failure is no failure.
void sync_directory(const std::string& path) {
  const auto slash = path.rfind('/');
  const std::string directory = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  const UniqueFd fd(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (fd) fsync(fd.get());
}

/// Waits at most kPatience for each block; a regular file always has one.
Result<std::string> read_to_end(int fd, const std::string& path, std::string content) {
  std::array<char, 16384> block{};
  for (;;) {
    pollfd ready{fd, POLLIN, 0};
    const auto patience = std::chrono::milliseconds(Files::kPatience).count();
    const int count = ::poll(&ready, 1, static_cast<int>(patience));
    if (count == 0) return failure(path, "nothing comes out of this pipe");
    const ssize_t got = count < 0 ? -1 : ::read(fd, block.data(), block.size());
    if (got < 0) {
      if (errno == EINTR || errno == EAGAIN) continue;
      return failure(path, errno);
    }
    if (got == 0) return content;
    content.append(block.data(), static_cast<std::size_t>(got));
    if (content.size() > Files::kMaxFile) return failure(path, EFBIG);
  }
}

}  // namespace

Result<std::string> Files::load(const std::string& path) {
  // Asked before opening, since opening some devices acts on them; a pipe would wait for a writer.
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return failure(path, errno);
  if (S_ISDIR(status.st_mode)) return failure(path, EISDIR);
  if (!S_ISREG(status.st_mode)) return failure(path, "not a regular file");
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  if (!fd) return failure(path, errno);
  if (fstat(fd.get(), &status) != 0) return failure(path, errno);
  if (static_cast<std::uint64_t>(status.st_size) > kMaxFile) return failure(path, EFBIG);

  std::string content;
  content.reserve(static_cast<std::size_t>(status.st_size));
  return read_to_end(fd.get(), path, std::move(content));
}

Result<std::string> Files::load_named(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return failure(path, errno);
  if (S_ISCHR(status.st_mode) && status.st_rdev == makedev(1, 3)) return std::string();
  return load(path);
}

Result<std::string> Files::load_stream(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return failure(path, errno);
  if (!S_ISFIFO(status.st_mode)) return load_named(path);
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  if (!fd) return failure(path, errno);
  return read_to_end(fd.get(), path, {});
}

Result<void> Files::write_file(const std::string& path, const std::string& temporary,
                               std::string_view content, Access access) {
  constexpr mode_t kOwnerOnly = 0600;
  const bool secret = access == Access::OwnerOnly;
  const UniqueFd fd(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                           secret ? kOwnerOnly : 0644));
  if (!fd) return failure(temporary, errno);
  if (auto kept = keep_attributes(fd.get(), path, temporary); !kept) return kept;
  if (secret && fchmod(fd.get(), kOwnerOnly) != 0) return failure(temporary, errno);
  if (auto written = write_all(fd.get(), content, temporary); !written) return written;
  if (!secret) {
    begin_to_write(fd.get());
  } else if (fsync(fd.get()) != 0) {
    return failure(temporary, errno);
  }
  return {};
}

Result<void> Files::save(const std::string& path, std::string_view content) {
  return replace(path, content, Access::AsBefore);
}

Result<void> Files::save_secret(const std::string& path, std::string_view content) {
  return replace(path, content, Access::OwnerOnly);
}

Result<void> Files::replace(const std::string& path, std::string_view content, Access access) {
  const std::string target = resolve_link(path);
  const std::string temporary = target + "-tmp";
  ::unlink(temporary.c_str());  // left by a crash
  if (auto written = write_file(target, temporary, content, access); !written) {
    ::unlink(temporary.c_str());
    return written;
  }
  if (::rename(temporary.c_str(), target.c_str()) != 0) {
    const int code = errno;
    ::unlink(temporary.c_str());
    return failure(target, code);
  }
  if (access == Access::OwnerOnly) sync_directory(target);
  return {};
}

Result<void> Files::append(const std::string& path, std::string_view text) {
  constexpr int kFlags = O_WRONLY | O_CREAT | O_APPEND | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
  const UniqueFd fd(::open(path.c_str(), kFlags, 0644));
  if (!fd) return failure(path, errno);
  struct stat before {};
  if (fstat(fd.get(), &before) != 0) return failure(path, errno);
  auto written = write_all(fd.get(), text, path);
  // Half a line would spoil the one that is written when there is room again.
  if (!written && S_ISREG(before.st_mode) && ftruncate(fd.get(), before.st_size) != 0) {
    return failure(path, errno);
  }
  return written;
}

Result<void> Files::link(const std::string& path, const std::string& name) {
  if (::link(path.c_str(), name.c_str()) != 0) return failure(name, errno);
  return {};
}

Result<void> Files::rename(const std::string& path, const std::string& name) {
  if (::rename(path.c_str(), name.c_str()) != 0) return failure(path, errno);
  return {};
}

Result<void> Files::remove(const std::string& path) {
  if (::unlink(path.c_str()) != 0) return failure(path, errno);
  return {};
}

Result<FileStatus> Files::status(const std::string& path) {
  struct stat found {};
  if (::stat(path.c_str(), &found) != 0) {
    if (errno == ENOENT) return FileStatus{};
    return failure(path, errno);
  }
  return FileStatus{true, S_ISREG(found.st_mode), static_cast<std::uint64_t>(found.st_nlink),
                    found.st_mode & 07777U};
}

Result<void> check_writable_directory(const std::string& path) {
  struct stat found {};
  if (::stat(path.c_str(), &found) != 0) return failure(path, errno);
  if (!S_ISDIR(found.st_mode)) return failure(path, ENOTDIR);
  if (faccessat(AT_FDCWD, path.c_str(), W_OK | X_OK, AT_EACCESS) != 0) return failure(path, errno);
  return {};
}

Result<std::vector<std::string>> Files::list(const std::string& path) {
  const auto close = [](DIR* directory) { closedir(directory); };
  const std::unique_ptr<DIR, decltype(close)> directory(opendir(path.c_str()), close);
  if (!directory) return failure(path, errno);
  std::vector<std::string> names;
  for (;;) {
    errno = 0;
    const dirent* entry = readdir(directory.get());
    if (entry == nullptr) break;
    const std::string_view name(entry->d_name);
    if (name != "." && name != "..") names.emplace_back(name);
  }
  if (errno != 0) return failure(path, errno);
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace ntp::os
