// SPDX-License-Identifier: BSD-2-Clause
#include "libntp/wire/packet.h"

namespace ntp::wire {

Mode mode_of(ByteView datagram) {
  return datagram.empty() ? Mode::Reserved : static_cast<Mode>(datagram.front() & 0x07);
}

int version_of(ByteView datagram) { return datagram.empty() ? 0 : datagram.front() >> 3 & 0x07; }

Result<Header, PacketError> decode_header(ByteView datagram) {
  ByteReader in(datagram);
  Header header;
  header.leap = static_cast<Leap>(in.u8() >> 6);
  header.version = version_of(datagram);
  header.mode = mode_of(datagram);
  header.stratum = in.u8();
  header.poll = static_cast<std::int8_t>(in.u8());
  header.precision = static_cast<std::int8_t>(in.u8());
  header.root_delay = NtpShort(in.u32());
  header.root_dispersion = NtpShort(in.u32());
  header.reference_id = RefId(in.u32());
  header.reference = NtpTimestamp(in.u64());
  header.origin = NtpTimestamp(in.u64());
  header.receive = NtpTimestamp(in.u64());
  header.transmit = NtpTimestamp(in.u64());
  if (!in.ok()) return fail(PacketError::TooShort);
  return header;
}

void encode_header(const Header& header, ByteWriter& out) {
  out.u8(static_cast<std::uint8_t>(static_cast<unsigned>(header.leap) << 6 |
                                   (static_cast<unsigned>(header.version) & 7U) << 3 |
                                   static_cast<unsigned>(header.mode)));
  out.u8(header.stratum);
  out.u8(static_cast<std::uint8_t>(header.poll));
  out.u8(static_cast<std::uint8_t>(header.precision));
  out.u32(header.root_delay.raw());
  out.u32(header.root_dispersion.raw());
  out.u32(header.reference_id.raw());
  out.u64(header.reference.raw());
  out.u64(header.origin.raw());
  out.u64(header.receive.raw());
  out.u64(header.transmit.raw());
}

}  // namespace ntp::wire
