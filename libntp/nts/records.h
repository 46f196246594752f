// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "libntp/core/bytes.h"

/// The records of NTS key establishment (RFC 8915 section 4).
namespace ntp::nts {

enum class RecordType : std::uint16_t {
  EndOfMessage = 0,
  NextProtocol = 1,
  Error = 2,
  Warning = 3,
  AeadAlgorithm = 4,
  NewCookie = 5,
  Server = 6,
  Port = 7,
  /// Private, of chrony: both sides put AEAD 30, and not 15, into the exporter's context for it.
  CompliantGcmSiv = 1024,
};

enum class KeError : std::uint16_t {
  UnrecognizedCriticalRecord = 0,
  BadRequest = 1,
  InternalServerError = 2,
};

/// Of the Next Protocol record.
inline constexpr std::uint16_t kProtocolNtpv4 = 0;
inline constexpr std::size_t kRecordHeader = 4;

struct Record {
  bool critical = false;
  RecordType type = RecordType::EndOfMessage;  // or any other number below 32768
  ByteView body;
};

/// Takes records off the front of what has been received so far. Never copies.
class RecordReader {
 public:
  explicit RecordReader(ByteView data) : data_(data) {}

  /// The next record, or nothing if there is no whole one.
  std::optional<Record> next();
  /// Octets of whole records so far.
  [[nodiscard]] std::size_t consumed() const { return position_; }
  /// There is part of a record, or nothing, behind them.
  [[nodiscard]] std::size_t left() const { return data_.size() - position_; }

 private:
  ByteView data_;
  std::size_t position_ = 0;
};

enum class Critical : std::uint8_t { No, Yes };
/// A record of octets, one with a single number, and one without a body. `out` is poisoned if there
/// is no room.
void write_record(ByteWriter& out, Critical critical, RecordType type, ByteView body);
void write_record(ByteWriter& out, Critical critical, RecordType type, std::uint16_t number);
void write_record(ByteWriter& out, Critical critical, RecordType type);

}  // namespace ntp::nts
