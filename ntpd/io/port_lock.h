// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <string>
#include <utility>

#include "libntp/core/result.h"

namespace ntp::io {

/// A lock file of UUCP's kind: it exists for as long as the process whose number it holds uses a
/// port. One whose process is gone is taken over.
class PortLock {
 public:
  PortLock() = default;
  static Result<PortLock> take(const std::string& path);
  PortLock(PortLock&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  PortLock& operator=(PortLock&& other) noexcept {
    std::swap(path_, other.path_);
    return *this;
  }
  ~PortLock();

 private:
  explicit PortLock(std::string path) : path_(std::move(path)) {}
  std::string path_;  // empty: none
};

}  // namespace ntp::io
