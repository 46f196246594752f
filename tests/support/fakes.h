// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <memory>
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

/// Opens no socket.
class NoNetwork final : public ClientNetwork {
 public:
  Result<std::unique_ptr<ClientChannel>> connect(const Endpoint&, Handlers) override {
    return fail("no network");
  }
};

/// Never answers.
class NoResolver final : public Resolver {
 public:
  void resolve(const std::string&, Family, Callback) override {}
};

}  // namespace ntp::test
