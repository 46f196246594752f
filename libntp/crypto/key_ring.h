// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "libntp/crypto/mac.h"

namespace ntp::crypto {

/// The symmetric keys of a daemon by their identifiers, 1 to 65535, and which of them are trusted:
/// only these make and check codes. Trust belongs to an identifier, whether there is a key or not.
/// Not for use by several threads at once; nothing is allocated for a message.
class KeyRing {
 public:
  using Keys = std::unordered_map<std::uint32_t, MacKey>;
  /// Octets of the longest trailer: an identifier and a code.
  static constexpr std::size_t kMaxTrailer = 4 + kMaxMac;

  /// Counts since start.
  struct Statistics {
    std::uint64_t lookups = 0;
    std::uint64_t not_found = 0;  // no such key, or not trusted
    std::uint64_t digests_made = 0;
    std::uint64_t cmacs_made = 0;
    std::uint64_t digests_checked = 0;
    std::uint64_t digests_wrong = 0;
    std::uint64_t cmacs_checked = 0;
    std::uint64_t cmacs_wrong = 0;
  };

  /// All keys anew; what is trusted stays.
  void set_keys(Keys keys) { keys_ = std::move(keys); }
  void distrust_all() { trusted_.clear(); }
  /// Trusts `first` to `last`, too.
  void trust(std::uint16_t first, std::uint16_t last);

  [[nodiscard]] std::size_t size() const { return keys_.size(); }
  [[nodiscard]] bool has(std::uint32_t id) const { return keys_.contains(id); }
  [[nodiscard]] bool trusts(std::uint32_t id) const { return id < trusted_.size() && trusted_[id]; }
  /// There is such a key, and it is trusted.
  [[nodiscard]] bool usable(std::uint32_t id) const { return has(id) && trusts(id); }

  /// Writes the trailer for `message`, identifier and code, to the front of `out`, which has room
  /// for kMaxTrailer octets, and returns its size; 0 if the key is not usable.
  std::size_t sign(std::uint32_t id, ByteView message, ByteSpan out);
  /// Whether `mac` is the code of `message` by a usable key.
  bool verify(std::uint32_t id, ByteView message, ByteView mac);

  [[nodiscard]] const Statistics& statistics() const { return statistics_; }

 private:
  [[nodiscard]] MacKey* look_up(std::uint32_t id);

  Keys keys_;
  std::vector<bool> trusted_;  // by identifier
  Statistics statistics_;
};

}  // namespace ntp::crypto
