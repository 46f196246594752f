// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/association/pool_association.h"

#include <algorithm>

namespace ntp::association {
namespace {

// log2 s: how often a pool that answers is looked up again, and the range after failures.
constexpr int kRefresh = 8;
constexpr int kFirstRetry = 3;
constexpr int kLastRetry = 10;

/// How many servers more the daemon may take (NTPsec: up to maxclock, and up to twice that while
/// the selection keeps fewer than minclock).
int wanted(const Context& context) {
  const int limit = context.survivors < context.limits.min_clock ? 2 * context.limits.max_clock
                                                                 : context.limits.max_clock;
  // The larger limit is for a daemon that has its servers and finds them bad, not for its start.
  if (context.active_sources < context.limits.max_clock) {
    return context.limits.max_clock - context.active_sources;
  }
  return limit - context.active_sources;
}

}  // namespace

PoolAssociation::PoolAssociation(Id id, const config::SourceSettings& settings,
                                 const Context& context, MonoTime first,
                                 ServerAssociation::InUse in_use)
    : Association(id, settings, context, first), in_use_(std::move(in_use)) {
  reference_id_ = refid::kPool;
}

Actions PoolAssociation::on_timer(const Context& context) {
  Actions actions;
  // Only a guard where resolved() will say better.
  schedule_.set_due(context.mono + from_seconds(log2_seconds(kRefresh)));
  if (wanted(context) > 0) actions.push_back(Resolve{settings_.host, settings_.family});
  return actions;
}

Actions PoolAssociation::resolved(const Result<std::vector<Address>>& addresses,
                                  const Context& context) {
  Actions actions;
  if (!addresses) {
    wait_ = std::min(kFirstRetry + failed_look_ups_, kLastRetry);
    if (failed_look_ups_++ == 0) {
      actions.push_back(
          Note{LogLevel::Warning, "DNS: " + settings_.host + ": " + addresses.error().message});
    }
    schedule_.set_due(context.mono + from_seconds(log2_seconds(wait_)));
    return actions;
  }
  failed_look_ups_ = 0;
  wait_ = kRefresh;
  int room = wanted(context);
  for (const Address& address : *addresses) {
    if (room <= 0) break;
    if (in_use_(address)) continue;
    actions.push_back(Note{LogLevel::Info, "DNS: Pool taking: " + address.to_string()});
    actions.push_back(Spawn{address});
    --room;
  }
  schedule_.set_due(context.mono + from_seconds(log2_seconds(wait_)));
  return actions;
}

control::PeerView PoolAssociation::view(const Context& context) const {
  control::PeerView view = Association::view(context);
  view.host_name = settings_.host;
  view.host_poll = wait_;
  view.flash = flash::kPeerDistance | flash::kPeerUnreachable;
  return view;
}

}  // namespace ntp::association
