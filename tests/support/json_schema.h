// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <boost/json/value.hpp>
#include <string>

namespace ntp {

/// Holds a value against a JSON Schema with the keywords that ours has. Empty if it fits; else
/// where it does not, and why. Throws std::logic_error at a keyword that it does not know.
std::string misfit(const boost::json::value& schema, const boost::json::value& value);

}  // namespace ntp
