// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <string>

#include "ntpq/cook.h"
#include "ntpq/variables.h"

namespace ntp::ntpq {

/// Whether a source is a reference clock.
bool is_clock(const Variables& variables);

/// What the table of sources does not say, each value at its place so that changes are seen. Lines,
/// each with its end.
std::string describe_source(const Variables& variables, const CookOptions& options);

}  // namespace ntp::ntpq
