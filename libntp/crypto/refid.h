// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include "libntp/core/address.h"
#include "libntp/core/refid.h"

namespace ntp::crypto {

/// The identifier by which downstream servers name this address: itself for IPv4, the first four
/// octets of its MD5 for IPv6, whatever its scope (RFC 5905 section 7.3). All zeros if not set.
RefId reference_id(const Address& address);

}  // namespace ntp::crypto
