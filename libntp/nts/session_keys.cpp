// SPDX-License-Identifier: BSD-2-Clause
#include "libntp/nts/session_keys.h"

#include "libntp/nts/records.h"

namespace ntp::nts {

ExporterContext exporter_context(crypto::AeadId aead, Direction direction) {
  ExporterContext context{};
  ByteWriter out(context);
  out.u16(kProtocolNtpv4);
  out.u16(static_cast<std::uint16_t>(aead));
  out.u8(static_cast<std::uint8_t>(direction));
  return context;
}

}  // namespace ntp::nts
