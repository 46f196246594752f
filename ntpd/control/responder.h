// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "libntp/core/bytes.h"
#include "ntpd/control/model.h"

namespace ntp::control {

/// What the host is, for the variables `processor`, `system`, `release` and `version`.
struct Identity {
  std::string processor;
  std::string system;
  std::string release;
  std::string version;
};

/// Answers mode 6 requests from the Model. Access rules have been applied before. It only reads:
/// what needs the control key is refused, and so are REQ_NONCE and READ_MRU, since there is no list
/// of clients to read.
class Responder {
 public:
  Responder(const Model& model, Identity identity);

  /// The datagrams of the answer, in order; none where silence is the answer.
  [[nodiscard]] std::vector<std::vector<std::uint8_t>> respond(ByteView request) const;

 private:
  const Model& model_;
  Identity identity_;
};

}  // namespace ntp::control
