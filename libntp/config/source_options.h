// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include "libntp/config/line.h"
#include "libntp/config/settings.h"

namespace ntp::config {

/// What its options make of an association line.
enum class Verdict : std::uint8_t {
  Good,
  Refused,  // well-formed, but the source is not to be made
  Void      // a bad argument, which voids the line
};

/// Reads the options of `server`, `pool`, `peer` and `refclock` up to a word that is none, and
/// settles the polls. What is not Good has been reported.
Verdict read_source_options(Line& line, SourceSettings& source);

}  // namespace ntp::config
