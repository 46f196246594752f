// SPDX-License-Identifier: BSD-2-Clause
#include "tests/support/json_schema.h"

#include <array>
#include <boost/json.hpp>
#include <cmath>
#include <map>
#include <regex>
#include <stdexcept>
#include <string_view>

namespace ntp {
namespace {

namespace json = boost::json;

class Judge {
 public:
  explicit Judge(const json::value& root) : root_(root) {}

  std::string judge(const json::value& schema, const json::value& value, const std::string& at) {
    for (const auto& [keyword, rule] : schema.as_object()) {
      const std::string said = apply(keyword, rule, schema, value, at);
      if (!said.empty()) return said;
    }
    return {};
  }

 private:
  static std::string complain(const std::string& at, const std::string& what,
                              const json::value& value) {
    return at + ": " + what + ": " + json::serialize(value);
  }

  std::string apply(std::string_view keyword, const json::value& rule, const json::value& schema,
                    const json::value& value, const std::string& at) {
    static constexpr std::array<std::string_view, 4> kRemarks = {"$schema", "title", "description",
                                                                 "$defs"};
    for (const std::string_view remark : kRemarks) {
      if (keyword == remark) return {};
    }
    if (keyword == "$ref") return judge(definition(rule.as_string()), value, at);
    if (keyword == "anyOf") return any_of(rule.as_array(), value, at);
    if (keyword == "type") return has_type(rule, value) ? "" : complain(at, "type", value);
    if (keyword == "const") return value == rule ? "" : complain(at, "const", value);
    if (keyword == "enum") return one_of(rule.as_array(), value) ? "" : complain(at, "enum", value);
    if (keyword == "pattern") return matches(rule, value) ? "" : complain(at, "pattern", value);
    if (keyword == "minimum" || keyword == "maximum") {
      if (!value.is_number()) return {};
      const double difference = value.to_number<double>() - rule.to_number<double>();
      const bool fits = keyword == "minimum" ? difference >= 0 : difference <= 0;
      return fits ? "" : complain(at, std::string(keyword), value);
    }
    if (keyword == "maxItems") {
      const bool fits =
          !value.is_array() || value.as_array().size() <= rule.to_number<std::size_t>();
      return fits ? "" : complain(at, "maxItems", value);
    }
    if (keyword == "items") return items(rule, value, at);
    if (keyword == "required") return required(rule.as_array(), value, at);
    if (keyword == "properties") return properties(rule.as_object(), value, at);
    if (keyword == "additionalProperties") return others(rule, schema.as_object(), value, at);
    throw std::logic_error("unknown keyword " + std::string(keyword));
  }

  const json::value& definition(std::string_view name) {
    constexpr std::string_view kFront = "#/$defs/";
    return root_.at("$defs").at(name.substr(kFront.size()));
  }

  std::string any_of(const json::array& schemas, const json::value& value, const std::string& at) {
    std::string all;
    for (const auto& schema : schemas) {
      const std::string said = judge(schema, value, at);
      if (said.empty()) return {};
      all += "\n  " + said;
    }
    return complain(at, "none of", value) + all;
  }

  static bool is(std::string_view type, const json::value& value) {
    if (type == "null") return value.is_null();
    if (type == "boolean") return value.is_bool();
    if (type == "string") return value.is_string();
    if (type == "array") return value.is_array();
    if (type == "object") return value.is_object();
    if (type == "number") return value.is_number();
    if (type == "integer") return value.is_int64() || value.is_uint64();
    throw std::logic_error("unknown type " + std::string(type));
  }

  static bool has_type(const json::value& rule, const json::value& value) {
    if (rule.is_string()) return is(rule.as_string(), value);
    for (const auto& type : rule.as_array()) {
      if (is(type.as_string(), value)) return true;
    }
    return false;
  }

  static bool one_of(const json::array& values, const json::value& value) {
    for (const auto& each : values) {
      if (each == value) return true;
    }
    return false;
  }

  bool matches(const json::value& rule, const json::value& value) {
    if (!value.is_string()) return true;
    const std::string pattern(rule.as_string());
    const auto [known, added] = patterns_.try_emplace(pattern, pattern);
    return std::regex_search(std::string(value.as_string()), known->second);
  }

  std::string items(const json::value& rule, const json::value& value, const std::string& at) {
    if (!value.is_array()) return {};
    std::size_t number = 0;
    for (const auto& item : value.as_array()) {
      const std::string said = judge(rule, item, at + "[" + std::to_string(number++) + "]");
      if (!said.empty()) return said;
    }
    return {};
  }

  static std::string required(const json::array& names, const json::value& value,
                              const std::string& at) {
    if (!value.is_object()) return {};
    for (const auto& name : names) {
      if (!value.as_object().contains(name.as_string())) return complain(at, "lacks", name);
    }
    return {};
  }

  std::string properties(const json::object& rules, const json::value& value,
                         const std::string& at) {
    if (!value.is_object()) return {};
    for (const auto& [name, item] : value.as_object()) {
      const json::value* rule = rules.if_contains(name);
      if (rule == nullptr) continue;
      const std::string said = judge(*rule, item, at + "." + std::string(name));
      if (!said.empty()) return said;
    }
    return {};
  }

  std::string others(const json::value& rule, const json::object& schema, const json::value& value,
                     const std::string& at) {
    if (!value.is_object()) return {};
    const json::object& known = schema.at("properties").as_object();
    for (const auto& [name, item] : value.as_object()) {
      if (known.contains(name)) continue;
      const std::string place = at + "." + std::string(name);
      if (rule.is_bool()) return rule.as_bool() ? "" : complain(place, "not known", item);
      const std::string said = judge(rule, item, place);
      if (!said.empty()) return said;
    }
    return {};
  }

  const json::value& root_;
  std::map<std::string, std::regex> patterns_;
};

}  // namespace

std::string misfit(const json::value& schema, const json::value& value) {
  return Judge(schema).judge(schema, value, "");
}

}  // namespace ntp
