// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "libntp/config/settings.h"
#include "libntp/core/address.h"
#include "libntp/core/seams.h"
#include "libntp/core/time.h"
#include "ntpd/server/responder.h"

namespace ntp::server {

/// What is remembered of a client; its address counts, its port does not.
struct RecentEntry {
  Endpoint remote;  // of the last packet
  Address local;    // what it asked last
  WallTime first{};
  WallTime last{};
  MonoTime last_seen{};
  std::uint64_t count = 0;
  std::uint64_t dropped = 0;  // packets over the limit
  double score = 0;           // packets a second, roughly
  std::uint32_t flags = 0;  // in force for the last packet; `limited` and `kod` only if they acted
  std::uint8_t mode = 0;
  std::uint8_t version = 0;
};

/// The list of recently seen clients (NTPsec's MRU list) with their rate limits. Memory grows in
/// steps of its own up to max_depth (or min_depth, if that is more) entries and is never more; a
/// client for which there is no room is not limited.
class RecentList {
 public:
  struct Statistics {
    std::uint64_t deepest = 0;
    std::uint64_t used_buckets = 0;
    std::uint64_t exists = 0;        // packets of known clients
    std::uint64_t added = 0;         // new entries
    std::uint64_t recycled_old = 0;  // reused because old
    std::uint64_t recycled_full = 0;
    std::uint64_t none = 0;  // no room
  };

  /// `random` keys the hash, so that nobody can aim at one bucket.
  RecentList(const config::MruSettings& limits, const config::LimitSettings& rate, Random& random);

  /// Notes a packet, and returns its access flags without `limited` and `kod`, unless they are to
  /// act on it: `limited` if the client is over the limit, `kod` beside it if a kiss may be sent.
  std::uint32_t observe(const Datagram& datagram, const Kind& kind, std::uint32_t flags,
                        MonoTime now);

  /// Other limits from now on. Clients are forgotten where there may be too many of them.
  void set_limits(const config::MruSettings& limits, const config::LimitSettings& rate);
  /// Forgets all clients, as after a step of the clock.
  void clear();

  [[nodiscard]] std::size_t size() const { return used_; }
  [[nodiscard]] const RecentEntry* find(const Address& address) const;
  /// The entry that was seen least recently, and the one seen after the one given; null at the end.
  [[nodiscard]] const RecentEntry* oldest() const;
  [[nodiscard]] const RecentEntry* newer(const RecentEntry& entry) const;
  /// Whole seconds since the oldest entry was seen; 0 if there is none.
  [[nodiscard]] std::int64_t oldest_age(MonoTime now) const;
  [[nodiscard]] const Statistics& statistics() const { return statistics_; }
  /// As configured, even if max_depth is less than min_depth.
  [[nodiscard]] const config::MruSettings& limits() const { return limits_; }

 private:
  using Index = std::uint32_t;
  struct Node : RecentEntry {
    Index in_bucket = 0;  // the next of the same hash
    Index older = 0;
    Index newer = 0;
  };

  void resize();
  [[nodiscard]] Node& node(Index index) const;
  [[nodiscard]] std::size_t bucket_of(const Address& address) const;
  [[nodiscard]] Index lookup(const Address& address, std::size_t bucket) const;
  std::uint32_t score(Node& entry, std::uint32_t flags, MonoTime now) const;
  [[nodiscard]] Index room(MonoTime now);
  [[nodiscard]] Index grow();
  [[nodiscard]] Index recycle_oldest();
  void link_newest(Index index);
  void unlink(Index index);

  config::MruSettings limits_;
  std::uint32_t most_ = 0;  // entries, by both depths
  config::LimitSettings rate_;
  std::uint64_t hash_key_[2];
  std::vector<std::unique_ptr<Node[]>> chunks_;
  std::vector<Index> buckets_;
  Index used_ = 0;
  Index oldest_;
  Index newest_;
  Statistics statistics_;
};

}  // namespace ntp::server
