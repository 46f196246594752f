// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "libntp/core/address.h"
#include "libntp/core/result.h"
#include "libntp/crypto/aead.h"
#include "libntp/nts/ke_client.h"
#include "libntp/nts/session_keys.h"

namespace ntp::nts {

/// Whom a client asks for keys, and how.
struct KeRequest {
  /// A name or a numeric address. The certificate has to be for this one.
  std::string host;
  std::uint16_t port = kKePort;
  Family family = Family::Any;
  /// In order of preference; at least one.
  std::vector<crypto::AeadId> offer;
  /// `noval`: a certificate that is no good is told in the log, and taken.
  bool accept_any_certificate = false;
  /// A file or a directory of certificates to trust; empty: the system's.
  std::string authorities;
  /// Addresses of the host are tried by this number, the lowest first; unset: as they come.
  std::function<int(const Address&)> rank;
};

/// What an exchange brought.
struct KeResult {
  KeAgreement agreement;
  SessionKeys keys;
  /// Of the host that was asked.
  Address address;
};

/// An exchange under way; to destroy it is to give it up.
class KeExchange {
 public:
  virtual ~KeExchange() = default;
};

/// A seam as those of libntp/core/seams.h: key establishment over the network.
class KeyEstablishment {
 public:
  using Callback = std::function<void(Result<KeResult>)>;

  virtual ~KeyEstablishment() = default;
  /// Looks the host up, asks one of its addresses after the other until one agrees, and calls back
  /// once, within some seconds, never from inside start(); never after the exchange is destroyed,
  /// which the callback may do. A failure is the reason alone, fit for a log line.
  virtual std::unique_ptr<KeExchange> start(KeRequest request, Callback callback) = 0;
};

}  // namespace ntp::nts
