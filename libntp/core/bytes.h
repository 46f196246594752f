// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <algorithm>
#include <array>
#include <bit>
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

/// The host's order to big-endian, and back.
template <class T>
constexpr T big_endian(T value) {
  if constexpr (sizeof(T) == 1 || std::endian::native == std::endian::big) return value;
  if constexpr (sizeof(T) == 2) return __builtin_bswap16(value);
  if constexpr (sizeof(T) == 4) return __builtin_bswap32(value);
  if constexpr (sizeof(T) == 8) return __builtin_bswap64(value);
}

/// Reads big-endian fields from a span and can never leave it. The first read that does not fit
/// poisons the reader: that read and all later ones give zeros or empty spans, and ok() is false.
class ByteReader {
 public:
  explicit ByteReader(ByteView data) : data_(data) {}

  std::uint8_t u8() { return read<std::uint8_t>(); }
  std::uint16_t u16() { return read<std::uint16_t>(); }
  std::uint32_t u32() { return read<std::uint32_t>(); }
  std::uint64_t u64() { return read<std::uint64_t>(); }

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
  template <class T>
  T read() {
    const ByteView field = take(sizeof(T));
    std::array<std::uint8_t, sizeof(T)> octets{};
    if (!field.empty()) std::copy_n(field.begin(), sizeof(T), octets.begin());
    return big_endian(std::bit_cast<T>(octets));
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

  void u8(std::uint8_t value) { write(value); }
  void u16(std::uint16_t value) { write(value); }
  void u32(std::uint32_t value) { write(value); }
  void u64(std::uint64_t value) { write(value); }

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
  template <class T>
  void write(T value) {
    if (!reserve(sizeof(T))) return;
    const auto octets = std::bit_cast<std::array<std::uint8_t, sizeof(T)>>(big_endian(value));
    std::copy_n(octets.begin(), sizeof(T), data_.subspan(position_).begin());
    position_ += sizeof(T);
  }

  ByteSpan data_;
  std::size_t position_ = 0;
  bool ok_ = true;
};

}  // namespace ntp
