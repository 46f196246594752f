// SPDX-License-Identifier: BSD-2-Clause
#include "libntp/crypto/siv.h"

#include <openssl/evp.h>

#include <algorithm>
#include <cassert>
#include <cstring>
#include <string>

namespace ntp::crypto {
namespace {

using Block = Siv::Block;
constexpr std::size_t kBlock = Siv::kBlock;
constexpr unsigned kWord = 64;

Block load(const std::uint8_t* octets) {
  std::array<std::uint64_t, 2> words;
  std::memcpy(words.data(), octets, kBlock);
  return {big_endian(words[0]), big_endian(words[1])};
}

/// By one store: the cipher reads the block at once, which waits long for what came in two.
void store(Block block, std::uint8_t* octets) {
  using Words [[gnu::vector_size(kBlock)]] = std::uint64_t;
  const Words words{big_endian(block.high), big_endian(block.low)};
  std::memcpy(octets, &words, kBlock);
}

Block operator^(Block a, Block b) { return {a.high ^ b.high, a.low ^ b.low}; }

/// `bits`: less than 128, here and below.
Block shifted_up(Block block, std::size_t bits) {
  if (bits >= kWord) return {block.low << (bits - kWord), 0};
  if (bits == 0) return block;
  return {block.high << bits | block.low >> (kWord - bits), block.low << bits};
}

Block shifted_down(Block block, std::size_t bits) {
  if (bits >= kWord) return {0, block.high >> (bits - kWord)};
  if (bits == 0) return block;
  return {block.high >> bits, block.low >> bits | block.high << (kWord - bits)};
}

/// In GF(2^128) (RFC 5297 section 2.3), without a branch on the secret.
Block doubled(Block block) {
  const std::uint64_t carry = std::uint64_t{0} - (block.high >> (kWord - 1));
  return shifted_up(block, 1) ^ Block { 0, carry & 0x87 };
}

/// Up to a block of octets, with zeros behind.
Block load_some(ByteView octets) {
  std::array<std::uint8_t, kBlock> block{};
  std::copy(octets.begin(), octets.end(), block.begin());
  const Block value = load(block.data());
  wipe(block);
  return value;
}

void wipe_block(Block& block) { wipe({reinterpret_cast<std::uint8_t*>(&block), sizeof block}); }

/// What makes a message whose last block has `size` octets, not 16, one of whole blocks.
Block padding(std::size_t size) { return shifted_down({std::uint64_t{0x80} << 56, 0}, 8 * size); }

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
  for (Block* block : {&k1_, &k2_, &zero_code_, &chained_}) wipe_block(*block);
  wipe(scratch_);
}

bool Siv::set_key(ByteView key) {
  ready_ = false;
  if (key.size() != key_size_) return false;
  const std::size_t half = key_size_ / 2;
  broken_ = EVP_EncryptInit_ex2(cbc_.get(), nullptr, key.data(), nullptr, nullptr) != 1;
  counter_key_.assign(key.last(half));
  counter_key_set_ = false;
  store({}, scratch_.data());
  chain(kBlock);
  k1_ = doubled(chained_);
  k2_ = doubled(k1_);
  // The CMAC of a zero block is the encryption of K1.
  store(k1_ ^ chained_, scratch_.data());
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
  chained_ = load(scratch_.data() + size - kBlock);
}

std::size_t Siv::lay_out(ByteView message, Block last) {
  const std::size_t size = message.size();
  const std::size_t full = size == 0 ? 0 : (size - 1) / kBlock * kBlock;  // before the last block
  const std::size_t rest = size - full;
  std::copy_n(message.begin(), full, scratch_.begin());
  Block end{};
  if (size < kBlock) {
    end = load_some(message);
  } else {
    const Block tail = load(message.last(kBlock).data()) ^ last;
    const std::size_t absent = 8 * (kBlock - rest);  // bits
    end = shifted_up(tail, absent);
    if (rest != kBlock) {
      const Block before = load(message.subspan(full - kBlock).data());
      const Block kept = shifted_up(shifted_down(before, absent), absent);
      store(kept ^ shifted_down(tail, 8 * rest), scratch_.data() + full - kBlock);
    }
  }
  store(end ^ (rest == kBlock ? k1_ : k2_ ^ padding(rest)), scratch_.data() + full);
  return full + kBlock;
}

Siv::Block Siv::mac(ByteView message, Block last) {
  // Adding what the context will add makes its IV zero.
  Block undo = chained_;
  const auto begin = [&] { store(load(scratch_.data()) ^ undo, scratch_.data()); };
  while (message.size() > kChunk) {
    // So much is left that the last 16 octets go together.
    constexpr std::size_t kStep = kChunk - kBlock;
    std::copy_n(message.begin(), kStep, scratch_.begin());
    begin();
    chain(kStep);
    undo = {};
    message = message.subspan(kStep);
  }
  const std::size_t size = lay_out(message, last);
  begin();
  chain(size);
  return chained_;
}

Siv::Block Siv::s2v(std::span<const ByteView> strings, ByteView plaintext) {
  Block sum = zero_code_;
  for (const ByteView string : strings) sum = doubled(sum) ^ mac(string);
  if (plaintext.size() >= kBlock) return mac(plaintext, sum);
  std::array<std::uint8_t, kBlock> end;
  store(load_some(plaintext) ^ padding(plaintext.size()) ^ doubled(sum), end.data());
  const Block code = mac(end);
  wipe(end);
  return code;
}

void Siv::add_keystream(Block iv, ByteView in, ByteSpan out) {
  if (in.empty()) return;
  if (!use_counter_key()) broken_ = true;
  // With these bits cleared the low word alone counts.
  constexpr std::uint64_t kCleared = std::uint64_t{1} << 63 | std::uint64_t{1} << 31;
  Block counter{iv.high, iv.low & ~kCleared};
  std::size_t done = 0;
  while (done < in.size()) {
    const std::size_t size = std::min(in.size() - done, kChunk);
    const std::size_t padded = (size + kBlock - 1) / kBlock * kBlock;
    for (std::size_t at = 0; at < padded; at += kBlock, ++counter.low) {
      store(counter, scratch_.data() + at);
    }
    if (!encrypt_blocks(ecb_.get(), ByteSpan(scratch_).first(padded))) broken_ = true;
    const std::uint8_t* const from = in.data() + done;
    std::uint8_t* const to = out.data() + done;
    std::size_t at = 0;
    for (; at + kBlock <= size; at += kBlock) {
      store(load(from + at) ^ load(scratch_.data() + at), to + at);
    }
    for (; at < size; ++at) to[at] = static_cast<std::uint8_t>(scratch_[at] ^ from[at]);
    done += size;
  }
}

bool Siv::seal(std::span<const ByteView> strings, ByteView plaintext, ByteSpan out) {
  assert(out.size() == plaintext.size() + kBlock);
  if (!ready_) return false;
  const Block code = s2v(strings, plaintext);
  add_keystream(code, plaintext, out.subspan(kBlock));
  store(code, out.data());
  if (broken_) wipe(out);
  return !broken_;
}

bool Siv::open(std::span<const ByteView> strings, ByteView ciphertext, ByteSpan out) {
  assert(ciphertext.size() == out.size() + kBlock);
  if (!ready_) return false;
  add_keystream(load(ciphertext.data()), ciphertext.subspan(kBlock), out);
  std::array<std::uint8_t, kBlock> code;
  store(s2v(strings, out), code.data());
  const bool genuine = equal_secrets(code, ciphertext.first(kBlock)) && !broken_;
  if (!genuine) wipe(out);
  wipe(code);
  return genuine;
}

}  // namespace ntp::crypto
