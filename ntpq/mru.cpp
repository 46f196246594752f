// SPDX-License-Identifier: BSD-2-Clause
#include "ntpq/mru.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <map>
#include <unordered_map>

#include "libntp/core/address.h"
#include "ntpq/date.h"
#include "ntpq/number.h"
#include "ntpq/text.h"
#include "ntpq/variables.h"

namespace ntp::ntpq {
namespace {

constexpr std::int64_t kKod = 0x400;
constexpr std::int64_t kLimited = 0x20;
constexpr int kMostRows = 16;

/// Seconds from `from` to `to`, of one era or of two neighbours.
double span(NtpTimestamp from, NtpTimestamp to) {
  constexpr double kUnits = 4294967296.0;
  return static_cast<double>(static_cast<std::int64_t>(to.raw() - from.raw())) / kUnits;
}

/// Seconds since 1970, in the era of the two centuries around it.
double unix_seconds(NtpTimestamp stamp) {
  return to_seconds(
      stamp.to_wall(WallTime(std::chrono::seconds(1'800'000'000))).time_since_epoch());
}

/// IPv4 before IPv6, by the octets.
Endpoint address_key(const MruEntry& entry) {
  const auto [host, port] = split_port(entry.address);
  const auto parsed = parse_address(host);
  return {parsed.value_or(Address()),
          static_cast<std::uint16_t>(parse_decimal(port).value_or(0) & 0xffff)};
}

using Less = std::function<bool(const MruEntry&, const MruEntry&)>;

template <class Key>
Less by(Key key) {
  return [key](const MruEntry& a, const MruEntry& b) { return key(a) < key(b); };
}

/// The ascending orders by their names.
const std::map<std::string, Less, std::less<>>& orders() {
  static const std::map<std::string, Less, std::less<>> all = {
      // Seconds since the last packet: the newest is least.
      {"lstint", by([](const MruEntry& e) { return ~e.last.raw(); })},
      {"avgint", by([](const MruEntry& e) { return e.average_interval(); })},
      {"addr", by(address_key)},
      {"count", by([](const MruEntry& e) { return e.count; })},
      {"score", by([](const MruEntry& e) { return e.score.value_or(0); })},
      {"drop", by([](const MruEntry& e) { return e.dropped.value_or(0); })}};
  return all;
}

bool is_order(std::string_view name) {
  if (!name.empty() && name.front() == '-') name.remove_prefix(1);
  return orders().contains(name);
}

bool is_parameter(std::string_view name) {
  constexpr std::array<std::string_view, 14> kNames = {
      "mincount",  "mindrop",   "minscore", "resall", "resany", "kod",   "limited",
      "maxlstint", "minlstint", "laddr",    "recent", "sort",   "frags", "limit"};
  if (std::find(kNames.begin(), kNames.end(), name) != kNames.end()) return true;
  if (!name.starts_with("addr.") && !name.starts_with("last.")) return false;
  const auto row = parse_decimal(name.substr(5));
  return row && *row >= 0 && *row < kMostRows;
}

/// What a value should be and is not; empty if it is. The daemon does not answer a request with
/// another value, so that it would be repeated for more than a minute.
std::string_view needs(std::string_view name, const std::string& value) {
  constexpr std::array<std::string_view, 10> kNumbers = {
      "mincount",  "mindrop",   "minscore", "resall", "resany",
      "maxlstint", "minlstint", "recent",   "frags",  "limit"};
  if (std::find(kNumbers.begin(), kNumbers.end(), name) != kNumbers.end()) {
    return parse_integer(value) || parse_real(value) ? "" : "a number";
  }
  if (name == "laddr" || name.starts_with("addr.")) {
    return parse_address(value) || parse_address(split_port(value).first) ? "" : "an address";
  }
  if (name.starts_with("last.")) return parse_timestamp(value) ? "" : "a timestamp";
  return "";
}

/// NTPsec: numbers are sent in their plainest form.
std::string plain_value(std::string_view text) {
  if (const auto integer = parse_integer(text)) return std::to_string(*integer);
  if (const auto real = parse_real(text)) return shortest(*real);
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') {
    text = text.substr(1, text.size() - 2);
  }
  return std::string(text);
}

struct Given {
  std::string name;
  std::string value;
};

/// In the order in which they were given; of one given twice the last value counts.
void set(std::vector<Given>& given, std::string_view name, std::string value) {
  const auto known = std::find_if(given.begin(), given.end(),
                                  [&](const Given& each) { return each.name == name; });
  if (known == given.end()) {
    given.push_back({std::string(name), std::move(value)});
  } else {
    known->value = std::move(value);
  }
}

std::optional<std::string> take(std::vector<Given>& given, std::string_view name) {
  const auto known = std::find_if(given.begin(), given.end(),
                                  [&](const Given& each) { return each.name == name; });
  if (known == given.end()) return std::nullopt;
  std::string value = std::move(known->value);
  given.erase(known);
  return value;
}

std::int64_t integer_of(const std::vector<Given>& given, std::string_view name) {
  for (const Given& each : given) {
    if (each.name == name) return parse_integer(each.value).value_or(0);
  }
  return 0;
}

std::string hexadecimal(const std::string& value) {
  const auto integer = parse_integer(value);
  if (!integer || *integer < 0) return value;
  return "0x" + to_hex(static_cast<std::uint64_t>(*integer), 1);
}

}  // namespace

double MruEntry::average_interval() const {
  return count <= 1 ? 0 : span(first, last) / static_cast<double>(count - 1);
}

Result<MruParameters> MruParameters::parse(std::string_view argument) {
  std::vector<Given> given;
  for (const std::string_view word : split_words(argument)) {
    const std::size_t equals = std::min(word.find('='), word.size());
    set(given, word.substr(0, equals),
        equals < word.size() ? plain_value(word.substr(equals + 1)) : "True");
  }
  MruParameters parameters;
  parameters.sort = take(given, "sort").value_or("");
  if (parameters.sort == "lstint") parameters.sort.clear();
  if (!parameters.sort.empty() && !is_order(parameters.sort)) {
    return fail("***Sort order " + visible(parameters.sort) + " is not implemented\n");
  }
  for (const Given& each : given) {
    if (!is_parameter(each.name)) {
      return fail("***Unknown parameter '" + visible(each.name) + "'\n");
    }
    if (const auto wanted = needs(each.name, each.value); !wanted.empty()) {
      return fail("***Parameter '" + each.name + "' needs " + std::string(wanted) + "\n");
    }
  }
  if (const auto fragments = take(given, "frags")) {
    const auto number = parse_decimal(*fragments);
    parameters.fragments = static_cast<int>(std::clamp<std::int64_t>(number.value_or(0), 0, 65535));
  }
  for (const auto& [name, bit] : {std::pair("kod", kKod), std::pair("limited", kLimited)}) {
    if (take(given, name)) {
      set(given, "resany", std::to_string(integer_of(given, "resany") | bit));
    }
  }
  if (given.empty()) return parameters;
  const auto recent = take(given, "recent");
  std::string list;
  for (const Given& each : given) {
    const bool flags = each.name == "resall" || each.name == "resany";
    list += (list.empty() ? "" : ", ") + each.name + "=" +
            (flags ? hexadecimal(each.value) : each.value);
  }
  // NTPsec: with `recent` alone a comma stays at the end.
  parameters.every = ", " + list;
  parameters.first = (recent ? ", recent=" + *recent : "") + parameters.every;
  return parameters;
}

std::vector<MruEntry> MruList::add(std::string_view reply) {
  std::map<std::int64_t, MruEntry> found;
  for (const Variable& item : Variables::parse(reply)) {
    if (item.name == "nonce") nonce_ = item.text;
    if (item.name == "now") end_ = parse_timestamp(item.text);
    const std::size_t dot = item.name.find('.');
    if (dot == std::string::npos) continue;
    const auto row = parse_decimal(std::string_view(item.name).substr(dot + 1));
    if (!row || *row < 0) continue;
    const std::string_view stem = std::string_view(item.name).substr(0, dot);
    const auto stamp = [&] { return parse_timestamp(item.text).value_or(NtpTimestamp()); };
    if (stem == "addr") found[*row].address = item.text;
    if (stem == "last") {
      found[*row].last = stamp();
      found[*row].last_text = item.text;
    }
    if (stem == "first") found[*row].first = stamp();
    if (stem == "ct" && item.is_integer()) found[*row].count = item.integer;
    if (stem == "rs" && item.is_integer()) found[*row].restrictions = item.integer;
    if (stem == "mv" && item.is_integer()) found[*row].mode_and_version = item.integer;
    if (stem == "sc" && item.is_number()) found[*row].score = item.real;
    if (stem == "dr" && item.is_integer()) found[*row].dropped = item.integer;
  }
  std::vector<MruEntry> fresh;
  for (auto& [row, entry] : found) {
    if (entry.address.empty() || entry.last.is_zero()) continue;
    fresh.push_back(std::move(entry));
  }
  received_ += fresh.size();
  entries_.insert(entries_.end(), fresh.begin(), fresh.end());
  return fresh;
}

std::pair<std::string, std::size_t> MruList::newest_and_count(std::size_t room) const {
  std::string text;
  std::size_t count = 0;
  while (count < entries_.size() && count < kMostRows) {
    const MruEntry& entry = entries_[entries_.size() - 1 - count];
    const std::string number = std::to_string(count);
    const std::string pair =
        ", addr." + number + "=" + entry.address + ", last." + number + "=" + entry.last_text;
    if (text.size() + pair.size() >= room) break;
    text += pair;
    ++count;
  }
  return {text, count};
}

std::string MruList::newest(std::size_t room) const { return newest_and_count(room).first; }

void MruList::drop_newest(std::size_t room) {
  entries_.resize(entries_.size() - newest_and_count(room).second);
}

std::vector<MruEntry> MruList::sorted(std::string_view order) const {
  std::unordered_map<std::string_view, std::size_t> latest;
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    const auto [known, added] = latest.try_emplace(entries_[i].address, i);
    if (!added && entries_[known->second].last.raw() <= entries_[i].last.raw()) known->second = i;
  }
  std::vector<MruEntry> table;
  table.reserve(latest.size());
  for (std::size_t i = entries_.size(); i-- > 0;) {
    if (latest.at(entries_[i].address) == i) table.push_back(entries_[i]);
  }
  const bool descending = !order.empty() && order.front() == '-';
  const auto found = orders().find(order.substr(descending ? 1 : 0));
  if (order.empty() || found == orders().end()) return table;
  const Less& less = found->second;
  std::stable_sort(table.begin(), table.end(), [&](const MruEntry& a, const MruEntry& b) {
    return descending ? less(b, a) : less(a, b);
  });
  return table;
}

std::pair<std::string, std::string> split_port(const std::string& address) {
  const std::size_t colon = std::min(address.rfind(':'), address.size());
  std::string host = address.substr(0, colon);
  if (host.size() >= 2 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
  }
  return {host, address.substr(std::min(colon + 1, address.size()))};
}

std::string mru_columns(const MruEntry& entry, std::optional<NtpTimestamp> now) {
  std::string text;
  if (now) {
    const double average = entry.average_interval();
    text = pad_left(to_fixed(std::trunc(span(entry.last, *now) + 0.5), 0), 7);
    if (average > 5.0 || entry.count == 1) {
      text += " " + pad_left(to_fixed(std::trunc(average + 0.5), 0), 6);
    } else {
      text += " " + pad_left(to_fixed(average, average >= 1.0 ? 2 : 3), 6);
    }
  } else {
    constexpr std::int64_t kDay = 86400;
    constexpr std::int64_t kModifiedJulian1970 = 40587;
    const auto last = static_cast<std::int64_t>(unix_seconds(entry.last));
    const double active = std::trunc(span(entry.first, entry.last));
    text = pad_left(std::to_string(last / kDay + kModifiedJulian1970), 5) + " " +
           pad_left(std::to_string(last % kDay), 5) + " " + pad_left(to_fixed(active, 0), 6);
  }
  const char mark = (entry.restrictions & kKod) != 0       ? 'K'
                    : (entry.restrictions & kLimited) != 0 ? 'L'
                                                           : '.';
  std::string score = "-";
  if (entry.score && *entry.score != 0) {
    score = to_fixed(*entry.score, *entry.score > 100000 ? 1 : *entry.score > 10000 ? 2 : 3);
  }
  constexpr std::int64_t kLowBits = 0xffff;
  return text + " " +
         pad_left(to_hex(static_cast<std::uint64_t>(entry.restrictions & kLowBits), 1), 4) + " " +
         mark + " " + std::to_string(entry.mode_and_version & 7) + " " +
         std::to_string(entry.mode_and_version >> 3 & 7) + " " +
         pad_left(std::to_string(entry.count), 6) + " " + pad_left(score, 8) + " " +
         pad_left(entry.dropped ? std::to_string(*entry.dropped) : "-", 6) + " " +
         pad_left(visible(split_port(entry.address).second), 5) + " ";
}

}  // namespace ntp::ntpq
