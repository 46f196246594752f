// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "libntp/core/seams.h"

namespace ntp::crypto {

/// Draws from another source in steps of 4 KiB, so that a nonce costs a copy and no system call.
/// What has been handed out is wiped. For one thread and one process: make it after the last fork.
class RandomPool final : public Random {
 public:
  /// `source` outlives the pool.
  explicit RandomPool(Random& source) : source_(source) {}
  RandomPool(const RandomPool&) = delete;
  RandomPool& operator=(const RandomPool&) = delete;
  ~RandomPool() override;

  void fill(ByteSpan out) override;

 private:
  static constexpr std::size_t kSize = 4096;

  Random& source_;
  std::array<std::uint8_t, kSize> pool_{};
  std::size_t used_ = kSize;
};

}  // namespace ntp::crypto
