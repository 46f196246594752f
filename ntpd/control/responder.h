// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "libntp/core/bytes.h"
#include "ntpd/control/authentication.h"
#include "ntpd/control/model.h"
#include "ntpd/control/nonce.h"

namespace ntp::control {

/// What the host is, for the variables `processor`, `system`, `release` and `version`.
struct Identity {
  std::string processor;
  std::string system;
  std::string release;
  std::string version;
};

/// Who asks, and what the restrict list lets it do.
struct Caller {
  Endpoint remote;
  WallTime received{};
  bool may_list_clients = true;  // no `nomrulist`
  bool may_modify = true;        // no `nomodify`
};

/// Answers mode 6 requests from the Model. That the caller may ask at all has been decided before.
/// The answer to a request with a good MAC has one by the same key; CONFIGURE and READ_ORDLIST_A
/// take the control key, READ_MRU takes a nonce.
class Responder {
 public:
  /// The model and `random` outlive it.
  Responder(Model& model, Random& random, Identity identity, Authority authority = {});

  /// Other keys to accept from now on.
  void set_authority(const Authority& authority) { authority_ = authority; }

  /// The datagrams of the answer, in order; none where silence is the answer.
  [[nodiscard]] std::vector<std::vector<std::uint8_t>> respond(ByteView request,
                                                               const Caller& caller);

 private:
  Model& model_;
  Random& random_;
  Identity identity_;
  Authority authority_;
  Nonces nonces_;
};

}  // namespace ntp::control
