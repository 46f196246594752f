// SPDX-License-Identifier: BSD-2-Clause
#include "libntp/nts/cookie_keys.h"

#include <algorithm>
#include <charconv>
#include <optional>

namespace ntp::nts {
namespace {

std::int64_t unix_seconds(WallTime time) {
  return std::chrono::floor<std::chrono::seconds>(time.time_since_epoch()).count();
}

constexpr bool is_blank(char c) {
  return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\v' || c == '\f';
}

std::optional<std::uint8_t> digit(char c) {
  if (c >= '0' && c <= '9') return static_cast<std::uint8_t>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<std::uint8_t>(c - 'a' + 10);
  if (c >= 'A' && c <= 'F') return static_cast<std::uint8_t>(c - 'A' + 10);
  return std::nullopt;
}

/// Reads `X: value` after `X: value`, with blanks of any kind between.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  /// Whether the next word is this; if so it is taken.
  bool label(std::string_view word) {
    skip_blanks();
    if (!text_.starts_with(word)) return false;
    text_.remove_prefix(word.size());
    return true;
  }
  template <class Number>
  std::optional<Number> number() {
    skip_blanks();
    Number value = 0;
    const auto [end, error] = std::from_chars(text_.data(), text_.data() + text_.size(), value);
    if (error != std::errc()) return std::nullopt;
    text_.remove_prefix(static_cast<std::size_t>(end - text_.data()));
    if (!text_.empty() && !is_blank(text_.front())) return std::nullopt;
    return value;
  }
  bool octets(ByteSpan out) {
    skip_blanks();
    for (std::uint8_t& octet : out) {
      if (text_.size() < 2) return false;
      const auto high = digit(text_[0]);
      const auto low = digit(text_[1]);
      if (!high || !low) return false;
      octet = static_cast<std::uint8_t>(*high << 4 | *low);
      text_.remove_prefix(2);
    }
    return text_.empty() || is_blank(text_.front());
  }

 private:
  void skip_blanks() {
    while (!text_.empty() && is_blank(text_.front())) text_.remove_prefix(1);
  }

  std::string_view text_;
};

void append_hex(std::string& text, ByteView octets) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  for (const std::uint8_t octet : octets) {
    text += kDigits[octet >> 4];
    text += kDigits[octet & 15];
  }
}

}  // namespace

void CookieKeys::add_new(Random& random) {
  const auto is_taken = [this](std::uint32_t id) {
    return std::any_of(keys_.begin(), keys_.end(), [id](const auto& key) { return key.id == id; });
  };
  CookieKey key;
  do {
    key.id = static_cast<std::uint32_t>(random.u64());
  } while (is_taken(key.id));
  random.fill(key.secret.resize(key_size_));
  keys_.insert(keys_.begin(), key);
  if (keys_.size() > kKept) keys_.resize(kKept);
}

CookieKeys CookieKeys::generate(WallTime now, Random& random) {
  CookieKeys result;
  result.started_ = unix_seconds(now);
  result.add_new(random);
  return result;
}

Result<CookieKeys> CookieKeys::parse(std::string_view text) {
  Scanner in(text);
  CookieKeys result;
  const auto started = in.label("T:") ? in.number<std::int64_t>() : std::nullopt;
  if (!started || *started < 0) return fail("no time at 'T:'");
  const auto key_size = in.label("L:") ? in.number<std::size_t>() : std::nullopt;
  if (!key_size || (*key_size != 32 && *key_size != 48 && *key_size != 64)) {
    return fail("no length of 32, 48 or 64 at 'L:'");
  }
  result.started_ = *started;
  result.key_size_ = *key_size;
  result.keys_.reserve(kKept);
  while (result.keys_.size() < kKept && in.label("I:")) {
    const std::string place = "key " + std::to_string(result.keys_.size() + 1);
    const auto id = in.number<std::uint32_t>();
    if (!id) return fail(place + " has no number at 'I:'");
    CookieKey& key = result.keys_.emplace_back();
    key.id = *id;
    if (!in.label("K:") || !in.octets(key.secret.resize(*key_size))) {
      return fail(place + " has not " + std::to_string(*key_size) + " octets at 'K:'");
    }
  }
  if (result.keys_.empty()) return fail("there is no key");
  return result;
}

std::string CookieKeys::to_text() const {
  std::string text;
  // Reserved at once, so that no copy of a key is left behind.
  text.reserve(64 + keys_.size() * (2 * key_size_ + 32));
  text += "T: " + std::to_string(started_) + "\nL: " + std::to_string(key_size_) + "\n";
  for (const CookieKey& key : keys_) {
    text += "I: " + std::to_string(key.id) + "\nK: ";
    append_hex(text, key.secret.view());
    text += '\n';
  }
  return text;
}

bool CookieKeys::rotate(WallTime now, Random& random) {
  const std::int64_t age = unix_seconds(now) - started_;
  if (age < kRotation) return false;
  started_ += age / kRotation * kRotation;
  add_new(random);
  return true;
}

}  // namespace ntp::nts
