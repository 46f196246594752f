// SPDX-License-Identifier: BSD-2-Clause
#include "libntp/nts/records.h"

#include <array>

namespace ntp::nts {
namespace {

constexpr std::uint16_t kCriticalBit = 0x8000;

}  // namespace

std::optional<Record> RecordReader::next() {
  ByteReader in(data_.subspan(position_));
  const std::uint16_t type = in.u16();
  const std::size_t size = in.u16();
  Record record;
  record.critical = (type & kCriticalBit) != 0;
  record.type = static_cast<RecordType>(type & ~kCriticalBit);
  record.body = in.take(size);
  if (!in.ok()) return std::nullopt;
  position_ += in.position();
  return record;
}

void write_record(ByteWriter& out, Critical critical, RecordType type, ByteView body) {
  const std::uint16_t bit = critical == Critical::Yes ? kCriticalBit : 0;
  out.u16(static_cast<std::uint16_t>(bit | static_cast<std::uint16_t>(type)));
  out.u16(static_cast<std::uint16_t>(body.size()));
  out.bytes(body);
}

void write_record(ByteWriter& out, Critical critical, RecordType type, std::uint16_t number) {
  std::array<std::uint8_t, 2> body{};
  ByteWriter(body).u16(number);
  write_record(out, critical, type, body);
}

void write_record(ByteWriter& out, Critical critical, RecordType type) {
  write_record(out, critical, type, ByteView());
}

}  // namespace ntp::nts
