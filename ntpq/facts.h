// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>

#include "ntpq/text.h"
#include "ntpq/variables.h"

namespace ntp::ntpq {

/// Variables of a reply as numbers and as text that is safe to show. What is missing, or of another
/// form, is what the caller takes it for. The variables outlive it.
class Facts {
 public:
  explicit Facts(const Variables& variables) : variables_(variables) {}

  [[nodiscard]] bool has(std::string_view name) const { return variables_.find(name) != nullptr; }
  [[nodiscard]] std::int64_t integer(std::string_view name, std::int64_t otherwise = 0) const {
    const Variable* found = variables_.find(name);
    return found != nullptr && found->is_integer() ? found->integer : otherwise;
  }
  [[nodiscard]] double real(std::string_view name, double otherwise = 0) const {
    const Variable* found = variables_.find(name);
    const bool known = found != nullptr && found->is_number() && std::isfinite(found->real);
    return known ? found->real : otherwise;
  }
  [[nodiscard]] std::string text(std::string_view name) const {
    const Variable* found = variables_.find(name);
    return found != nullptr ? visible(found->text) : std::string();
  }

 private:
  const Variables& variables_;
};

/// `1 request`, `2 requests`.
inline std::string times(std::int64_t count, std::string_view what) {
  return std::to_string(count) + " " + std::string(what) + (count == 1 ? "" : "s");
}

}  // namespace ntp::ntpq
