// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include "libntp/config/key_file.h"
#include "libntp/config/settings.h"
#include "libntp/core/seams.h"
#include "libntp/crypto/key_ring.h"

namespace ntp::engine {

/// Types as the crypto library knows them, for config::parse_key_file().
[[nodiscard]] config::KeyTypes key_types();
/// The keys of a file, ready for use.
[[nodiscard]] crypto::KeyRing::Keys make_keys(const config::KeyFile& file);

/// The daemon's symmetric keys and the file they come from.
class KeyStore {
 public:
  /// Trusts what the settings say, and reads nothing yet.
  KeyStore(const config::KeySettings& settings, FileStore& files, Log& log);
  KeyStore(const KeyStore&) = delete;
  KeyStore& operator=(const KeyStore&) = delete;

  /// Trusts what these settings say and nothing else, and takes the keys of their file; load()
  /// reads it.
  void reconfigure(const config::KeySettings& settings);

  /// Reads the file and takes its keys in place of the present ones; where it can't be read, says
  /// so and keeps them. True if there is nothing to read, or it was read. Each line that can't be
  /// used is named in the log.
  bool load();

  [[nodiscard]] crypto::KeyRing& ring() { return ring_; }
  [[nodiscard]] const crypto::KeyRing& ring() const { return ring_; }
  /// The key that mode 6 requests must carry to change or list what not everybody may; 0: none.
  [[nodiscard]] std::uint32_t control_key() const { return control_key_; }

 private:
  std::string file_;
  std::uint32_t control_key_ = 0;
  FileStore& files_;
  Log& log_;
  crypto::KeyRing ring_;
};

}  // namespace ntp::engine
