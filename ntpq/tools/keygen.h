// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <span>
#include <string>

#include "libntp/core/result.h"
#include "libntp/core/seams.h"
#include "libntp/core/time.h"
#include "ntpq/options.h"

/// ntpkeygen: a file of new symmetric keys.
namespace ntp::tools {

/// It has no options but those that end it at once.
struct KeygenOptions {};
Result<KeygenOptions, ntpq::EarlyExit> parse_keygen_options(std::span<const std::string> arguments);

struct NewKeys {
  /// `ntpkey_AES_HOST.SECONDS`.
  std::string file_name;
  /// In the form of ntp.keys: 1 to 10 are of 16 printable characters, 11 to 20 of 32 hexadecimal
  /// digits, all for AES-128.
  std::string text;
};
NewKeys make_keys(const std::string& host, WallTime now, Random& random);

}  // namespace ntp::tools
