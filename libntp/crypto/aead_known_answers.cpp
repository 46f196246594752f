// SPDX-License-Identifier: BSD-2-Clause
#include <algorithm>
#include <array>
#include <string>

#include "libntp/crypto/aead.h"

namespace ntp::crypto {
namespace {

constexpr std::size_t kLongest = 192;
using Buffer = std::array<std::uint8_t, kLongest>;

/// Inputs are arithmetic sequences of octets, each with a start of its own and steps of 7.
struct KnownAnswer {
  AeadId id;
  std::size_t ad_size;
  std::size_t plaintext_size;
  std::array<std::uint8_t, 63> output;
};

constexpr std::array<KnownAnswer, 8> kKnownAnswers{{
    {AeadId::AesSivCmac256,
     188,
     0,
     {0x1b, 0x76, 0x0a, 0x08, 0xc3, 0x72, 0x83, 0xfb, 0x3f, 0xe8, 0xf2, 0xd5, 0x47, 0x22, 0x7f,
      0x4c}},
    {AeadId::AesSivCmac256, 17, 17, {0x9a, 0x23, 0x8f, 0xfa, 0x75, 0x3d, 0x1b, 0xbc, 0x29,
                                     0xa3, 0x26, 0xac, 0x0f, 0xed, 0x99, 0xdf, 0x22, 0xd2,
                                     0xa9, 0xce, 0xfd, 0xf8, 0x16, 0x87, 0x3d, 0xfe, 0x58,
                                     0x50, 0x68, 0x67, 0x99, 0x87, 0x7c}},
    {AeadId::AesSivCmac384,
     188,
     0,
     {0xab, 0x22, 0x32, 0xba, 0x03, 0x19, 0xab, 0x0c, 0x02, 0x2d, 0x64, 0x72, 0x30, 0x8c, 0x23,
      0x02}},
    {AeadId::AesSivCmac384, 17, 17, {0x87, 0x71, 0x5d, 0xae, 0xa9, 0xc8, 0xee, 0x27, 0x84,
                                     0x31, 0xb0, 0x89, 0x07, 0x35, 0xba, 0x41, 0x00, 0xba,
                                     0x4e, 0x67, 0x00, 0x59, 0xc5, 0xd9, 0x5e, 0x9b, 0xa2,
                                     0x09, 0x53, 0xce, 0xb0, 0xa1, 0xfc}},
    {AeadId::AesSivCmac512,
     188,
     0,
     {0x02, 0xbb, 0x3f, 0x17, 0x6c, 0x30, 0x23, 0x02, 0xe9, 0xcf, 0xaa, 0xea, 0x6e, 0xd9, 0x23,
      0x3e}},
    {AeadId::AesSivCmac512, 17, 17, {0x77, 0x33, 0x7b, 0x50, 0x46, 0xb1, 0x0f, 0xbc, 0x08,
                                     0x64, 0xaa, 0x15, 0xbe, 0x97, 0x16, 0x28, 0x43, 0xe8,
                                     0x8d, 0xa7, 0xbd, 0xb7, 0xc1, 0x9a, 0x88, 0xaa, 0x0d,
                                     0xf1, 0xa4, 0x8c, 0xc9, 0x92, 0x95}},
    {AeadId::Aes128GcmSiv,
     148,
     0,
     {0x92, 0x82, 0xb1, 0xe8, 0xd6, 0x18, 0x71, 0x66, 0x0f, 0x23, 0xf1, 0xf4, 0x6e, 0x74, 0x61,
      0x4a}},
    {AeadId::Aes128GcmSiv, 33, 47, {0x01, 0x2a, 0x91, 0xf7, 0x1e, 0x26, 0xb1, 0x1b, 0xd3,
                                    0xb9, 0x1d, 0x15, 0x54, 0x94, 0xf5, 0x34, 0xba, 0xf9,
                                    0x3f, 0x0a, 0x08, 0x13, 0xd4, 0x86, 0xd3, 0x6c, 0x06,
                                    0xd9, 0x98, 0xfc, 0x57, 0x12, 0xa6, 0x8c, 0xec, 0x12,
                                    0xe6, 0x31, 0x9c, 0x0c, 0x75, 0x52, 0x15, 0xfe, 0x3b,
                                    0xce, 0x0b, 0x19, 0x16, 0x0f, 0xbf, 0xfa, 0x0f, 0xd9,
                                    0x34, 0xb4, 0xa8, 0xc1, 0xde, 0xe1, 0xfd, 0xf9, 0xa0}},
}};

Buffer sequence(std::uint8_t start) {
  Buffer buffer{};
  for (std::uint8_t& octet : buffer) {
    octet = start;
    start = static_cast<std::uint8_t>(start + 7);
  }
  return buffer;
}

/// Seals, opens, and refuses what is not genuine: also an empty ciphertext right after a good one,
/// where some versions of OpenSSL take the tag of the message before.
bool answers(Aead& aead, const KnownAnswer& known) {
  const AeadTraits& its = traits(known.id);
  const Buffer key = sequence(1);
  const Buffer ad_octets = sequence(3);
  const Buffer nonce_octets = sequence(5);
  const Buffer plaintext_octets = sequence(9);
  const ByteView ad = ByteView(ad_octets).first(known.ad_size);
  const ByteView nonce = ByteView(nonce_octets).first(its.nonce_size);
  const ByteView plaintext = ByteView(plaintext_octets).first(known.plaintext_size);
  const std::size_t size = known.plaintext_size + kTagSize;
  Buffer sealed{};
  Buffer opened{};
  if (!aead.set_key(ByteView(key).first(its.key_size))) return false;
  for (int round = 0; round < 2; ++round) {
    if (aead.seal(ad, nonce, plaintext, sealed) != size) return false;
    if (!std::equal(sealed.begin(), sealed.begin() + static_cast<std::ptrdiff_t>(size),
                    known.output.begin())) {
      return false;
    }
    if (aead.open(ad, nonce, ByteView(sealed).first(size), opened) != known.plaintext_size ||
        !std::equal(plaintext.begin(), plaintext.end(), opened.begin())) {
      return false;
    }
    sealed[0] ^= 1;
    if (aead.open(ad, nonce, ByteView(sealed).first(size), opened)) return false;
    sealed[0] ^= 1;
    if (aead.open(ad.first(1), nonce, ByteView(sealed).first(size), opened)) return false;
  }
  return true;
}

}  // namespace

bool aead_available(AeadId id) {
  auto aead = Aead::make(id);
  return aead && std::all_of(kKnownAnswers.begin(), kKnownAnswers.end(), [&](const auto& known) {
           return known.id != id || answers(*aead, known);
         });
}

Result<void> known_answer_test() {
  for (const AeadTraits& each : kAeads) {
    if (each.id != AeadId::Aes128GcmSiv && !aead_available(each.id)) {
      return fail(std::string(each.name) + " does not work with this OpenSSL");
    }
  }
  return {};
}

}  // namespace ntp::crypto
