// SPDX-License-Identifier: BSD-2-Clause
#include "ntpq/record.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <limits>

#include "ntpq/date.h"
#include "ntpq/number.h"
#include "ntpq/text.h"

namespace ntp::ntpq {
namespace {

/// What a daemon sends under a name.
enum class Form : std::uint8_t {
  Text,
  Count,
  Seconds,
  Milliseconds,
  PartsPerMillion,
  Log2Seconds,
  Kibibytes,
  Timestamp,
  Date,
  Milliseconds8,  // of the last eight samples
};

struct NamedForm {
  std::string_view name;
  Form form;
};

/// All others are numbers in SI units, or texts, as they come. NTPsec: `bias` is in seconds.
constexpr std::array kForms = std::to_array<NamedForm>({
    {"authdelay", Form::Milliseconds},
    {"authreset", Form::Seconds},
    {"badauth", Form::Count},
    {"bias", Form::Seconds},
    {"bogusorg", Form::Count},
    {"clk_jitter", Form::Milliseconds},
    {"clk_wander", Form::PartsPerMillion},
    {"clk_wander_threshold", Form::PartsPerMillion},
    {"clock", Form::Timestamp},
    {"clock_var_list", Form::Text},
    {"clockstate", Form::Text},
    {"daemon_version", Form::Text},
    {"delay", Form::Milliseconds},
    {"device", Form::Text},
    {"dispersion", Form::Milliseconds},
    {"dnserror", Form::Text},
    {"dstadr", Form::Text},
    {"dstport", Form::Count},
    {"expire", Form::Date},
    {"filtdelay", Form::Milliseconds8},
    {"filtdisp", Form::Milliseconds8},
    {"filterror", Form::Milliseconds8},
    {"filtoffset", Form::Milliseconds8},
    {"flash", Form::Count},
    {"frequency", Form::PartsPerMillion},
    {"fudgetime1", Form::Milliseconds},
    {"fudgetime2", Form::Milliseconds},
    {"fuzz", Form::Milliseconds},
    {"headway", Form::Seconds},
    {"hmode", Form::Count},
    {"hpoll", Form::Log2Seconds},
    {"iostats_reset", Form::Seconds},
    {"jitter", Form::Milliseconds},
    {"kesterr", Form::Milliseconds},
    {"keyid", Form::Count},
    {"kfreq", Form::PartsPerMillion},
    {"kfreqtol", Form::PartsPerMillion},
    {"kisscode", Form::Text},
    {"kmaxerr", Form::Milliseconds},
    {"koffset", Form::Milliseconds},
    {"kppsfreq", Form::PartsPerMillion},
    {"kppsjitter", Form::Milliseconds},
    {"kppsstab", Form::PartsPerMillion},
    {"kprecis", Form::Milliseconds},
    {"leap", Form::Count},
    {"leapsec", Form::Date},
    {"leapsmearoffset", Form::Milliseconds},
    {"maxdist", Form::Milliseconds},
    {"minsane", Form::Count},
    {"mintc", Form::Log2Seconds},
    {"mru_maxage", Form::Seconds},
    {"mru_maxmem", Form::Kibibytes},
    {"mru_mem", Form::Kibibytes},
    {"mru_minage", Form::Seconds},
    {"mru_oldest_age", Form::Seconds},
    {"name", Form::Text},
    {"noselect", Form::Count},
    {"ntscookies", Form::Count},
    {"ntserror", Form::Text},
    {"offset", Form::Milliseconds},
    {"oldpkt", Form::Count},
    {"org", Form::Timestamp},
    {"peer", Form::Count},
    {"peer_var_list", Form::Text},
    {"peeradr", Form::Text},
    {"pmode", Form::Count},
    {"ppoll", Form::Log2Seconds},
    {"precision", Form::Log2Seconds},
    {"processor", Form::Text},
    {"reach", Form::Count},
    {"rec", Form::Timestamp},
    {"received", Form::Count},
    {"refid", Form::Text},
    {"reftime", Form::Timestamp},
    {"release", Form::Text},
    {"restricted", Form::Count},
    {"rootdelay", Form::Milliseconds},
    {"rootdisp", Form::Milliseconds},
    {"rootdist", Form::Milliseconds},
    {"senderror", Form::Text},
    {"sent", Form::Count},
    {"srcadr", Form::Text},
    {"srchost", Form::Text},
    {"srcname", Form::Text},
    {"srcport", Form::Count},
    {"ss_reset", Form::Seconds},
    {"ss_reset_r", Form::Seconds},
    {"ss_uptime", Form::Seconds},
    {"stratum", Form::Count},
    {"sys_jitter", Form::Milliseconds},
    {"sys_var_list", Form::Text},
    {"system", Form::Text},
    {"tai", Form::Seconds},
    {"tc", Form::Log2Seconds},
    {"tick", Form::Milliseconds},
    {"timecode", Form::Text},
    {"timer", Form::Seconds},
    {"timereach", Form::Seconds},
    {"timerec", Form::Seconds},
    {"timerstats_reset", Form::Seconds},
    {"unreach", Form::Count},
    {"version", Form::Text},
    {"xmt", Form::Timestamp},
});

constexpr std::size_t kSamples = 8;

/// The decimal number times ten to the `exponent`, as exact as the text is.
double scaled(std::string_view text, int exponent) {
  const std::string shifted = std::string(text) + "e" + std::to_string(exponent);
  if (const auto value = parse_real(shifted)) return *value;
  const auto value = parse_real(text);
  return value ? *value * std::pow(10, exponent) : std::numeric_limits<double>::quiet_NaN();
}

Value quantity(double value) { return std::isfinite(value) ? Value(value) : Value(); }

Value samples(std::string_view text) {
  std::vector<double> values;
  for (const std::string_view word : split_words(text)) values.push_back(scaled(word, -3));
  // NTPsec: daemons of 1.2.2 put pieces of other arrays in front.
  if (values.size() > kSamples) values.erase(values.begin(), values.end() - kSamples);
  return values;
}

/// NTPsec: 99 as the poll exponent of a server says that it is not known.
Value log2_value(const Variable& variable) {
  constexpr std::int64_t kLeast = -64;
  constexpr std::int64_t kMost = 36;
  if (!variable.is_integer() || variable.integer < kLeast || variable.integer > kMost) return {};
  return std::exp2(static_cast<double>(variable.integer));
}

Value kibibytes(const Variable& variable) {
  constexpr std::int64_t kMost = std::int64_t{1} << 50;
  if (!variable.is_integer() || variable.integer < 0 || variable.integer > kMost) return {};
  return variable.integer * 1024;
}

/// Daemons send minutes, `1970-01-01T00:00Z` for none.
Value date_value(std::string_view text) {
  constexpr std::string_view kForm = "0000-00-00T00:00Z";
  const bool known = text.size() == kForm.size() &&
                     std::equal(text.begin(), text.end(), kForm.begin(), [](char c, char form) {
                       return form == '0' ? c >= '0' && c <= '9' : c == form;
                     });
  if (!known || text == "1970-01-01T00:00Z") return {};
  return std::string(text.substr(0, text.size() - 1)) + ":00Z";
}

Value plain_value(const Variable& variable) {
  if (variable.kind == Variable::Kind::Integer) return variable.integer;
  if (variable.kind == Variable::Kind::Real && std::isfinite(variable.real)) return variable.real;
  return visible(variable.text);
}

Value value_of(const Variable& variable, WallTime now) {
  const auto known = std::find_if(kForms.begin(), kForms.end(), [&](const NamedForm& each) {
    return each.name == variable.name;
  });
  if (known == kForms.end()) return plain_value(variable);
  switch (known->form) {
    case Form::Text:
      return visible(variable.text);
    case Form::Count:
      return variable.is_integer() ? Value(variable.integer) : Value();
    case Form::Seconds:
      if (variable.is_integer()) return variable.integer;
      return variable.is_number() ? quantity(variable.real) : Value();
    case Form::Milliseconds:
      return quantity(scaled(variable.text, -3));
    case Form::PartsPerMillion:
      return quantity(scaled(variable.text, -6));
    case Form::Log2Seconds:
      return log2_value(variable);
    case Form::Kibibytes:
      return kibibytes(variable);
    case Form::Timestamp: {
      const auto stamp = parse_timestamp(variable.text);
      return stamp ? time_value(*stamp, now) : Value();
    }
    case Form::Date:
      return date_value(variable.text);
    case Form::Milliseconds8:
      break;
  }
  return samples(variable.text);
}

}  // namespace

std::vector<Field> fields_of(const Variables& variables, WallTime now) {
  std::vector<Field> fields;
  for (const Variable& variable : variables) {
    fields.push_back({visible(variable.name), value_of(variable, now)});
  }
  return fields;
}

void add_missing(std::vector<Field>& fields, const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    const bool known = std::any_of(fields.begin(), fields.end(),
                                   [&](const Field& field) { return field.name == name; });
    if (!known) fields.push_back({visible(name), {}});
  }
}

Value time_value(NtpTimestamp stamp, WallTime now) {
  if (stamp.is_zero()) return {};
  return utc_text(stamp, now, 9);
}

}  // namespace ntp::ntpq
