// SPDX-License-Identifier: BSD-2-Clause
#include <algorithm>
#include <cassert>

#include "libntp/wire/control.h"
#include "libntp/wire/packet.h"

namespace ntp::wire {
namespace {

constexpr std::uint8_t kResponseBit = 0x80;
constexpr std::uint8_t kErrorBit = 0x40;
constexpr std::uint8_t kMoreBit = 0x20;
constexpr std::uint8_t kOpcodeMask = 0x1f;

constexpr std::size_t padded(std::size_t size) { return (size + 3) / 4 * 4; }

ControlRejection silence() { return {std::nullopt}; }

/// Only where the datagram holds a whole header of mode 6.
std::optional<ControlHeader> decode_control_header(ByteView datagram) {
  if (mode_of(datagram) != Mode::Control) return std::nullopt;
  ByteReader in(datagram);
  ControlHeader header;
  header.leap = static_cast<Leap>(in.u8() >> 6);
  header.version = version_of(datagram);
  const std::uint8_t operation = in.u8();
  header.response = (operation & kResponseBit) != 0;
  header.error = (operation & kErrorBit) != 0;
  header.more = (operation & kMoreBit) != 0;
  header.opcode = operation & kOpcodeMask;
  header.sequence = in.u16();
  header.status = in.u16();
  header.association = in.u16();
  header.offset = in.u16();
  header.count = in.u16();
  if (!in.ok()) return std::nullopt;
  return header;
}

}  // namespace

Result<ControlFrame, ControlRejection> decode_control(ByteView datagram) {
  const auto header = decode_control_header(datagram);
  if (!header) return fail(silence());
  ByteReader in(datagram.subspan(kControlHeaderSize));
  ControlFrame frame{*header, in.take(header->count), {}};
  if (!in.ok()) return fail(ControlRejection{ControlError::BadFormat});
  in.skip(padded(header->count) - header->count);
  frame.rest = in.take(in.remaining());
  return frame;
}

Result<ControlFrame, ControlRejection> decode_control_request(ByteView datagram) {
  const auto header = decode_control_header(datagram);
  if (!header || header->response || header->error || header->more || header->offset != 0 ||
      header->version < 1 || header->version > kVersion) {
    return fail(silence());
  }
  auto frame = decode_control(datagram);
  if (frame && (datagram.size() % 4 != 0 || header->count > kControlDataLimit)) {
    return fail(ControlRejection{ControlError::BadFormat});
  }
  return frame;
}

std::vector<std::uint8_t> encode_control(ControlHeader header, ByteView data) {
  assert(data.size() <= kControlDataLimit);
  std::vector<std::uint8_t> datagram(kControlHeaderSize + padded(data.size()));
  ByteWriter out(datagram);
  out.u8(static_cast<std::uint8_t>(static_cast<unsigned>(header.leap) << 6 |
                                   (static_cast<unsigned>(header.version) & 7U) << 3 |
                                   static_cast<unsigned>(Mode::Control)));
  out.u8(static_cast<std::uint8_t>((header.response ? kResponseBit : 0) |
                                   (header.error ? kErrorBit : 0) | (header.more ? kMoreBit : 0) |
                                   (header.opcode & kOpcodeMask)));
  out.u16(header.sequence);
  out.u16(header.status);
  out.u16(header.association);
  out.u16(header.offset);
  out.u16(static_cast<std::uint16_t>(data.size()));
  out.bytes(data);
  return datagram;
}

std::vector<std::vector<std::uint8_t>> binary_reply(ControlHeader header, ByteView data) {
  header.response = true;
  header.error = false;
  std::vector<std::vector<std::uint8_t>> datagrams;
  std::size_t sent = 0;
  do {
    const std::size_t size = std::min(data.size() - sent, kControlDataLimit);
    header.more = sent + size < data.size();
    header.offset = static_cast<std::uint16_t>(sent);
    datagrams.push_back(encode_control(header, data.subspan(sent, size)));
    sent += size;
  } while (sent < data.size());
  return datagrams;
}

std::vector<std::uint8_t> error_reply(ControlHeader request, ControlError error) {
  request.response = true;
  request.error = true;
  request.more = false;
  // NTPsec leaves the offset of an earlier reply here; no client looks at it.
  request.offset = 0;
  request.status = static_cast<std::uint16_t>(static_cast<unsigned>(error) << 8);
  return encode_control(request, {});
}

}  // namespace ntp::wire
