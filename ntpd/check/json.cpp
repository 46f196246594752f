// SPDX-License-Identifier: BSD-2-Clause
#include <boost/json.hpp>

#include "ntpd/check/report.h"

namespace ntp::check {
namespace {

namespace json = boost::json;

/// JSON is UTF-8, but the bytes of a path may be anything: what is not ASCII becomes `?`.
json::string clean(std::string_view text) {
  json::string result;
  for (const char byte : text) {
    const auto value = static_cast<unsigned char>(byte);
    const bool continues_character = (value & 0xc0) == 0x80;
    if (!continues_character) result.push_back(value < 0x80 ? byte : '?');
  }
  return result;
}

json::array list_of(const std::vector<std::string>& words) {
  json::array list;
  for (const std::string& word : words) list.emplace_back(clean(word));
  return list;
}

void add_place(json::object& object, const config::Location& where) {
  object["file"] = clean(where.file);
  object["line"] = where.line;
}

json::array sources_of(const Report& report) {
  json::array list;
  for (const auto& source : report.sources) {
    json::object object;
    object["type"] = clean(name_of(source.type));
    object["name"] = clean(title_of(source));
    object["options"] = list_of(option_words(source));
    add_place(object, source.where);
    list.emplace_back(std::move(object));
  }
  return list;
}

json::array access_of(const Report& report) {
  json::array list;
  for (const auto& entry : report.access) {
    json::object object;
    object["range"] = clean(range_of(entry));
    object["ntpport"] = entry.ntp_port;
    object["flags"] = list_of(flag_names(entry.flags));
    list.emplace_back(std::move(object));
  }
  return list;
}

json::array files_of(const Report& report) {
  json::array list;
  for (const auto& file : report.files) {
    json::object object;
    object["purpose"] = clean(file.purpose);
    object["path"] = clean(file.path);
    object["use"] = file.use == PlannedFile::Use::Read ? "read" : "write";
    object["possible"] = file.possible ? json::value(*file.possible) : json::value(nullptr);
    object["reason"] = clean(file.why_not);
    list.emplace_back(std::move(object));
  }
  return list;
}

json::array findings_of(const Report& report) {
  json::array list;
  for (const auto& finding : report.findings) {
    json::object object;
    object["severity"] = clean(name_of(finding.severity));
    object["kind"] = clean(finding.kind);
    add_place(object, finding.where);
    object["column"] = finding.where.column;
    object["text"] = clean(finding.text);
    object["advice"] = clean(finding.advice);
    list.emplace_back(std::move(object));
  }
  return list;
}

}  // namespace

std::string to_json(const Report& report) {
  json::object root;
  root["config"] = clean(report.config_file);
  root["user"] = clean(report.user);
  root["sources"] = sources_of(report);
  root["access"] = access_of(report);
  root["files"] = files_of(report);
  root["findings"] = findings_of(report);
  root["errors"] = report.count(Severity::Error);
  root["warnings"] = report.count(Severity::Warning);
  root["status"] = report.status();
  return json::serialize(root) + '\n';
}

}  // namespace ntp::check
