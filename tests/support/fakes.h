// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <string>
#include <vector>

#include "libntp/core/seams.h"

namespace ntp::test {

/// A predictable stand-in for randomness: counts upward, so that no two draws are equal.
class CountingRandom final : public Random {
 public:
  void fill(ByteSpan out) override {
    for (auto& octet : out) octet = 0;
    ByteWriter writer(out.last(std::min<std::size_t>(out.size(), 8)));
    if (out.size() >= 8) writer.u64(++count_);
  }

 private:
  std::uint64_t count_ = 0;
};

}  // namespace ntp::test
