// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/statistics/set_files.h"

namespace ntp::statistics {
namespace {

// Names tried for a file that is in the way; a daemon that is always process 1 needs some.
constexpr int kMostConflicts = 1000;

}  // namespace

SetFiles::SetFiles(config::StatisticsSet set, const config::StatisticsSettings& settings,
                   const std::string& directory, int pid)
    : type_(settings.type),
      link_(settings.link),
      pid_(pid),
      plain_(directory + (settings.file.empty() ? std::string(set_name(set)) : settings.file)) {}

SetFiles::Outcome SetFiles::write(FileStore& files, const Moment& moment, std::string_view line) {
  std::string wanted = plain_ + file_suffix(type_, moment, pid_);
  Outcome outcome;
  if (auto added = files.append(wanted, line); !added) {
    outcome.problem = added.error();
    outcome.written = !current_.empty() && current_ != wanted && files.append(current_, line);
    return outcome;
  }
  outcome.in_its_file = outcome.written = true;
  if (wanted == current_) return outcome;
  current_ = std::move(wanted);
  if (type_ == config::FileGeneration::None) return outcome;
  if (auto renewed = renew_link(files); !renewed) outcome.problem = renewed.error();
  return outcome;
}

Result<void> SetFiles::renew_link(FileStore& files) {
  // NTPsec: the plain name is cleared even with `nolink`.
  if (auto cleared = clear_plain_name(files); !cleared) return cleared;
  return link_ ? files.link(current_, plain_) : Result<void>{};
}

/// A file that has no other name is kept as NAME.PIDCn; one that has is only a link of an earlier
/// day.
Result<void> SetFiles::clear_plain_name(FileStore& files) {
  const auto found = files.status(plain_);
  if (!found) return Failure<Error>{found.error()};
  if (!found->exists) return {};
  if (!found->regular) return fail(plain_ + ": not a regular file");
  if (found->links > 1) return files.remove(plain_);
  for (int conflict = 0; conflict < kMostConflicts; ++conflict) {
    const std::string spare = plain_ + '.' + std::to_string(pid_) + 'C' + std::to_string(conflict);
    const auto taken = files.status(spare);
    if (!taken) return Failure<Error>{taken.error()};
    // NTPsec overwrites what an earlier process of this number has put aside.
    if (!taken->exists) return files.rename(plain_, spare);
  }
  return fail(plain_ + ": no name left to keep it under");
}

}  // namespace ntp::statistics
