// SPDX-License-Identifier: BSD-2-Clause
#include <algorithm>

#include "ntpd/check/judge.h"

namespace ntp::check {
namespace {

bool allows(const FileFacts& facts, const User& user, Need need) {
  if (user.id == 0) return true;
  unsigned bits = facts.mode;
  if (facts.owner == user.id) {
    bits >>= 6;
  } else if (facts.group == user.group ||
             std::find(user.groups.begin(), user.groups.end(), facts.group) != user.groups.end()) {
    bits >>= 3;
  }
  return (bits & static_cast<unsigned>(need)) != 0;
}

/// Whether all directories above the path can be passed.
std::optional<bool> reaches(const FileSurvey& files, const User& user, const std::string& path) {
  std::size_t slash = path.find('/', 1);
  while (slash != std::string::npos) {
    const FileFacts facts = files.look(path.substr(0, slash));
    if (facts.kind == FileFacts::Kind::Unknown) return std::nullopt;
    if (!allows(facts, user, Need::Search)) return false;
    slash = path.find('/', slash + 1);
  }
  return true;
}

std::string octal(unsigned mode) {
  std::string text = "0000";
  for (std::size_t i = 4; i-- > 0; mode >>= 3) text[i] = static_cast<char>('0' + (mode & 7));
  return text;
}

/// What keeps a path that is there from being written to; empty if nothing does.
std::string what_unfits(FileFacts::Kind kind, Writing writing) {
  switch (kind) {
    case FileFacts::Kind::Directory:
      return "it is a directory";
    case FileFacts::Kind::Device:
      return writing == Writing::Replaced ? "it is a device" : "";
    case FileFacts::Kind::Pipe:
      return writing == Writing::Replaced ? "it is a pipe"
                                          : "it is a pipe, which takes nothing unless it is read";
    case FileFacts::Kind::Other:
      return "it is no regular file";
    default:
      return {};
  }
}

constexpr const char* kUnseen = "it can't be seen from here";

}  // namespace

std::optional<bool> may(const FileSurvey& files, const User& user, Need need,
                        const std::string& path) {
  const auto reached = reaches(files, user, path);
  if (!reached || !*reached) return reached;
  const FileFacts facts = files.look(path);
  if (facts.kind == FileFacts::Kind::Unknown) return std::nullopt;
  return facts.kind != FileFacts::Kind::Missing && allows(facts, user, need);
}

std::string directory_of(const std::string& path) {
  const auto slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

bool plan_read(Judge& judge, const std::string& purpose, const std::string& path,
               const config::Location& where, const User& user, Form form) {
  PlannedFile planned{purpose, path, PlannedFile::Use::Read, std::nullopt, {}};
  const FileFacts facts = judge.files.look(path);
  const auto allowed = may(judge.files, user, Need::Read, path);
  std::string advice = "correct the path";
  if (facts.kind == FileFacts::Kind::Missing) {
    planned.possible = false;
    planned.why_not = "there is no such file";
  } else if (facts.kind != FileFacts::Kind::Regular && facts.kind != FileFacts::Kind::Unknown &&
             (facts.kind != FileFacts::Kind::Directory || form == Form::File)) {
    planned.possible = false;
    planned.why_not = "it is no regular file";
  } else if (!allowed) {
    planned.why_not = kUnseen;
  } else if (!*allowed) {
    planned.possible = false;
    planned.why_not = "user " + user.name + " may not read it";
    advice = "let that user read it: chgrp and chmod g+r";
  } else {
    planned.possible = true;
  }
  const bool readable = planned.possible.value_or(false);
  if (planned.possible == false) {
    judge.find(Severity::Error, "file-unreadable", where,
               purpose + ' ' + path + ": " + planned.why_not, advice);
  }
  judge.report.files.push_back(std::move(planned));
  return readable;
}

bool plan_write(Judge& judge, const std::string& purpose, const std::string& path,
                const config::Location& where, const User& user, Writing writing) {
  PlannedFile planned{purpose, path, PlannedFile::Use::Write, std::nullopt, {}};
  const std::string directory = directory_of(path);
  const FileFacts facts = judge.files.look(directory);
  const auto allowed = may(judge.files, user, Need::Write, directory);
  std::string unfit = what_unfits(judge.files.look(path).kind, writing);
  if (facts.kind == FileFacts::Kind::Missing) {
    planned.possible = false;
    planned.why_not = "there is no directory " + directory;
  } else if (!unfit.empty()) {
    planned.possible = false;
    planned.why_not = std::move(unfit);
  } else if (!allowed) {
    planned.why_not = kUnseen;
  } else if (!*allowed) {
    planned.possible = false;
    planned.why_not = "user " + user.name + " may not write to " + directory;
  } else {
    planned.possible = true;
  }
  const bool writable = planned.possible.value_or(false);
  if (planned.possible == false) {
    judge.find(Severity::Error, "file-unwritable", where,
               purpose + ' ' + path + ": " + planned.why_not,
               facts.kind == FileFacts::Kind::Directory && allowed == true
                   ? "name another path"
                   : "make the directory and give it to that user, or name another path");
  }
  judge.report.files.push_back(std::move(planned));
  return writable;
}

void check_secret(Judge& judge, const std::string& purpose, const std::string& path,
                  const config::Location& where) {
  constexpr unsigned kReadByOthers = 04;
  const FileFacts facts = judge.files.look(path);
  if (facts.kind != FileFacts::Kind::Regular || (facts.mode & kReadByOthers) == 0) return;
  judge.find(Severity::Warning, "secret-world-readable", where,
             purpose + ' ' + path + " may be read by everybody (mode " + octal(facts.mode) + ')',
             "chmod o-rwx " + path);
}

}  // namespace ntp::check
