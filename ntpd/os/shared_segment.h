// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <memory>

#include "libntp/core/result.h"
#include "libntp/core/shm_segment.h"

namespace ntp::os {

/// Attaches the System V segment of a unit, and makes it if there is none: for everybody, or for
/// the own user alone. One that is not for everybody has to be root's or the own user's. It is
/// never removed, so that writers which are attached to it keep it.
Result<std::shared_ptr<ShmSegment>> attach_shm_segment(int unit, bool for_everybody);

}  // namespace ntp::os
