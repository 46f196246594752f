// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "libntp/core/bytes.h"
#include "ntpd/control/authentication.h"
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
/// CONFIGURE, REQ_NONCE and READ_MRU are refused. The answer to a request with a good MAC has one
/// by the same key; READ_ORDLIST_A takes the control key.
class Responder {
 public:
  Responder(Model& model, Identity identity, Authority authority = {});

  /// Other keys to accept from now on.
  void set_authority(const Authority& authority) { authority_ = authority; }

  /// The datagrams of the answer, in order; none where silence is the answer.
  [[nodiscard]] std::vector<std::vector<std::uint8_t>> respond(ByteView request) const;

 private:
  Model& model_;
  Identity identity_;
  Authority authority_;
};

}  // namespace ntp::control
