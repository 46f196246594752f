// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libntp/config/lexer.h"
#include "libntp/config/parser.h"
#include "libntp/config/report.h"

namespace ntp::config {

/// A text that is being read.
struct OpenText {
  OpenText(std::string text_name, std::string content, std::size_t levels, const OpenText* includer)
      : name(std::move(text_name)),
        text(std::move(content)),
        lexer(text),
        depth(levels),
        parent(includer) {}
  OpenText(const OpenText&) = delete;
  OpenText& operator=(const OpenText&) = delete;

  std::string name;
  std::string text;
  Lexer lexer;
  std::size_t depth;       // 0 for ntp.conf and the files of ntp.d
  const OpenText* parent;  // the text that includes this one
};

/// The texts that are being read, the innermost on top, and those that wait for their turn. Bounds
/// what a configuration can make the daemon load.
class IncludeStack {
 public:
  /// `files` may be null: then nothing can be included.
  IncludeStack(const FileAccess* files, Report& report) : files_(files), report_(report) {}

  void push_text(std::string name, std::string content);
  void push_main(const std::string& path);
  /// The `ntp.d` beside the main file, if there is one.
  void push_directory_beside(const std::string& main_path);
  /// `includefile PATH` of the text on top, seen at `where`: a file or a directory of `*.conf`.
  void include(const OpenText& includer, const std::string& path, const Location& where);

  /// The text to read on; null when all are done.
  OpenText* top();
  void pop() { entries_.pop_back(); }
  void clear() { entries_.clear(); }

 private:
  struct Entry {
    std::string path;
    Location where;  // of the include
    std::size_t depth = 0;
    const OpenText* parent = nullptr;
    std::unique_ptr<OpenText> text;  // null until its turn comes
  };

  void push(Entry entry);
  bool open(Entry& entry);
  std::optional<std::string> load(const Entry& entry);
  std::vector<std::string> conf_files(const std::string& directory, std::size_t level);
  bool is_open(const OpenText* from, const std::string& path) const;

  const FileAccess* files_;
  Report& report_;
  std::vector<Entry> entries_;
  std::size_t loaded_files_ = 0;
  std::size_t loaded_bytes_ = 0;
};

}  // namespace ntp::config
