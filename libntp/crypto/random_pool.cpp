// SPDX-License-Identifier: BSD-2-Clause
#include "libntp/crypto/random_pool.h"

#include <algorithm>

#include "libntp/crypto/secret.h"

namespace ntp::crypto {

RandomPool::~RandomPool() { wipe(pool_); }

void RandomPool::fill(ByteSpan out) {
  if (out.size() > kSize / 4) {
    source_.fill(out);
    return;
  }
  if (out.size() > kSize - used_) {
    source_.fill(pool_);
    used_ = 0;
  }
  const ByteSpan fresh = ByteSpan(pool_).subspan(used_, out.size());
  std::copy(fresh.begin(), fresh.end(), out.begin());
  wipe(fresh);
  used_ += out.size();
}

}  // namespace ntp::crypto
