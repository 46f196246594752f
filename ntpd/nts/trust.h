// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <map>
#include <string>

#include "libntp/core/seams.h"
#include "ntpd/nts/tls.h"

namespace ntp::ke {

/// The client's TLS contexts, one for each set of trusted certificates. Those are read when first
/// asked for, and once: a bundle of the system's takes some 30 ms.
class Trust {
 public:
  Trust(config::NtsSettings settings, Log& log) : settings_(std::move(settings)), log_(log) {}

  /// Certificates are read anew from now on, and by other settings.
  void reconfigure(config::NtsSettings settings);
  /// A session for a client whose peer's certificate is verified against a file or a directory, or,
  /// where the name is empty, those of the system. Verification does not end the handshake.
  Result<TlsSession> new_session(const std::string& authorities);

 private:
  Result<TlsContext> load(const std::string& authorities);

  config::NtsSettings settings_;
  Log& log_;
  std::map<std::string, TlsContext> contexts_;
};

}  // namespace ntp::ke
