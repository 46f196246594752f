// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "libntp/core/result.h"

namespace ntp {

/// Whom a process runs as; 0 is root, who may do everything.
struct User {
  unsigned id = 0;
  unsigned group = 0;
  std::vector<unsigned> groups;  // the supplementary ones
  std::string name = "root";
};

/// What can be said of a path without opening it; links are followed.
struct FileFacts {
  enum class Kind : std::uint8_t {
    Missing,
    Regular,
    Directory,
    Device,
    Pipe,
    Other,   // a socket
    Unknown  // whoever asks may not look there
  };
  Kind kind = Kind::Missing;
  unsigned mode = 0;  // permission bits
  unsigned owner = 0;
  unsigned group = 0;
};

/// Questions about the host's files and users, which change nothing. A seam for dry runs.
class FileSurvey {
 public:
  virtual ~FileSurvey() = default;
  [[nodiscard]] virtual FileFacts look(const std::string& path) const = 0;
  /// The whole of a regular file. Failures name the path and the reason.
  [[nodiscard]] virtual Result<std::string> content(const std::string& path) const = 0;
  /// By names or numbers, as for -u; an empty group means the user's groups.
  [[nodiscard]] virtual Result<User> find_user(const std::string& user,
                                               const std::string& group) const = 0;
};

}  // namespace ntp
