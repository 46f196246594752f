// SPDX-License-Identifier: BSD-2-Clause
#include "libntp/leap/leap_file.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <optional>
#include <string>

#include "libntp/core/bytes.h"
#include "libntp/crypto/sha1.h"

namespace ntp::leap {
namespace {

using Digest = std::array<std::uint8_t, 20>;

// NTPsec: what comes behind is cut off, and starts no line of its own.
constexpr std::size_t kMaxLine = 49;
constexpr auto kNtpEpoch = std::chrono::seconds(2'208'988'800);  // before 1970
// Seconds since 1900 of the year 9999: more is no time.
constexpr std::int64_t kLatest = 255'000'000'000;
// And of the year 2200: a WallTime does not reach much further, so later times are taken for this.
constexpr std::int64_t kLatestWall = 9'467'107'200;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_blank(char c) { return c == ' ' || c == '\t'; }

std::string_view without_blanks(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  return text;
}

/// Takes a decimal number off the front.
std::optional<std::int64_t> take_number(std::string_view& text) {
  text = without_blanks(text);
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || value < 0 || value > kLatest) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return value;
}

std::optional<WallTime> take_time(std::string_view& text) {
  const auto seconds = take_number(text);
  if (!seconds) return std::nullopt;
  return WallTime(std::chrono::seconds(std::min(*seconds, kLatestWall)) - kNtpEpoch);
}

/// `#h` and five numbers in hexadecimal, leading zeros optional.
std::optional<Digest> parse_hash(std::string_view text) {
  Digest digest{};
  ByteWriter out(digest);
  for (int i = 0; i < 5; ++i) {
    text = without_blanks(text);
    std::uint32_t word = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), word, 16);
    if (error != std::errc{}) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    out.u32(word);
  }
  return digest;
}

bool starts_a_month(WallTime time) {
  const auto day = std::chrono::floor<std::chrono::days>(time.time_since_epoch());
  const std::chrono::year_month_day date{std::chrono::sys_days(day)};
  return time.time_since_epoch() == day && date.day() == std::chrono::day(1);
}

class Reader {
 public:
  Result<LeapFile> read(std::string_view text) {
    while (!text.empty()) {
      const std::size_t end = std::min(text.find('\n'), text.size());
      if (auto taken = take_line(text.substr(0, std::min(end, kMaxLine))); !taken) {
        return Failure<Error>{taken.error()};
      }
      text.remove_prefix(std::min(end + 1, text.size()));
    }
    return check_hash();
  }

 private:
  Result<void> take_line(std::string_view line) {
    if (line.starts_with("#h")) {
      hash_ = parse_hash(line.substr(2));
      hash_seen_ = true;
    } else if (line.starts_with("#$")) {
      add_digits(line.substr(2));
    } else if (line.starts_with("#@")) {
      add_digits(line.substr(2));
      std::string_view rest = line.substr(2);
      const auto expires = take_time(rest);
      if (!expires) return fail("parsing error");
      file_.table.expires = *expires;
    } else if (!line.empty() && is_digit(line.front())) {
      const std::string_view data = line.substr(0, line.find('#'));
      add_digits(data);
      return take_transition(data);
    }
    return {};
  }

  Result<void> take_transition(std::string_view data) {
    const auto at = take_time(data);
    const auto offset = at ? take_number(data) : std::nullopt;
    if (!offset || *offset > 1000) return fail("parsing error");
    if (!starts_a_month(*at)) return fail("bad transition time");
    auto& all = file_.table.transitions;
    if (!all.empty() && *at <= all.back().at) return fail("times not ascending");
    if (all.size() == Table::kKept) all.erase(all.begin());
    all.push_back({*at, static_cast<int>(*offset)});
    return {};
  }

  /// The hash is over the digits of the numbers alone, in the order of the file.
  void add_digits(std::string_view text) {
    std::copy_if(text.begin(), text.end(), std::back_inserter(hashed_), is_digit);
  }

  Result<LeapFile> check_hash() {
    if (!hash_seen_) return std::move(file_);
    if (!hash_) return fail("malformed hash signature");
    const auto bytes =
        ByteView(reinterpret_cast<const std::uint8_t*>(hashed_.data()), hashed_.size());
    const auto digest = crypto::sha1(bytes);
    if (!digest) return fail("its hash can't be checked: OpenSSL has no SHA-1 here");
    if (*digest != *hash_) return fail("signature mismatch");
    file_.signature = Signature::Good;
    return std::move(file_);
  }

  LeapFile file_;
  std::string hashed_;
  std::optional<Digest> hash_;
  bool hash_seen_ = false;
};

}  // namespace

int Table::tai_at(WallTime now) const {
  const Transition* next = next_after(now);
  const Transition* end = next != nullptr ? next : transitions.data() + transitions.size();
  return end == transitions.data() ? 0 : (end - 1)->tai_offset;
}

const Transition* Table::next_after(WallTime now) const {
  const auto next = std::find_if(transitions.begin(), transitions.end(),
                                 [now](const Transition& each) { return each.at > now; });
  return next == transitions.end() ? nullptr : &*next;
}

Result<LeapFile> parse_leap_file(std::string_view text) { return Reader().read(text); }

}  // namespace ntp::leap
