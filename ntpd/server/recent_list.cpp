// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/server/recent_list.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

namespace ntp::server {
namespace {

namespace flag = config::restrict_flag;

constexpr std::uint32_t kNowhere = std::numeric_limits<std::uint32_t>::max();
constexpr std::uint32_t kChunk = 64;
constexpr double kShortestBurst = 1e-3;
/// Packets that come at once add up to the limits exactly; rounding is not to decide about them.
constexpr double kSlack = 1e-6;
constexpr std::uint32_t kRateFlags = flag::kLimited | flag::kKod;

std::uint64_t mix(std::uint64_t value) {
  value = (value ^ value >> 30) * 0xbf58476d1ce4e5b9U;
  value = (value ^ value >> 27) * 0x94d049bb133111ebU;
  return value ^ value >> 31;
}

}  // namespace

RecentList::RecentList(const config::MruSettings& limits, const config::LimitSettings& rate,
                       Random& random)
    : hash_key_{random.u64(), random.u64()}, oldest_(kNowhere), newest_(kNowhere) {
  set_limits(limits, rate);
}

void RecentList::set_limits(const config::MruSettings& limits, const config::LimitSettings& rate) {
  rate_ = rate;
  rate_.burst = std::max(rate.burst, kShortestBurst);
  const std::uint32_t before = most_;
  limits_ = limits;
  most_ = std::min(std::max(limits.max_depth, limits.min_depth), kNowhere - 1);
  if (buckets_.empty() || most_ != before) resize();
}

void RecentList::resize() {
  const std::uint32_t wanted = std::clamp<std::uint32_t>(most_, 1U << 4, 1U << 20);
  buckets_.assign(std::bit_floor(wanted), kNowhere);
  buckets_.shrink_to_fit();
  chunks_.clear();
  clear();
}

RecentList::Node& RecentList::node(Index index) const {
  return chunks_[index / kChunk][index % kChunk];
}

std::size_t RecentList::bucket_of(const Address& address) const {
  ByteReader in(address.bytes());
  std::uint64_t hash = hash_key_[0];
  while (in.remaining() >= 4) hash = mix(hash ^ in.u32()) + hash_key_[1];
  return hash & (buckets_.size() - 1);
}

RecentList::Index RecentList::lookup(const Address& address, std::size_t bucket) const {
  Index index = buckets_[bucket];
  while (index != kNowhere && node(index).remote.address != address) index = node(index).in_bucket;
  return index;
}

std::uint32_t RecentList::observe(const Datagram& datagram, const Kind& kind, std::uint32_t flags,
                                  MonoTime now) {
  const Address& address = datagram.remote.address;
  const std::size_t bucket = bucket_of(address);
  Index index = lookup(address, bucket);
  const bool known = index != kNowhere;
  if (known) {
    ++statistics_.exists;
    unlink(index);
  } else {
    index = room(now);
    if (index == kNowhere) return flags & ~kRateFlags;
    node(index) = Node{};
    node(index).first = datagram.received;
    node(index).last_seen = now;
    if (buckets_[bucket] == kNowhere) ++statistics_.used_buckets;
    node(index).in_bucket = buckets_[bucket];
    buckets_[bucket] = index;
  }
  link_newest(index);
  Node& entry = node(index);
  entry.remote = datagram.remote;
  entry.local = datagram.local;
  entry.last = datagram.received;
  entry.mode = static_cast<std::uint8_t>(kind.mode);
  entry.version = static_cast<std::uint8_t>(kind.version);
  ++entry.count;
  // NTPsec: the first packet of a client is never over the limit.
  entry.flags = score(entry, flags, now);
  if (!known) entry.flags &= ~kRateFlags;
  if ((entry.flags & flag::kLimited) != 0) ++entry.dropped;
  return entry.flags;
}

std::uint32_t RecentList::score(Node& entry, std::uint32_t flags, MonoTime now) const {
  const double since = std::max(0.0, to_seconds(now - entry.last_seen));
  entry.last_seen = now;
  entry.score = entry.score * std::exp(-since / rate_.burst) + 1.0 / rate_.burst;
  if ((flags & flag::kLimited) == 0 || entry.score < rate_.average + kSlack) {
    return flags & ~kRateFlags;
  }
  // A kiss for each packet of a flood would be a weapon against whose address was forged.
  if (entry.score > rate_.average + rate_.kod + kSlack) return flags & ~flag::kKod;
  return flags;
}

RecentList::Index RecentList::room(MonoTime now) {
  if (used_ < limits_.min_depth) return grow();
  if (used_ > 0 && oldest_age(now) > limits_.max_age) {
    ++statistics_.recycled_old;
    return recycle_oldest();
  }
  if (used_ < most_) return grow();
  if (used_ == 0 || oldest_age(now) < limits_.min_age) {
    ++statistics_.none;
    return kNowhere;
  }
  ++statistics_.recycled_full;
  return recycle_oldest();
}

RecentList::Index RecentList::grow() {
  if (used_ / kChunk == chunks_.size()) chunks_.push_back(std::make_unique<Node[]>(kChunk));
  ++statistics_.added;
  statistics_.deepest = std::max<std::uint64_t>(statistics_.deepest, used_ + 1);
  return used_++;
}

RecentList::Index RecentList::recycle_oldest() {
  const Index index = oldest_;
  unlink(index);
  Index* link = &buckets_[bucket_of(node(index).remote.address)];
  Index* const head = link;
  while (*link != index) link = &node(*link).in_bucket;
  *link = node(index).in_bucket;
  if (*head == kNowhere) --statistics_.used_buckets;
  return index;
}

void RecentList::link_newest(Index index) {
  Node& entry = node(index);
  entry.older = newest_;
  entry.newer = kNowhere;
  (newest_ == kNowhere ? oldest_ : node(newest_).newer) = index;
  newest_ = index;
}

void RecentList::unlink(Index index) {
  const Node& entry = node(index);
  (entry.older == kNowhere ? oldest_ : node(entry.older).newer) = entry.newer;
  (entry.newer == kNowhere ? newest_ : node(entry.newer).older) = entry.older;
}

void RecentList::clear() {
  std::fill(buckets_.begin(), buckets_.end(), kNowhere);
  oldest_ = newest_ = kNowhere;
  used_ = 0;
  statistics_.used_buckets = 0;
}

const RecentEntry* RecentList::find(const Address& address) const {
  const Index index = lookup(address, bucket_of(address));
  return index == kNowhere ? nullptr : &node(index);
}

const RecentEntry* RecentList::oldest() const {
  return oldest_ == kNowhere ? nullptr : &node(oldest_);
}

const RecentEntry* RecentList::newer(const RecentEntry& entry) const {
  const Index index = static_cast<const Node&>(entry).newer;
  return index == kNowhere ? nullptr : &node(index);
}

std::int64_t RecentList::oldest_age(MonoTime now) const {
  if (oldest_ == kNowhere) return 0;
  return std::chrono::round<std::chrono::seconds>(now - node(oldest_).last_seen).count();
}

}  // namespace ntp::server
