// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libntp/config/parser.h"

namespace ntp::config {

/// What the type of a key asks for. This room knows no cryptography, so it is told.
struct KeyType {
  /// Octets of the key; 0: any.
  std::size_t key_size = 0;
  /// The host's policy does not allow it, though it works.
  bool against_policy = false;
};
/// The type of a name as the file has it; nothing if there is none.
using KeyTypes = std::function<std::optional<KeyType>(std::string_view name)>;

/// A line of ntp.keys.
struct SymmetricKey {
  Location where;
  std::uint16_t id = 0;  // 1 to 65535
  std::string type;      // as written
  /// The octets of the key, at most 32; not yet filled up or cut to what the type wants.
  std::vector<std::uint8_t> secret;
};

struct KeyFile {
  /// By identifier, each once.
  std::vector<SymmetricKey> keys;
  /// Lines that define a key, among them those that a later line replaces.
  std::size_t lines = 0;
  std::vector<Diagnostic> diagnostics;
};

/// Reads the text of ntp.keys: `NUMBER TYPE KEY` on a line, `#` begins a comment, further words are
/// ignored. A key of at most 20 characters is taken as it stands, a longer one is hexadecimal.
/// Never fails: a line that can't be used is a diagnostic and is left out; the last line of a
/// number counts. `name` stands in the diagnostics, which never show any part of a key.
KeyFile parse_key_file(std::string_view text, const std::string& name, const KeyTypes& types);

}  // namespace ntp::config
