// SPDX-License-Identifier: BSD-2-Clause
#include "libntp/config/key_file.h"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "libntp/config/report.h"

namespace ntp::config {
namespace {

constexpr long kMaxKey = 65535;
constexpr std::size_t kLongestPlainKey = 20;
constexpr std::size_t kLongestHexKey = 64;

/// A word and where it begins.
struct Word {
  std::string_view text;
  int column = 0;
};

/// The words of a line up to its comment, at most three.
std::array<Word, 3> split(std::string_view line) {
  constexpr std::string_view kBlanks = " \t";
  std::array<Word, 3> words;
  line = line.substr(0, line.find('#'));
  std::size_t begin = 0;
  for (Word& word : words) {
    begin = std::min(line.find_first_not_of(kBlanks, begin), line.size());
    const std::size_t end = std::min(line.find_first_of(kBlanks, begin), line.size());
    word = {line.substr(begin, end - begin),
            static_cast<int>(std::min<std::size_t>(begin, 1 << 30)) + 1};
    begin = end;
  }
  return words;
}

/// NTPsec: the leading digits count, so `5x` is 5 and `x` is 0. Beyond the range it is kMaxKey + 1.
long to_number(std::string_view word) {
  const bool negative = word.starts_with('-');
  if (negative || word.starts_with('+')) word.remove_prefix(1);
  long value = 0;
  for (const char c : word) {
    if (c < '0' || c > '9') break;
    value = std::min(value * 10 + (c - '0'), kMaxKey + 1);
  }
  return negative && value != 0 ? kMaxKey + 1 : value;
}

int digit_of(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// An odd last digit is left out (NTPsec).
std::optional<std::vector<std::uint8_t>> from_hex(std::string_view digits) {
  if (std::any_of(digits.begin(), digits.end(), [](char c) { return digit_of(c) < 0; })) {
    return std::nullopt;
  }
  std::vector<std::uint8_t> octets(digits.size() / 2);
  for (std::size_t i = 0; i < octets.size(); ++i) {
    octets[i] =
        static_cast<std::uint8_t>(digit_of(digits[2 * i]) << 4 | digit_of(digits[2 * i + 1]));
  }
  return octets;
}

class KeyFileReader {
 public:
  KeyFileReader(const std::string& name, const KeyTypes& types) : name_(name), types_(types) {}

  KeyFile read(std::string_view text) {
    int number = 0;
    while (!text.empty()) {
      const std::size_t end = std::min(text.find('\n'), text.size());
      number_ = ++number;
      read_line(text.substr(0, end));
      text.remove_prefix(std::min(end + 1, text.size()));
    }
    for (auto& [id, key] : keys_) file_.keys.push_back(std::move(key));
    file_.diagnostics = report_.take();
    return std::move(file_);
  }

 private:
  [[nodiscard]] Location at(int column) const { return {name_, number_, column}; }

  void read_line(std::string_view line) {
    if (line.ends_with('\r')) line.remove_suffix(1);
    const auto [number, type, secret] = split(line);
    if (number.text.empty()) return;
    if (line.substr(0, line.find('#')).find('\0') != std::string_view::npos) {
      report_.error(at(1), "a NUL byte, expected NUMBER TYPE KEY; the line is ignored");
      return;
    }
    const long id = to_number(number.text);
    if (id == 0 || id > kMaxKey) {
      report_.error(at(number.column),
                    (id == 0 ? "cannot change key " : "reserved key ") + quote(number.text) +
                        ", expected a number from 1 to 65535; the line is ignored");
      return;
    }
    read_key(static_cast<std::uint16_t>(id), number, type, secret);
  }

  void read_key(std::uint16_t id, const Word& number, const Word& type, const Word& secret) {
    const std::string key = "key " + std::to_string(id);
    if (type.text.empty() || secret.text.empty()) {
      report_.error(at(type.text.empty() ? type.column : secret.column),
                    (type.text.empty() ? "no key type for " : "no key for ") + key +
                        ", expected NUMBER TYPE KEY; the line is ignored");
      return;
    }
    const auto known = find_type(type.text);
    if (!known) {
      report_.error(at(type.column), "unknown auth type " + quote(type.text) + " of " + key +
                                         ", expected one such as AES, AES-256, SHA1 or MD5; the "
                                         "line is ignored");
      return;
    }
    auto octets = decode(secret, key);
    if (!octets) return;
    if (known->against_policy) {
      report_.warning(at(type.column), quote(type.text) + " of " + key +
                                           " is not allowed by this host's OpenSSL configuration; "
                                           "it is used all the same");
    }
    check_size(*known, octets->size(), key, secret.column);
    ++file_.lines;
    const auto [place, fresh] = keys_.try_emplace(id);
    if (!fresh) {
      report_.warning(at(number.column), key + " is defined in line " +
                                             std::to_string(place->second.where.line) +
                                             " already; this line replaces it");
    }
    place->second = {at(number.column), id, std::string(type.text), *std::move(octets)};
  }

  const std::optional<KeyType>& find_type(std::string_view name) {
    // A file has few types and may have many lines.
    if (name != last_type_name_) {
      last_type_name_ = name;
      last_type_ = types_(name);
    }
    return last_type_;
  }

  std::optional<std::vector<std::uint8_t>> decode(const Word& secret, const std::string& key) {
    if (secret.text.size() <= kLongestPlainKey) {
      return std::vector<std::uint8_t>(secret.text.begin(), secret.text.end());
    }
    const std::string_view digits = secret.text.substr(0, kLongestHexKey);
    auto octets = from_hex(digits);
    if (!octets) {
      report_.error(at(secret.column),
                    "invalid hex digit for " + key +
                        ": what is longer than 20 characters is hexadecimal; the line is ignored");
    } else if (digits.size() < secret.text.size()) {
      report_.warning(at(secret.column), key + " truncated to 64 hexadecimal digits");
    } else if (digits.size() % 2 != 0) {
      report_.warning(at(secret.column), key +
                                             " has an odd number of hexadecimal digits; the last "
                                             "one is ignored");
    }
    return octets;
  }

  void check_size(const KeyType& type, std::size_t size, const std::string& key, int column) {
    if (type.key_size == 0 || size == type.key_size) return;
    report_.warning(at(column), "CMAC " + key + " will be " +
                                    (size < type.key_size ? "padded with zeros " : "truncated ") +
                                    std::to_string(size) + "=>" + std::to_string(type.key_size) +
                                    " bytes");
  }

  const std::string& name_;
  const KeyTypes& types_;
  int number_ = 0;
  std::map<std::uint16_t, SymmetricKey> keys_;
  std::string last_type_name_;
  std::optional<KeyType> last_type_;
  KeyFile file_;
  Report report_;
};

}  // namespace

KeyFile parse_key_file(std::string_view text, const std::string& name, const KeyTypes& types) {
  return KeyFileReader(name, types).read(text);
}

}  // namespace ntp::config
