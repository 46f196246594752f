// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/control/nonce.h"

#include <fmt/format.h>

#include <charconv>

#include "libntp/core/bytes.h"
#include "libntp/crypto/sha1.h"

namespace ntp::control {
namespace {

constexpr std::size_t kDigits = 24;
constexpr double kSecretLife = 3600;      // s
constexpr std::uint32_t kNonceLife = 16;  // s

std::optional<std::uint32_t> parse_word(std::string_view digits) {
  std::uint32_t value = 0;
  const char* const end = digits.data() + digits.size();
  const auto read = std::from_chars(digits.data(), end, value, 16);
  return read.ec == std::errc() && read.ptr == end ? std::optional(value) : std::nullopt;
}

}  // namespace

void Nonces::renew_secret(double uptime) {
  if (uptime < renew_at_) return;
  random_.fill(secret_);
  renew_at_ = uptime + kSecretLife;
}

std::optional<std::uint32_t> Nonces::hash(NtpTimestamp stamp, const Endpoint& client) const {
  std::array<std::uint8_t, 64> message{};
  ByteWriter out(message);
  out.bytes(secret_);
  out.u64(stamp.raw());
  out.bytes(client.address.bytes());
  out.u16(client.port);
  out.bytes(secret_);
  const auto digest = crypto::sha1(ByteView(message).first(out.size()));
  if (!digest) return std::nullopt;
  return ByteReader(*digest).u32();
}

std::string Nonces::make(const Endpoint& client, WallTime received, double uptime) {
  renew_secret(uptime);
  const NtpTimestamp stamp = NtpTimestamp::from_wall(received);
  return fmt::format("{:08x}{:08x}{:08x}", stamp.seconds(), stamp.fraction(),
                     hash(stamp, client).value_or(0));
}

bool Nonces::valid(std::string_view nonce, const Endpoint& client, WallTime received,
                   double uptime) {
  renew_secret(uptime);
  if (nonce.size() != kDigits) return false;
  const auto seconds = parse_word(nonce.substr(0, 8));
  const auto fraction = parse_word(nonce.substr(8, 8));
  const auto claimed = parse_word(nonce.substr(16));
  if (!seconds || !fraction || !claimed) return false;
  const NtpTimestamp stamp(static_cast<std::uint64_t>(*seconds) << 32 | *fraction);
  // Stamps of one era or of two neighbours: the difference is right either way.
  const std::uint64_t age = NtpTimestamp::from_wall(received).raw() - stamp.raw();
  return age >> 32 < kNonceLife && hash(stamp, client) == claimed;
}

}  // namespace ntp::control
