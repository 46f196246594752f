// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "libntp/config/settings.h"
#include "libntp/core/result.h"

namespace ntp::config {

enum class Severity : std::uint8_t { Error, Warning, Info };

/// Something to tell the administrator about a line; the text says what is wrong and what was
/// expected.
struct Diagnostic {
  Severity severity = Severity::Error;
  Location where;
  std::string text;

  /// As the log shows it: `CONFIG: TEXT in FILE line L, column C`, without what is not known.
  [[nodiscard]] std::string to_string() const;
};

/// How the parser reads files: it has no file system of its own.
struct FileAccess {
  std::function<Result<std::string>(const std::string& path)> load;
  /// The entries of a directory, or a failure if it is none.
  std::function<Result<std::vector<std::string>>(const std::string& path)> list;
};

struct ParseResult {
  Settings settings;
  /// In the order of reading; after the first hundred only their number.
  std::vector<Diagnostic> diagnostics;
  /// What is right but easily meant otherwise: for a dry run, not for the log. As bounded.
  std::vector<Diagnostic> hints;
  /// How many lines were not understood in whole.
  std::size_t syntax_errors = 0;
  /// The first hundred of them as NTPsec answers who sent them: `column N WHY`, N from 0.
  std::vector<std::string> rejections;

  [[nodiscard]] bool has_errors() const;
};

/// Reads ntp.conf at `path` with its includes and the `ntp.d` beside it, at most a thousand files
/// and 64 MiB in all, and includes five deep. Never fails: what can't be
/// read or understood is a diagnostic, and reading goes on with the next line.
ParseResult parse_file(const std::string& path, const FileAccess& files);
/// The same for text that stands alone, without includes; `name` is used in diagnostics.
ParseResult parse_text(std::string_view text, const std::string& name);
/// Lines that add to a running configuration (`:config`). What they unpeer is no longer among its
/// sources; `unpeers` and `reset_counters` hold those of these lines alone.
ParseResult parse_more(Settings running, std::string_view text, const std::string& name);

}  // namespace ntp::config
