// SPDX-License-Identifier: BSD-2-Clause
#include "libntp/core/address.h"

#include <arpa/inet.h>

#include <algorithm>
#include <cassert>
#include <charconv>

namespace ntp {
namespace {

template <class Number>
std::optional<Number> parse_decimal(std::string_view text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return value;
}

}  // namespace

Address Address::v4(std::uint32_t host_order) {
  std::array<std::uint8_t, 4> octets{};
  ByteWriter(octets).u32(host_order);
  return from_bytes(octets);
}

Address Address::from_bytes(ByteView bytes, std::uint32_t scope) {
  assert(bytes.size() == 4 || bytes.size() == 16);
  Address address;
  address.family_ = bytes.size() == 4 ? Family::V4 : Family::V6;
  std::copy(bytes.begin(), bytes.end(), address.octets_.begin());
  address.scope_ = scope;
  return address;
}

Address Address::any(Family family) {
  Address address;
  address.family_ = family;
  return address;
}

Address Address::loopback(Family family) {
  if (family == Family::V4) return v4(0x7f000001);
  Address address = any(family);
  address.octets_.back() = 1;
  return address;
}

ByteView Address::bytes() const {
  switch (family_) {
    case Family::V4:
      return ByteView(octets_).first(4);
    case Family::V6:
      return octets_;
    case Family::Any:
      break;
  }
  return {};
}

std::uint32_t Address::v4_value() const {
  assert(is_v4());
  return ByteReader(octets_).u32();
}

bool Address::is_loopback() const {
  return is_v4() ? octets_[0] == 127 : is_v6() && octets_ == loopback(Family::V6).octets_;
}

bool Address::is_multicast() const {
  return is_v4() ? (octets_[0] & 0xf0) == 0xe0 : is_v6() && octets_[0] == 0xff;
}

bool Address::is_wildcard() const {
  return is_set() &&
         std::all_of(octets_.begin(), octets_.end(), [](auto octet) { return octet == 0; });
}

std::string Address::to_string() const {
  if (!is_set()) return {};
  char text[INET6_ADDRSTRLEN];
  inet_ntop(is_v4() ? AF_INET : AF_INET6, octets_.data(), text, sizeof text);
  return scope_ == 0 ? text : std::string(text) + '%' + std::to_string(scope_);
}

std::optional<Address> parse_address(std::string_view text) {
  const bool bracketed = text.size() >= 2 && text.front() == '[' && text.back() == ']';
  if (bracketed) text = text.substr(1, text.size() - 2);
  const auto percent = text.find('%');
  const bool scoped = percent != std::string_view::npos;
  std::uint32_t scope = 0;
  if (scoped) {
    const auto index = parse_decimal<std::uint32_t>(text.substr(percent + 1));
    if (!index) return std::nullopt;
    scope = *index;
  }
  const std::string host(text.substr(0, percent));
  if (host.find('\0') != std::string::npos) return std::nullopt;
  std::array<std::uint8_t, 16> octets{};
  if (inet_pton(AF_INET6, host.c_str(), octets.data()) == 1) {
    return Address::from_bytes(octets, scope);
  }
  if (!scoped && !bracketed && inet_pton(AF_INET, host.c_str(), octets.data()) == 1) {
    return Address::from_bytes(ByteView(octets).first(4));
  }
  return std::nullopt;
}

std::string Endpoint::to_string() const {
  const std::string host = address.to_string();
  return (address.is_v6() ? '[' + host + ']' : host) + ':' + std::to_string(port);
}

bool Prefix::contains(const Address& candidate) const {
  if (candidate.family() != address.family()) return false;
  const ByteView own = address.bytes();
  if (own.empty() || length < 0 || static_cast<std::size_t>(length) > own.size() * 8) return false;
  const ByteView other = candidate.bytes();
  const auto whole = static_cast<std::size_t>(length / 8);
  if (!std::equal(own.begin(), own.begin() + static_cast<std::ptrdiff_t>(whole), other.begin())) {
    return false;
  }
  const int rest = length % 8;
  return rest == 0 || (own[whole] ^ other[whole]) >> (8 - rest) == 0;
}

std::string Prefix::to_string() const { return address.to_string() + '/' + std::to_string(length); }

std::optional<Prefix> parse_prefix(std::string_view text) {
  const auto slash = text.find('/');
  const auto address = parse_address(text.substr(0, slash));
  if (!address) return std::nullopt;
  const int width = static_cast<int>(address->bytes().size()) * 8;
  if (slash == std::string_view::npos) return Prefix{*address, width};
  const auto length = parse_decimal<int>(text.substr(slash + 1));
  if (!length || *length < 0 || *length > width) return std::nullopt;

  std::array<std::uint8_t, 16> octets{};
  const ByteView source = address->bytes();
  for (std::size_t i = 0; i < source.size(); ++i) {
    const int kept = std::clamp(*length - static_cast<int>(i) * 8, 0, 8);
    octets[i] = static_cast<std::uint8_t>(source[i] & (0xff00 >> kept));
  }
  return Prefix{Address::from_bytes(ByteView(octets).first(source.size()), address->scope()),
                *length};
}

}  // namespace ntp
