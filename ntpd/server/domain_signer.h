// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libntp/core/bytes.h"
#include "libntp/core/result.h"
#include "libntp/core/seams.h"
#include "libntp/core/signing_socket.h"

namespace ntp::server {

/// Replies that are signed by Samba for the machines of its Windows domain (MS-SNTP, `restrict …
/// mssntp`). Nothing waits for the signature but the reply; NTPsec's daemon as a whole does.
class DomainSigner {
 public:
  /// Of requests that wait for a signature; further ones go without an answer.
  static constexpr std::size_t kMostWaiting = 64;

  using Send = std::function<void(ByteView signed_reply)>;
  using Trouble = std::function<void(const std::string& reason)>;

  /// `trouble` may be called for each request. All outlive the object.
  DomainSigner(SigningSocket& socket, const Clock& clock, Trouble trouble);

  /// Has the `reply`, a header, signed by the key of that identifier, which is as it came, and then
  /// sent; or not, and `trouble` is told why. `directory` is where the socket lies.
  void sign(const std::string& directory, ByteView key, ByteView reply, Send send);

  /// The mode 6 variables `mssntp_serves…` that are counts, and those that are seconds.
  [[nodiscard]] std::optional<std::uint64_t> counter(std::string_view name) const;
  [[nodiscard]] std::optional<double> quantity(std::string_view name) const;
  /// The variables `…_r` count anew.
  void start_period() { before_ = counts_; }

 private:
  struct Kind {
    std::uint64_t count = 0;
    Duration wall{};
    Duration slowest{};
  };
  struct Counts {
    std::uint64_t requests = 0;
    std::uint64_t unreachable = 0;  // NTPsec calls them rejected
    std::uint64_t failed = 0;
    Kind good;
    Kind bad;
  };

  void take(const Result<std::vector<std::uint8_t>, SigningFailure>& answer, std::uint32_t number,
            MonoTime asked, const Send& send);

  SigningSocket& socket_;
  const Clock& clock_;
  Trouble trouble_;
  std::uint32_t number_ = 0;
  std::size_t waiting_ = 0;
  Counts counts_;
  Counts before_;
  // Answers may come when the object has gone.
  std::shared_ptr<DomainSigner*> self_;
};

}  // namespace ntp::server
