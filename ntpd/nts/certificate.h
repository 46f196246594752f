// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <memory>
#include <string>

#include "libntp/config/settings.h"
#include "libntp/core/result.h"
#include "libntp/core/seams.h"
#include "libntp/core/time.h"
#include "ntpd/nts/tls.h"

namespace ntp::ke {

/// A TLS context that is complete, to be shared by the sessions that it has started.
using SharedTlsContext = std::shared_ptr<ssl_ctx_st>;

/// Where the server's certificates and key are: as configured, or NTPsec's default.
[[nodiscard]] std::string certificate_file(const config::NtsSettings& settings);
[[nodiscard]] std::string key_file(const config::NtsSettings& settings);

/// The server's identity.
struct Certificate {
  SharedTlsContext context;
  /// The end of the first certificate's validity.
  WallTime expires{};
  /// Differs from that of any other pair of files; tells nothing of them.
  std::string fingerprint;
};

/// What the two files hold now, as Certificate::fingerprint has it. The error names the file.
Result<std::string> fingerprint_files(const config::NtsSettings& settings, FileStore& files);

/// Reads certificates and key, and makes a context for servers of them: TLS 1.3 and ALPN `ntske/1`.
/// Fails if a file can't be read, is no PEM file of what it should be, or if the key is not that of
/// the first certificate; the error names the file. A key with a passphrase is no good.
Result<Certificate> load_certificate(const config::NtsSettings& settings, FileStore& files);

}  // namespace ntp::ke
