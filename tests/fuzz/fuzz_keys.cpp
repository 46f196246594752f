// SPDX-License-Identifier: BSD-2-Clause
#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string_view>

#include "libntp/config/key_file.h"
#include "libntp/crypto/key_ring.h"
#include "ntpd/engine/key_store.h"

namespace {

/// A few types only: OpenSSL takes milliseconds to find that it has no such thing.
std::optional<ntp::config::KeyType> some_types(std::string_view name) {
  static const std::map<std::string_view, std::optional<ntp::config::KeyType>> types = [] {
    std::map<std::string_view, std::optional<ntp::config::KeyType>> found;
    for (const std::string_view each :
         {"AES", "AES-256", "CAMELLIA-192", "MD5", "M", "SHA1", "sha256", "SHA512"}) {
      found[each] = ntp::engine::key_types()(each);
    }
    return found;
  }();
  const auto known = types.find(name);
  return known == types.end() ? std::nullopt : known->second;
}

}  // namespace

// ntp.keys of any content: each key that is read is within bounds and makes codes that it accepts.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto file = ntp::config::parse_key_file(text, "fuzz.keys", some_types);
  if (file.diagnostics.size() > 101 || file.lines < file.keys.size()) __builtin_trap();
  for (const auto& diagnostic : file.diagnostics) {
    if (diagnostic.to_string().find('\n') != std::string::npos) __builtin_trap();
  }
  ntp::crypto::KeyRing ring;
  ring.set_keys(ntp::engine::make_keys(file));
  ring.trust(1, 65535);
  if (ring.size() != file.keys.size()) __builtin_trap();
  for (const auto& key : file.keys) {
    if (key.id == 0 || key.secret.empty() || key.secret.size() > 32) __builtin_trap();
    std::array<std::uint8_t, ntp::crypto::KeyRing::kMaxTrailer> trailer{};
    const std::size_t written = ring.sign(key.id, {data, size}, trailer);
    if (written != 20 && written != 24) __builtin_trap();
    const auto mac = ntp::ByteView(trailer).subspan(4, written - 4);
    if (!ring.verify(key.id, {data, size}, mac)) __builtin_trap();
  }
  return 0;
}
