// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include "libntp/config/parser.h"
#include "libntp/config/settings.h"
#include "libntp/core/seams.h"

namespace ntp::daemon {

/// Files that are newly named and can't be read are errors like those of the text, and are added to
/// them: then nothing of the new configuration counts.
void check_new_files(const config::Settings& before, config::ParseResult& parsed, FileStore& files);

}  // namespace ntp::daemon
