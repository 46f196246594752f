// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <sys/resource.h>

#include "libntp/core/time.h"

namespace ntp::ke {

/// Adds up the processor time that this thread spends between resume() and pause().
class CpuMeter {
 public:
  void resume() { began_ = read(); }
  void pause() {
    const Times now = read();
    user_ += now.user - began_.user;
    system_ += now.system - began_.system;
    began_ = now;
  }
  [[nodiscard]] Duration user() const { return user_; }
  [[nodiscard]] Duration system() const { return system_; }

 private:
  struct Times {
    Duration user{};
    Duration system{};
  };
  static Duration from(const timeval& time) {
    return std::chrono::seconds(time.tv_sec) + std::chrono::microseconds(time.tv_usec);
  }
  static Times read() {
    rusage usage{};
    getrusage(RUSAGE_THREAD, &usage);
    return {from(usage.ru_utime), from(usage.ru_stime)};
  }

  Times began_;
  Duration user_{};
  Duration system_{};
};

}  // namespace ntp::ke
