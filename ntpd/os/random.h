// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include "libntp/core/seams.h"

namespace ntp::os {

/// The kernel's random numbers. Waits only while a machine that has just booted gathers its first.
class SystemRandom final : public Random {
 public:
  void fill(ByteSpan out) override;
};

}  // namespace ntp::os
