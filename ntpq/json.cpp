// SPDX-License-Identifier: BSD-2-Clause
#include "ntpq/json.h"

#include <array>
#include <boost/json.hpp>
#include <cmath>

#include "ntpq/status_text.h"
#include "ntpq/text.h"

namespace ntp::ntpq {
namespace {

namespace json = boost::json;

json::value number(double value) {
  // JSON has no word for what is not finite.
  return std::isfinite(value) ? json::value(value) : json::value(nullptr);
}

struct ToJson {
  json::value operator()(std::monostate) const { return nullptr; }
  json::value operator()(bool value) const { return value; }
  json::value operator()(std::int64_t value) const { return value; }
  json::value operator()(double value) const { return number(value); }
  json::value operator()(const std::string& value) const { return json::string(value); }
  json::value operator()(const std::vector<double>& values) const {
    json::array list;
    for (const double value : values) list.push_back(number(value));
    return list;
  }
  json::value operator()(const std::vector<std::string>& words) const {
    json::array list;
    for (const std::string& word : words) list.emplace_back(word);
    return list;
  }
};

json::object object_of(const std::vector<Field>& fields) {
  json::object object;
  for (const Field& field : fields) object[field.name] = std::visit(ToJson(), field.value);
  return object;
}

json::array list_of(const std::vector<Cause>& causes) {
  json::array list;
  for (const Cause& cause : causes) {
    list.push_back(json::object{{"code", cause.code}, {"text", cause.text}});
  }
  return list;
}

std::string_view name_of(RecordKind kind) {
  constexpr std::array<std::string_view, 6> kNames = {"system", "peer",      "clock",
                                                      "client", "interface", "restriction"};
  return kNames[static_cast<std::size_t>(kind)];
}

StatusKind kind_of(const Record& record) {
  if (record.kind == RecordKind::System) return StatusKind::System;
  return record.kind == RecordKind::Clock ? StatusKind::Clock : StatusKind::Peer;
}

json::object object_of(const Record& record) {
  json::object object;
  object["kind"] = name_of(record.kind);
  if (record.association) object["associd"] = *record.association;
  if (!record.name.empty()) object["name"] = record.name;
  if (record.status) object["status"] = object_of(status_fields(kind_of(record), *record.status));
  if (record.used) object["used"] = *record.used;
  if (record.causes) object["causes"] = list_of(*record.causes);
  object["variables"] = object_of(record.variables);
  return object;
}

}  // namespace

std::string to_json(const Answer& answer) {
  json::object root;
  root["host"] = answer.host;
  root["command"] = answer.command;
  root["time"] =
      std::visit(ToJson(), time_value(NtpTimestamp::from_wall(answer.asked), answer.asked));
  json::array records;
  for (const Record& record : answer.records) records.push_back(object_of(record));
  root["records"] = std::move(records);
  root["errors"] = list_of(answer.errors);
  if (!answer.text.empty()) root["text"] = answer.text;
  return json::serialize(root) + '\n';
}

std::string to_json(std::string_view text) { return json::serialize(json::string(visible(text))); }

}  // namespace ntp::ntpq
