// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "libntp/core/time.h"
#include "ntpq/variables.h"

/// What a command has found out, in a form of its own: neither text nor JSON. A command fills
/// records; what is written of them is decided elsewhere (json.h).
namespace ntp::ntpq {

/// A value in SI units: nothing, a truth, a count, a quantity, a text, several quantities (one that
/// is no finite number is NaN), or several words. Texts hold printable ASCII only.
using Value = std::variant<std::monostate, bool, std::int64_t, double, std::string,
                           std::vector<double>, std::vector<std::string>>;

struct Field {
  std::string name;
  Value value;
};

/// One thing that is wrong, or waited for: a word for programs and a sentence for people.
struct Cause {
  std::string code;
  std::string text;

  friend bool operator==(const Cause&, const Cause&) = default;
};

enum class RecordKind : std::uint8_t { System, Peer, Clock, Client, Interface, Restriction };

/// One thing that the daemon told of.
struct Record {
  RecordKind kind = RecordKind::System;
  /// Of an association and its clock.
  std::optional<std::uint16_t> association = std::nullopt;
  /// The status word of the reply.
  std::optional<std::uint16_t> status = std::nullopt;
  /// What its address is called; empty: not asked for, or it has none.
  std::string name = {};
  std::vector<Field> variables = {};
  /// Only of `why`: whether the clock uses it, and what keeps it from that.
  std::optional<bool> used = std::nullopt;
  std::optional<std::vector<Cause>> causes = std::nullopt;
};

/// What one command on one host came to.
struct Answer {
  std::string host;
  std::string command;
  WallTime asked{};
  std::vector<Record> records = {};
  /// What went wrong.
  std::vector<Cause> errors = {};
  /// What a command printed that has no records.
  std::string text = {};
};

/// The variables of a reply in SI units, each in the form that its name has: see ntpq(1). `now`
/// names the era of timestamps.
std::vector<Field> fields_of(const Variables& variables, WallTime now);
/// Adds names that were asked for and did not come, without values.
void add_missing(std::vector<Field>& fields, const std::vector<std::string>& names);
/// A time in UTC as RFC 3339 has it, cut to nanoseconds; nothing if it was never set.
Value time_value(NtpTimestamp stamp, WallTime now);

}  // namespace ntp::ntpq
