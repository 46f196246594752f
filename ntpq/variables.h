// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ntp::ntpq {

/// One variable of a reply.
struct Variable {
  enum class Kind : std::uint8_t { Text, Integer, Real };

  std::string name;
  /// The value as received, without the double quotes of a string. May hold control characters:
  /// printing goes through visible().
  std::string text;
  Kind kind = Kind::Text;
  /// Only for Integer.
  std::int64_t integer = 0;
  /// For Integer and Real.
  double real = 0;

  [[nodiscard]] bool is_number() const { return kind != Kind::Text; }
  [[nodiscard]] bool is_integer() const { return kind == Kind::Integer; }
};

/// The variables of a reply in the order in which they came; one that came twice stands at its
/// first place with its last value.
class Variables {
 public:
  /// Splits at commas outside double quotes. Octets that are NUL or above 126 are dropped (NTPsec:
  /// 1.2.2 daemons send stray ones in front of the filter arrays); empty items are left out.
  static Variables parse(std::string_view reply);

  [[nodiscard]] bool empty() const { return items_.empty(); }
  [[nodiscard]] auto begin() const { return items_.begin(); }
  [[nodiscard]] auto end() const { return items_.end(); }
  /// Null if there is none of that name.
  [[nodiscard]] const Variable* find(std::string_view name) const;

 private:
  void add(std::string_view item);

  std::vector<Variable> items_;
};

}  // namespace ntp::ntpq
