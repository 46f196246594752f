// SPDX-License-Identifier: BSD-2-Clause
#include "ntpq/credentials.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "ntpq/number.h"
#include "ntpq/text.h"

namespace ntp::ntpq {
namespace {

/// NTPsec's, and Debian's.
constexpr std::array kConfigFiles = {"/etc/ntp.conf", "/etc/ntpsec/ntp.conf"};
constexpr std::int64_t kMaxKey = 65535;

std::string upper_case(std::string_view text) {
  std::string upper(text);
  std::transform(upper.begin(), upper.end(), upper.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  return upper;
}

}  // namespace

std::optional<config::KeyType> key_type_of(std::string_view name) {
  const auto type = crypto::find_mac_type(name);
  if (!type) return std::nullopt;
  return config::KeyType{type->key_size, type->against_policy};
}

std::optional<std::int64_t> find_control_key(std::string_view text) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const auto words = split_words(text.substr(0, end));
    if (text.starts_with("control") && words.size() > 1) return parse_decimal(words[1]);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return std::nullopt;
}

bool Credentials::load(const std::string& path) {
  const auto text = network_.read_file(path);
  if (!text) return false;
  for (auto& line : config::parse_key_file(*text, path, key_type_of).keys) {
    file_[line.id] = {std::move(line.type), std::move(line.secret)};
  }
  return true;
}

bool Credentials::set_type(std::string_view name) {
  std::string upper = upper_case(name);
  if (upper == "AES" || upper == "AES128CMAC") upper = "AES-128";
  if (upper == "SHA-1") upper = "SHA1";
  if (!crypto::find_mac_type(upper)) return false;
  type_ = std::move(upper);
  return true;
}

Result<void> Credentials::find_id(const std::string& host) {
  if (!file_.empty() && host == "localhost") {
    std::optional<std::string> config;
    for (const char* path : kConfigFiles) {
      if (!config) config = network_.read_file(path);
    }
    if (!config) return fail("***Can't read control key from /etc/ntp.conf\n");
    id_ = find_control_key(*config);
    if (id_ && file_.contains(*id_)) return {};
    id_.reset();
    return fail("***No trusted keys have been declared\n");
  }
  const auto typed = network_.ask("Keyid: ", false);
  const auto number = typed ? parse_decimal(trim(*typed)) : std::nullopt;
  if (!number || *number <= 0 || *number > kMaxKey) return fail("***Invalid key identifier\n");
  id_ = number;
  return {};
}

Result<void> Credentials::complete(const std::string& host) {
  if (!id_) {
    if (auto found = find_id(host); !found) return found;
  }
  if (key_) return {};
  if (const auto known = file_.find(*id_); known != file_.end()) return take(known->second);
  const auto typed = network_.ask(type_ + " Password: ", true);
  const auto read =
      config::parse_key_file("1 " + type_ + " " + typed.value_or(""), "", key_type_of);
  if (read.keys.empty()) return fail("***Invalid password\n");
  return take({type_, read.keys.front().secret});
}

Result<void> Credentials::take(const Secret& secret) {
  const auto type = crypto::find_mac_type(secret.type);
  if (!type) return fail("***Key not found\n");
  auto key = crypto::MacKey::make(*type, secret.octets);
  if (!key) return fail("***Key not found\n");
  type_ = secret.type;
  key_ = *std::move(key);
  return {};
}

void Credentials::forget() {
  id_.reset();
  key_.reset();
}

std::vector<std::uint8_t> Credentials::sign(ByteView request) {
  if (!key_ || !id_) return {};
  std::vector<std::uint8_t> trailer(4 + crypto::kMaxMac);
  ByteWriter out(trailer);
  out.u32(static_cast<std::uint32_t>(*id_));
  const std::size_t size = key_->compute(request, ByteSpan(trailer).subspan(out.size()));
  trailer.resize(size == 0 ? 0 : out.size() + size);
  return trailer;
}

}  // namespace ntp::ntpq
