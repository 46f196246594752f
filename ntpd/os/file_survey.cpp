// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/os/file_survey.h"

#include <grp.h>
#include <sys/stat.h>

#include <array>
#include <cerrno>

#include "ntpd/os/files.h"
#include "ntpd/os/privileges.h"

namespace ntp::os {
namespace {

FileFacts::Kind kind_of(mode_t mode) {
  switch (mode & S_IFMT) {
    case S_IFREG:
      return FileFacts::Kind::Regular;
    case S_IFDIR:
      return FileFacts::Kind::Directory;
    case S_IFCHR:
    case S_IFBLK:
      return FileFacts::Kind::Device;
    case S_IFIFO:
      return FileFacts::Kind::Pipe;
    default:
      return FileFacts::Kind::Other;
  }
}

}  // namespace

FileFacts HostSurvey::look(const std::string& path) const {
  FileFacts facts;
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) {
    const bool absent = errno == ENOENT || errno == ENOTDIR;
    facts.kind = absent ? FileFacts::Kind::Missing : FileFacts::Kind::Unknown;
    return facts;
  }
  facts.kind = kind_of(status.st_mode);
  facts.mode = status.st_mode & 07777;
  facts.owner = status.st_uid;
  facts.group = status.st_gid;
  return facts;
}

Result<std::string> HostSurvey::content(const std::string& path) const {
  return Files().load(path);
}

Result<User> HostSurvey::find_user(const std::string& user, const std::string& group) const {
  const auto account = find_account({user, group, {}});
  if (!account) return Failure<Error>{account.error()};
  User found;
  found.id = account->user;
  found.group = account->group;
  found.name = account->name.empty() ? std::to_string(account->user) : account->name;
  if (!account->name.empty()) {
    std::array<gid_t, 256> groups{};
    int count = static_cast<int>(groups.size());
    if (getgrouplist(account->name.c_str(), account->group, groups.data(), &count) >= 0) {
      found.groups.assign(groups.begin(), groups.begin() + count);
    }
  }
  return found;
}

}  // namespace ntp::os
