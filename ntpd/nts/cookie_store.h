// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "libntp/core/result.h"
#include "libntp/core/seams.h"
#include "libntp/nts/cookie_keys.h"

namespace ntp::ke {

/// The keys for cookies and NTPsec's file of them, `nts-keys`. Keys live on in memory where the
/// file can't be written; that is said once, and the writing is tried again each time.
class CookieStore {
 public:
  CookieStore(std::string path, Clock& clock, Random& random, FileStore& files, Log& log);

  /// Reads the file, or makes one with a new key where there is none, or none that makes sense.
  /// Fails if there is one that can't be read: other servers may count on its keys.
  Result<void> load();
  /// Once an hour, and by SIGHUP: takes keys that another has put into the file, and puts a new one
  /// in front when the newest is a day old. Where another feeds the file it is left to him, unless
  /// he is late by kPatience. True if the keys are others now.
  bool refresh();

  /// After load().
  [[nodiscard]] const nts::CookieKeys& keys() const { return *keys_; }
  [[nodiscard]] const std::string& path() const { return path_; }

  static constexpr Duration kPatience = std::chrono::hours(6);

 private:
  enum class Found { Nothing, Keys, Nonsense, Unreadable };
  /// Reads into `found_`; says in the log what is wrong with a file that makes no sense.
  Found read(std::optional<nts::CookieKeys>& found, std::string& reason);
  void write();
  void warn_of_readers();
  void tell_read() const;

  const std::string path_;
  Clock& clock_;
  Random& random_;
  FileStore& files_;
  Log& log_;
  std::optional<nts::CookieKeys> keys_;
  std::optional<nts::CookieKeys> in_file_;  // as last read or written
  bool fed_ = false;                        // another writes the file
  bool complained_ = false;
};

}  // namespace ntp::ke
