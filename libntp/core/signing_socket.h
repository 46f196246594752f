// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "libntp/core/bytes.h"
#include "libntp/core/result.h"

namespace ntp {

/// Why a signing daemon gave no answer.
struct SigningFailure {
  /// False: nobody could be asked.
  bool connected = false;
  std::string reason;
};

/// The way to the daemon that signs replies for a Windows domain: a Unix stream socket.
class SigningSocket {
 public:
  using Callback = std::function<void(Result<std::vector<std::uint8_t>, SigningFailure>)>;

  virtual ~SigningSocket() = default;
  /// Sends the request to the socket of that path and calls back once, within a few seconds and
  /// never from inside ask(), with the answer without its length, or why there is none.
  virtual void ask(const std::string& path, ByteView request, Callback callback) = 0;
};

}  // namespace ntp
