// SPDX-License-Identifier: BSD-2-Clause
#include "libntp/crypto/siv.h"

#include <openssl/evp.h>

#include <algorithm>
#include <bit>
#include <cassert>
#include <string>

namespace ntp::crypto {
namespace {

/// Adds a block in the field. By way of copies: so the compiler sees that they do not overlap.
void add(std::uint8_t* to, const std::uint8_t* value) {
  Siv::Block sum;
  Siv::Block other;
  std::copy_n(to, Siv::kBlock, sum.begin());
  std::copy_n(value, Siv::kBlock, other.begin());
  for (std::size_t i = 0; i < Siv::kBlock; ++i) {
    sum[i] = static_cast<std::uint8_t>(sum[i] ^ other[i]);
  }
  std::copy_n(sum.begin(), Siv::kBlock, to);
}

/// Doubling in GF(2^128) (RFC 5297 section 2.3), without a branch on the secret.
Siv::Block doubled(const Siv::Block& block) {
  auto words = std::bit_cast<std::array<std::uint64_t, 2>>(block);
  const std::uint64_t high = big_endian(words[0]);
  const std::uint64_t low = big_endian(words[1]);
  const std::uint64_t carry = std::uint64_t{0} - (high >> 63);
  words[0] = big_endian(high << 1 | low >> 63);
  words[1] = big_endian(low << 1 ^ (carry & 0x87));
  return std::bit_cast<Siv::Block>(words);
}

bool encrypt_blocks(EVP_CIPHER_CTX* context, ByteSpan blocks) {
  int written = 0;
  const int size = static_cast<int>(blocks.size());
  return EVP_EncryptUpdate(context, blocks.data(), &written, blocks.data(), size) == 1 &&
         written == size;
}

}  // namespace

std::optional<Siv> Siv::make(std::size_t key_size) {
  const std::string name = "AES-" + std::to_string(key_size * 4);
  Siv siv;
  siv.key_size_ = key_size;
  siv.cbc_ = make_cipher_context((name + "-CBC").c_str());
  siv.ecb_ = make_cipher_context((name + "-ECB").c_str());
  if (!siv.cbc_ || !siv.ecb_) return std::nullopt;
  return siv;
}

Siv::~Siv() {
  for (Block* block : {&k1_, &k2_, &zero_code_, &chained_}) wipe(*block);
  wipe(scratch_);
}

bool Siv::set_key(ByteView key) {
  ready_ = false;
  if (key.size() != key_size_) return false;
  const std::size_t half = key_size_ / 2;
  broken_ = EVP_EncryptInit_ex2(cbc_.get(), nullptr, key.data(), nullptr, nullptr) != 1;
  counter_key_.assign(key.last(half));
  counter_key_set_ = false;
  chained_ = {};
  std::fill_n(scratch_.begin(), kBlock, std::uint8_t{0});
  chain(kBlock);
  k1_ = doubled(chained_);
  k2_ = doubled(k1_);
  // The CMAC of a zero block is the encryption of K1.
  std::copy(k1_.begin(), k1_.end(), scratch_.begin());
  add(scratch_.data(), chained_.data());
  chain(kBlock);
  zero_code_ = chained_;
  ready_ = !broken_;
  return ready_;
}

void Siv::forget_key() {
  constexpr std::array<std::uint8_t, Secret::kCapacity> kZeros{};
  set_key(ByteView(kZeros).first(key_size_));
  use_counter_key();
  ready_ = false;
}

bool Siv::use_counter_key() {
  if (counter_key_set_) return true;
  counter_key_set_ =
      EVP_EncryptInit_ex2(ecb_.get(), nullptr, counter_key_.view().data(), nullptr, nullptr) == 1;
  counter_key_.clear();
  return counter_key_set_;
}

void Siv::chain(std::size_t size) {
  if (!encrypt_blocks(cbc_.get(), ByteSpan(scratch_).first(size))) broken_ = true;
  std::copy_n(scratch_.begin() + static_cast<std::ptrdiff_t>(size - kBlock), kBlock,
              chained_.begin());
}

void Siv::add_message(ByteView message, const Block* last) {
  std::copy(message.begin(), message.end(), scratch_.begin());
  if (last != nullptr) add(scratch_.data() + message.size() - kBlock, last->data());
  const std::size_t full =
      message.empty() ? 0 : (message.size() - 1) / kBlock * kBlock;  // before the last block
  const std::size_t rest = message.size() - full;
  if (rest == kBlock) {
    add(scratch_.data() + full, k1_.data());
    return;
  }
  scratch_[full + rest] = 0x80;
  std::fill_n(scratch_.begin() + static_cast<std::ptrdiff_t>(full + rest + 1), kBlock - rest - 1,
              std::uint8_t{0});
  add(scratch_.data() + full, k2_.data());
}

void Siv::mac(ByteView message, const Block* last, Block& code) {
  // The context goes on from the message before; adding what it will add makes its IV zero.
  Block undo = chained_;
  while (message.size() > kChunk) {
    // So much is left that the last 16 octets go together.
    constexpr std::size_t kStep = kChunk - kBlock;
    std::copy_n(message.begin(), kStep, scratch_.begin());
    add(scratch_.data(), undo.data());
    chain(kStep);
    undo = {};
    message = message.subspan(kStep);
  }
  add_message(message, last);
  add(scratch_.data(), undo.data());
  chain(message.empty() ? kBlock : (message.size() + kBlock - 1) / kBlock * kBlock);
  code = chained_;
}

void Siv::s2v(std::span<const ByteView> strings, ByteView plaintext, Block& code) {
  Block sum = zero_code_;
  for (const ByteView string : strings) {
    sum = doubled(sum);
    mac(string, nullptr, code);
    add(sum.data(), code.data());
  }
  if (plaintext.size() >= kBlock) {
    mac(plaintext, &sum, code);
  } else {
    Block padded{};
    std::copy(plaintext.begin(), plaintext.end(), padded.begin());
    padded[plaintext.size()] = 0x80;
    sum = doubled(sum);
    add(padded.data(), sum.data());
    mac(padded, nullptr, code);
    wipe(padded);
  }
}

void Siv::add_keystream(const Block& iv, ByteView in, ByteSpan out) {
  if (in.empty()) return;
  if (!use_counter_key()) broken_ = true;
  Block counter = iv;
  counter[8] &= 0x7f;
  counter[12] &= 0x7f;
  // With those bits cleared the last word alone counts, for 2^31 blocks.
  auto words = std::bit_cast<std::array<std::uint32_t, 4>>(counter);
  std::uint32_t count = big_endian(words[3]);
  std::size_t done = 0;
  while (done < in.size()) {
    const std::size_t size = std::min(in.size() - done, kChunk);
    const std::size_t blocks = (size + kBlock - 1) / kBlock;
    for (std::size_t i = 0; i < blocks; ++i) {
      words[3] = big_endian(count++);
      const auto octets = std::bit_cast<Block>(words);
      std::copy_n(octets.begin(), kBlock, scratch_.data() + i * kBlock);
    }
    if (!encrypt_blocks(ecb_.get(), ByteSpan(scratch_).first(blocks * kBlock))) broken_ = true;
    const ByteView from = in.subspan(done, size);
    const ByteSpan to = out.subspan(done, size);
    std::size_t at = 0;
    for (; at + kBlock <= size; at += kBlock) add(scratch_.data() + at, from.data() + at);
    for (; at < size; ++at) scratch_[at] = static_cast<std::uint8_t>(scratch_[at] ^ from[at]);
    std::copy_n(scratch_.begin(), size, to.begin());
    done += size;
  }
}

bool Siv::seal(std::span<const ByteView> strings, ByteView plaintext, ByteSpan out) {
  assert(out.size() == plaintext.size() + kBlock);
  if (!ready_) return false;
  Block code;
  s2v(strings, plaintext, code);
  add_keystream(code, plaintext, out.subspan(kBlock));
  std::copy(code.begin(), code.end(), out.begin());
  if (broken_) wipe(out);
  return !broken_;
}

bool Siv::open(std::span<const ByteView> strings, ByteView ciphertext, ByteSpan out) {
  assert(ciphertext.size() == out.size() + kBlock);
  if (!ready_) return false;
  Block given;
  std::copy_n(ciphertext.begin(), kBlock, given.begin());
  add_keystream(given, ciphertext.subspan(kBlock), out);
  Block code;
  s2v(strings, out, code);
  const bool genuine = equal_secrets(given, code) && !broken_;
  if (!genuine) wipe(out);
  wipe(code);
  return genuine;
}

}  // namespace ntp::crypto
