// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/check/report.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdio>

namespace ntp::check {
namespace {

std::string number(double value) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%g", value);
  return text.data();
}

void add_clock_words(const config::SourceSettings& source, std::vector<std::string>& words) {
  if (source.mode != 0) words.push_back("mode " + std::to_string(source.mode));
  if (!source.path.empty()) words.push_back("path " + source.path);
  if (!source.pps_path.empty()) words.push_back("ppspath " + source.pps_path);
  if (source.baud != 0) words.push_back("baud " + std::to_string(source.baud));
  if (source.time1 != 0) words.push_back("time1 " + number(source.time1));
  if (source.time2 != 0) words.push_back("time2 " + number(source.time2));
  if (source.stratum) words.push_back("stratum " + std::to_string(*source.stratum));
  if (source.refid) words.push_back("refid " + *source.refid);
  for (unsigned i = 0; i < 4; ++i) {
    if ((source.flags >> i & 1U) != 0) words.push_back("flag" + std::to_string(i + 1) + " 1");
  }
}

void add_nts_words(const config::SourceSettings& source, std::vector<std::string>& words) {
  words.emplace_back("nts");
  if (source.nts_no_validation) words.emplace_back("noval");
  if (!source.nts_ca.empty()) words.push_back("ca " + source.nts_ca);
  if (!source.nts_aead.empty()) words.push_back("aead " + source.nts_aead);
}

}  // namespace

std::optional<int> prefix_length(const Address& mask) {
  int length = 0;
  bool ended = false;
  for (const std::uint8_t octet : mask.bytes()) {
    const int ones = std::countl_one(octet);
    if (ended && octet != 0) return std::nullopt;
    if (static_cast<std::uint8_t>(octet << ones) != 0) return std::nullopt;
    length += ones;
    ended = ones < 8;
  }
  return length;
}

std::size_t Report::count(Severity severity) const {
  return static_cast<std::size_t>(
      std::count_if(findings.begin(), findings.end(),
                    [&](const Finding& finding) { return finding.severity == severity; }));
}

int Report::status() const {
  if (count(Severity::Error) > 0) return 2;
  return count(Severity::Warning) > 0 ? 1 : 0;
}

std::string_view name_of(Severity severity) {
  constexpr std::array<std::string_view, 3> kNames{"error", "warning", "note"};
  return kNames[static_cast<std::size_t>(severity)];
}

std::string_view name_of(config::SourceType type) {
  constexpr std::array<std::string_view, 3> kNames{"server", "pool", "refclock"};
  return kNames[static_cast<std::size_t>(type)];
}

std::vector<std::string> flag_names(std::uint32_t flags) {
  namespace flag = config::restrict_flag;
  struct Name {
    std::uint32_t bit;
    const char* text;
  };
  constexpr Name kNames[] = {
      {flag::kFlake, "flake"},         {flag::kIgnore, "ignore"},   {flag::kKod, "kod"},
      {flag::kLimited, "limited"},     {flag::kMsSntp, "mssntp"},   {flag::kNoModify, "nomodify"},
      {flag::kNoMruList, "nomrulist"}, {flag::kNoQuery, "noquery"}, {flag::kNoServe, "noserve"},
      {flag::kNoTrust, "notrust"},     {flag::kVersion, "version"}};
  std::vector<std::string> names;
  for (const Name& name : kNames) {
    if ((flags & name.bit) != 0) names.emplace_back(name.text);
  }
  return names;
}

std::vector<std::string> option_words(const config::SourceSettings& source) {
  std::vector<std::string> words;
  const auto flag = [&](bool set, const char* word) {
    if (set) words.emplace_back(word);
  };
  if (source.family != Family::Any) words.emplace_back(source.family == Family::V4 ? "-4" : "-6");
  flag(source.iburst, "iburst");
  flag(source.burst, "burst");
  flag(source.prefer, "prefer");
  flag(source.noselect, "noselect");
  flag(source.truechimer, "true");
  words.push_back("minpoll " + std::to_string(source.min_poll));
  words.push_back("maxpoll " + std::to_string(source.max_poll));
  if (source.version != 4) words.push_back("version " + std::to_string(source.version));
  if (source.key != 0) words.push_back("key " + std::to_string(source.key));
  if (source.bias != 0) words.push_back("bias " + number(source.bias));
  if (source.nts) add_nts_words(source, words);
  if (source.type == config::SourceType::Refclock) add_clock_words(source, words);
  return words;
}

std::string title_of(const config::SourceSettings& source) {
  if (source.type != config::SourceType::Refclock) return source.host;
  return source.driver + " unit " + std::to_string(source.unit);
}

std::string range_of(const server::AccessEntry& entry) {
  const auto length = prefix_length(entry.mask);
  return entry.address.to_string() +
         (length ? '/' + std::to_string(*length) : " mask " + entry.mask.to_string());
}

}  // namespace ntp::check
