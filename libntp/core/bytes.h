// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace ntp {

using ByteView = std::span<const std::uint8_t>;
using ByteSpan = std::span<std::uint8_t>;

inline ByteView as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}
inline std::string_view as_text(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// Reads big-endian fields from a span and can never leave it. The first read that does not fit
/// poisons the reader: that read and all later ones give zeros or empty spans, and ok() is false.
class ByteReader {
 public:
  explicit ByteReader(ByteView data) : data_(data) {}

  std::uint8_t u8() { return static_cast<std::uint8_t>(read(1)); }
  std::uint16_t u16() { return static_cast<std::uint16_t>(read(2)); }
  std::uint32_t u32() { return static_cast<std::uint32_t>(read(4)); }
  std::uint64_t u64() { return read(8); }

  ByteView take(std::size_t count) {
    if (!ok_ || count > remaining()) {
      ok_ = false;
      return {};
    }
    const ByteView taken = data_.subspan(position_, count);
    position_ += count;
    return taken;
  }
  void skip(std::size_t count) { take(count); }

  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] std::size_t position() const { return position_; }
  [[nodiscard]] std::size_t remaining() const { return data_.size() - position_; }

 private:
  std::uint64_t read(std::size_t width) {
    std::uint64_t value = 0;
    for (const std::uint8_t byte : take(width)) value = value << 8 | byte;
    return value;
  }

  ByteView data_;
  std::size_t position_ = 0;
  bool ok_ = true;
};

/// Writes big-endian fields into a span and can never leave it. The first write that does not fit
/// poisons the writer: nothing of it is written, later writes do nothing, and ok() is false.
class ByteWriter {
 public:
  explicit ByteWriter(ByteSpan data) : data_(data) {}

  void u8(std::uint8_t value) { write(value, 1); }
  void u16(std::uint16_t value) { write(value, 2); }
  void u32(std::uint32_t value) { write(value, 4); }
  void u64(std::uint64_t value) { write(value, 8); }

  void bytes(ByteView source) {
    if (reserve(source.size())) {
      std::copy(source.begin(), source.end(), data_.subspan(position_).begin());
      position_ += source.size();
    }
  }
  void zeros(std::size_t count) {
    if (reserve(count)) {
      std::fill_n(data_.subspan(position_).begin(), count, std::uint8_t{0});
      position_ += count;
    }
  }

  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] std::size_t size() const { return position_; }
  [[nodiscard]] std::size_t remaining() const { return data_.size() - position_; }
  [[nodiscard]] ByteView written() const { return data_.first(position_); }

 private:
  bool reserve(std::size_t count) {
    if (!ok_ || count > remaining()) ok_ = false;
    return ok_;
  }
  void write(std::uint64_t value, std::size_t width) {
    if (!reserve(width)) return;
    for (std::size_t i = width; i-- > 0;) {
      data_[position_++] = static_cast<std::uint8_t>(value >> (8 * i));
    }
  }

  ByteSpan data_;
  std::size_t position_ = 0;
  bool ok_ = true;
};

}  // namespace ntp
