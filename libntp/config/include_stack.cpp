// SPDX-License-Identifier: BSD-2-Clause
#include "libntp/config/include_stack.h"

#include <algorithm>

#include "libntp/config/text.h"

namespace ntp::config {
namespace {

constexpr std::size_t kMaxDepth = 5;
constexpr std::size_t kMaxFiles = 1000;
constexpr std::size_t kMaxBytes = std::size_t{64} << 20;

std::string join(const std::string& directory, std::string_view name) {
  if (directory.empty() || name.starts_with('/')) return std::string(name);
  return directory.ends_with('/') ? directory + std::string(name)
                                  : directory + '/' + std::string(name);
}

}  // namespace

void IncludeStack::push_text(std::string name, std::string content) {
  Entry entry;
  entry.path = name;
  entry.text = std::make_unique<OpenText>(std::move(name), std::move(content), 0, nullptr);
  entries_.push_back(std::move(entry));
}

void IncludeStack::push_main(const std::string& path) {
  Entry entry;
  entry.path = path;
  push(std::move(entry));
}

void IncludeStack::push_directory_beside(const std::string& main_path) {
  for (auto& file : conf_files(join(directory_of(main_path), "ntp.d"), 0)) {
    Entry entry;
    entry.path = std::move(file);
    push(std::move(entry));
  }
}

void IncludeStack::include(const OpenText& includer, const std::string& path,
                           const Location& where) {
  if (files_ == nullptr)
    return report_.error(where, "includefile ignored: there are no files here");
  if (includer.depth >= kMaxDepth) {
    return report_.error(where, "Maximum include file level exceeded (the include is skipped)");
  }
  const std::string resolved = join(directory_of(includer.name), path);
  if (is_open(&includer, resolved)) {
    return report_.error(
        where, "file " + quote_path(resolved) + " includes itself (the include is skipped)");
  }
  Entry entry;
  entry.where = where;
  entry.depth = includer.depth + 1;
  entry.parent = &includer;
  if (files_->list(resolved)) {
    const auto found = conf_files(resolved, 0);
    if (found.empty()) report_.error(where, "no .conf file in directory " + quote_path(resolved));
    for (const auto& file : found) {
      if (is_open(&includer, file)) continue;
      push({file, where, entry.depth, &includer, nullptr});
    }
    return;
  }
  entry.path = resolved;
  push(std::move(entry));
}

void IncludeStack::push(Entry entry) {
  if (entries_.size() >= kMaxFiles) {
    return report_.error(entry.where, "too many files; " + quote_path(entry.path) + " is skipped");
  }
  entries_.push_back(std::move(entry));
}

OpenText* IncludeStack::top() {
  while (!entries_.empty()) {
    if (entries_.back().text || open(entries_.back())) return entries_.back().text.get();
    entries_.pop_back();
  }
  return nullptr;
}

bool IncludeStack::open(Entry& entry) {
  auto content = load(entry);
  if (!content) return false;
  entry.text =
      std::make_unique<OpenText>(entry.path, *std::move(content), entry.depth, entry.parent);
  return true;
}

std::optional<std::string> IncludeStack::load(const Entry& entry) {
  if (++loaded_files_ > kMaxFiles) {
    report_.error(entry.where, "more than " + std::to_string(kMaxFiles) + " files; " +
                                   quote_path(entry.path) + " is skipped");
    return std::nullopt;
  }
  auto content = files_->load(entry.path);
  if (!content) {
    report_.error(entry.where,
                  "failed to open " + quote_path(entry.path) + ": " + content.error().message);
    return std::nullopt;
  }
  if (content->size() > kMaxBytes - loaded_bytes_) {
    report_.error(entry.where,
                  "more than 64 MiB of configuration; " + quote_path(entry.path) + " is skipped");
    return std::nullopt;
  }
  loaded_bytes_ += content->size();
  return *std::move(content);
}

/// In ASCII order, subdirectories in their place. Since the last one pushed is read first, they are
/// read in reverse order (NTPsec: files in use rely on it).
std::vector<std::string> IncludeStack::conf_files(const std::string& directory, std::size_t level) {
  std::vector<std::string> paths;
  if (files_ == nullptr || level > kMaxDepth) return paths;
  const auto listed = files_->list(directory);
  if (!listed) return paths;
  std::vector<std::string> names = *listed;
  std::erase_if(names, [](const std::string& name) { return !name.ends_with(".conf"); });
  std::sort(names.begin(), names.end());
  for (const auto& name : names) {
    if (paths.size() >= kMaxFiles) break;
    const std::string path = join(directory, name);
    if (files_->list(path)) {
      for (auto& inner : conf_files(path, level + 1)) paths.push_back(std::move(inner));
    } else {
      paths.push_back(path);
    }
  }
  return paths;
}

bool IncludeStack::is_open(const OpenText* from, const std::string& path) const {
  for (; from != nullptr; from = from->parent) {
    if (from->name == path) return true;
  }
  return false;
}

}  // namespace ntp::config
