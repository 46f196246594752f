// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include "tests/support/memory_files.h"

namespace ntp::sim {

using SimFiles = test::MemoryFiles;

}  // namespace ntp::sim
