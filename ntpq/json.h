// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <string>
#include <string_view>

#include "ntpq/record.h"

namespace ntp::ntpq {

/// One JSON object in one line, with a line end: the shape stands in ntpq(1) and, as a JSON Schema,
/// in ntpq.schema.json.
std::string to_json(const Answer& answer);
/// A text as a JSON string; what is no printable ASCII is shown as `\xNN`.
std::string to_json(std::string_view text);

}  // namespace ntp::ntpq
