// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "libntp/config/parser.h"
#include "libntp/config/settings.h"
#include "ntpd/server/access_table.h"

namespace ntp::check {

enum class Severity : std::uint8_t { Error, Warning, Note };

/// The length of a mask that is a prefix; none if it has holes.
[[nodiscard]] std::optional<int> prefix_length(const Address& mask);

/// Something that is wrong with a configuration.
struct Finding {
  Severity severity = Severity::Warning;
  /// What kind of mistake, for programs: `syntax`, `source-shut-out`, …
  std::string kind;
  config::Location where;
  std::string text;    // what is wrong
  std::string advice;  // what to write; may be empty if the text says it
};

/// A file that the daemon will read or write.
struct PlannedFile {
  enum class Use : std::uint8_t { Read, Write };
  std::string purpose;  // `drift file`
  std::string path;
  Use use = Use::Read;
  /// Whether it can; nothing if that can't be told from here.
  std::optional<bool> possible;
  std::string why_not;
};

/// What the daemon would do with a configuration, and what is wrong with that.
struct Report {
  std::string config_file;
  std::string user;
  std::vector<config::SourceSettings> sources;
  std::vector<server::AccessEntry> access;
  std::vector<PlannedFile> files;
  std::vector<Finding> findings;

  [[nodiscard]] std::size_t count(Severity severity) const;
  /// The exit status: 0 clean, 1 warnings, 2 errors. Notes do not count.
  [[nodiscard]] int status() const;
};

/// For people.
std::string to_text(const Report& report);
/// For programs: one JSON object, whose shape ntpd(8) gives.
std::string to_json(const Report& report);

/// What both forms name alike.
std::string_view name_of(Severity severity);
std::string_view name_of(config::SourceType type);
/// The flags of an access entry in the words of ntp.conf.
std::vector<std::string> flag_names(std::uint32_t flags);
/// The options of a source that are in effect, in the words of ntp.conf.
std::vector<std::string> option_words(const config::SourceSettings& source);
/// The address or name of a source, or its driver and unit.
std::string title_of(const config::SourceSettings& source);
/// `192.0.2.0/24`, or address and mask if the mask is no prefix.
std::string range_of(const server::AccessEntry& entry);

}  // namespace ntp::check
