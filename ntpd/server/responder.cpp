// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/server/responder.h"

#include <cmath>

#include "libntp/wire/extension.h"

namespace ntp::server {
namespace {

using wire::Mode;

Mode reply_mode(Mode request) {
  return request == Mode::SymmetricActive ? Mode::SymmetricPassive : Mode::Server;
}

bool is_good(const wire::MacTrailer& mac, ByteView payload, crypto::KeyRing* keys) {
  return keys != nullptr && !mac.is_crypto_nak() &&
         keys->verify(mac.key_id, payload.first(wire::kHeaderSize), mac.digest);
}

Leap told_leap(const ServerSnapshot& snapshot, MonoTime now) {
  if (snapshot.stratum >= wire::kStratumUnsynchronized || snapshot.leap_second.is_happening(now)) {
    return Leap::Unsynchronized;
  }
  const bool smears = snapshot.smear_interval > 0 && snapshot.leap != Leap::Unsynchronized;
  return smears ? Leap::None : snapshot.leap;
}

/// A stamp that is set, moved by some seconds.
NtpTimestamp moved(NtpTimestamp stamp, double by) {
  if (stamp.is_zero()) return stamp;
  return NtpTimestamp(stamp.raw() + static_cast<std::uint64_t>(std::llround(by * 0x1p32)));
}

/// Moves all stamps of the own clock alike, so that none is later than another (NTPsec: the same).
void correct_and_smear(const ServerSnapshot& snapshot, MonoTime now, wire::Header& reply) {
  const double smear = leap::smear_offset(snapshot.leap_second, snapshot.smear_interval, now);
  if (smear != 0) reply.reference_id = leap::smear_reference_id(smear);
  const double offset = smear + snapshot.correction.at(now);
  if (offset == 0) return;
  reply.reference = moved(reply.reference, offset);
  reply.receive = moved(reply.receive, offset);
  reply.transmit = moved(reply.transmit, offset);
}

std::size_t write(const wire::Header& header, ByteSpan out) {
  ByteWriter writer(out);
  wire::encode_header(header, writer);
  return writer.ok() ? writer.size() : 0;
}

}  // namespace

Kind kind_of(ByteView datagram) {
  Kind kind{wire::mode_of(datagram), wire::version_of(datagram), false};
  kind.bare_version1 = kind.version == 1 && datagram.size() == wire::kHeaderSize;
  if (kind.bare_version1 && (kind.mode == Mode::Reserved || kind.mode == Mode::SymmetricActive)) {
    kind.mode = Mode::Client;
  }
  return kind;
}

Result<Request, DropReason> parse_request(const Datagram& datagram, Trust trust,
                                          crypto::KeyRing* keys) {
  const Kind kind = kind_of(datagram.payload);
  const bool asks = kind.mode == Mode::Client || kind.mode == Mode::SymmetricActive;
  const auto layout = wire::parse_packet(datagram.payload);
  if (!layout) {
    // NTPsec: behind a header of version 4, what is longer than a MAC is taken for extension
    // fields, and looked into only when it is known that the packet asks for something.
    const bool fields = kind.version == wire::kVersion &&
                        datagram.payload.size() > wire::kHeaderSize + crypto::KeyRing::kMaxTrailer;
    if (!fields) return fail(DropReason::BadFormat);
    if (asks && trust == Trust::KeyHoldersOnly) return fail(DropReason::BadAuthentication);
    return fail(DropReason::Declined);
  }
  if (!asks) return fail(DropReason::Declined);
  const bool fields = layout->extensions_size > 0;
  const bool has_mac = layout->mac && !fields;
  if ((trust == Trust::KeyHoldersOnly || has_mac) &&
      !(has_mac && is_good(*layout->mac, datagram.payload, keys))) {
    return fail(DropReason::BadAuthentication);
  }
  if (fields) return fail(DropReason::Declined);
  Request request{layout->header, NtpTimestamp::from_wall(datagram.received),
                  has_mac ? layout->mac->key_id : 0};
  request.header.mode = kind.mode;
  return request;
}

std::size_t write_reply(const ServerSnapshot& snapshot, const Request& request, MonoTime now,
                        WallTime transmit, ByteSpan out) {
  const bool synchronized = snapshot.stratum < wire::kStratumUnsynchronized;
  wire::Header reply;
  reply.leap = told_leap(snapshot, now);
  reply.version = request.header.version;
  reply.mode = reply_mode(request.header.mode);
  reply.stratum = synchronized ? static_cast<std::uint8_t>(snapshot.stratum) : std::uint8_t{0};
  reply.poll = request.header.poll;
  reply.precision = static_cast<std::int8_t>(snapshot.precision);
  reply.root_delay = NtpShort::from_seconds(snapshot.root_delay);
  reply.root_dispersion = NtpShort::from_seconds(
      snapshot.root_dispersion + snapshot.dispersion_rate * to_seconds(now - snapshot.as_of));
  reply.reference_id = snapshot.reference_id;
  reply.reference = snapshot.reference_time;
  reply.origin = request.header.transmit;
  reply.receive = request.received;
  reply.transmit = NtpTimestamp::from_wall(transmit);
  correct_and_smear(snapshot, now, reply);
  return write(reply, out);
}

std::size_t write_kiss(const Request& request, ByteSpan out) {
  // NTPsec: precision, root delay, root dispersion and reference time are the client's own too.
  wire::Header reply = request.header;
  reply.leap = Leap::Unsynchronized;
  reply.mode = reply_mode(request.header.mode);
  reply.stratum = 0;
  reply.reference_id = kiss::kRate;
  reply.origin = request.header.transmit;
  reply.receive = request.header.transmit;
  reply.transmit = request.header.transmit;
  return write(reply, out);
}

std::size_t add_mac(const Request& request, std::size_t size, crypto::KeyRing* keys, ByteSpan out) {
  if (request.key == 0 || size == 0) return size;
  if (keys == nullptr) return 0;
  const std::size_t trailer = keys->sign(request.key, out.first(size), out.subspan(size));
  return trailer == 0 ? 0 : size + trailer;
}

}  // namespace ntp::server
