// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/refclock/gpsd_message.h"

#include <boost/json.hpp>

#include "ntpd/refclock/calendar.h"
#include "ntpd/refclock/feed.h"

namespace ntp::refclock {
namespace {

namespace json = boost::json;

// gpsd's own objects have three levels at most.
constexpr std::size_t kDeepest = 8;

std::string text_of(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  const json::string* text = value ? value->if_string() : nullptr;
  return text ? std::string(text->begin(), text->end()) : std::string();
}

std::optional<std::int64_t> integer_of(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  if (value == nullptr) return std::nullopt;
  json::error_code error;
  const auto number = value->to_number<std::int64_t>(error);
  return error ? std::nullopt : std::optional(number);
}

std::optional<int> small_integer_of(const json::object& object, std::string_view key) {
  const auto number = integer_of(object, key);
  if (!number || *number < -1000 || *number > 1000) return std::nullopt;
  return static_cast<int>(*number);
}

std::optional<double> number_of(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  if (value == nullptr) return std::nullopt;
  json::error_code error;
  const auto number = value->to_number<double>(error);
  return error ? std::nullopt : std::optional(number);
}

bool is_true(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  const bool* flag = value ? value->if_bool() : nullptr;
  return flag != nullptr && *flag;
}

/// gpsd had microseconds before protocol 3.9.
std::optional<WallTime> time_of(const json::object& object, const std::string& name) {
  const auto seconds = integer_of(object, name + "_sec");
  const auto fine = integer_of(object, name + "_nsec");
  const auto coarse = integer_of(object, name + "_musec");
  if (!seconds || (!fine && !coarse)) return std::nullopt;
  if (!fine && (*coarse < 0 || *coarse >= 1'000'000)) return std::nullopt;
  return wall_time(*seconds, fine ? *fine : *coarse * 1000);
}

GpsdMessage::Kind kind_of(const std::string& name) {
  using Kind = GpsdMessage::Kind;
  if (name == "VERSION") return Kind::Version;
  if (name == "WATCH") return Kind::Watch;
  if (name == "TPV") return Kind::Tpv;
  if (name == "TOFF") return Kind::Toff;
  if (name == "PPS") return Kind::Pps;
  return Kind::Other;
}

}  // namespace

std::optional<GpsdMessage> parse_gpsd(std::string_view line) {
  json::parse_options options;
  options.max_depth = kDeepest;
  json::error_code error;
  const json::value value = json::parse(line, error, {}, options);
  const json::object* object = error ? nullptr : value.if_object();
  if (object == nullptr) return std::nullopt;
  const std::string name = text_of(*object, "class");
  if (name.empty()) return std::nullopt;
  GpsdMessage message;
  message.kind = kind_of(name);
  switch (message.kind) {
    case GpsdMessage::Kind::Version:
      message.release = text_of(*object, "release");
      message.revision = text_of(*object, "rev");
      message.major = small_integer_of(*object, "proto_major");
      message.minor = small_integer_of(*object, "proto_minor");
      break;
    case GpsdMessage::Kind::Watch:
      message.device = text_of(*object, "device");
      message.enabled = is_true(*object, "enable") && is_true(*object, "json");
      break;
    case GpsdMessage::Kind::Tpv:
      message.mode = small_integer_of(*object, "mode").value_or(0);
      message.time = text_of(*object, "time");
      message.time_error = number_of(*object, "ept");
      break;
    case GpsdMessage::Kind::Toff:
    case GpsdMessage::Kind::Pps:
      message.real = time_of(*object, "real");
      message.clock = time_of(*object, "clock");
      message.precision = small_integer_of(*object, "precision");
      break;
    case GpsdMessage::Kind::Other:
      break;
  }
  return message;
}

std::optional<WallTime> parse_iso_time(std::string_view text) {
  if (text.size() < 20 || text[4] != '-' || text[7] != '-' || text[10] != 'T' || text[13] != ':' ||
      text[16] != ':' || text.back() != 'Z') {
    return std::nullopt;
  }
  const auto year = parse_digits(text.substr(0, 4));
  const auto month = parse_digits(text.substr(5, 2));
  const auto day = parse_digits(text.substr(8, 2));
  std::string clock(text.substr(11, 2));
  clock += text.substr(14, 2);
  clock += text.substr(17, text.size() - 18);
  const auto time = parse_time_of_day(clock);
  if (!year || !month || !day || !time) return std::nullopt;
  const auto date = midnight(*year, *month, *day);
  return date ? std::optional(*date + *time) : std::nullopt;
}

std::string watch_request(std::string_view device, bool pulses) {
  json::object watch{{"device", device}, {"enable", true}, {"json", true}};
  if (pulses) watch["pps"] = true;
  return "?WATCH=" + json::serialize(watch) + ";\r\n";
}

}  // namespace ntp::refclock
