// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "libntp/core/time.h"
#include "ntpq/variables.h"

namespace ntp::ntpq {

struct CookOptions {
  bool units = false;
  /// Columns of the terminal, 80 if there is none.
  std::size_t width = 80;
  /// Names the era of the timestamps.
  WallTime now;
};

/// The list of variables for reading: items `name=value` in each variable's own form, broken into
/// lines, with a line end at the end.
std::string cook(const Variables& variables, const CookOptions& options);

/// The text of a reply as it came, fit for a terminal: line ends behind a comma lose their CR, and
/// what is neither printable nor a line end is shown as `\xNN`.
std::string raw_text(std::string_view reply);

}  // namespace ntp::ntpq
