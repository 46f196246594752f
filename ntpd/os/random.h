// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include "libntp/core/seams.h"

namespace ntp::os {

/// The kernel's random numbers; a few octets at a time come from what each thread has drawn ahead,
/// so that after a fork one of the two processes has to leave them alone. Waits only while a
/// machine that has just booted gathers its first.
class SystemRandom final : public Random {
 public:
  void fill(ByteSpan out) override;
};

}  // namespace ntp::os
