// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/association/pool_association.h"

#include <algorithm>

namespace ntp::association {
namespace {

// log2 s: how often a pool that answers is looked up again, and the range after failures.
constexpr int kRefresh = 8;
constexpr int kFirstRetry = 3;
constexpr int kLastRetry = 10;
// With NTS, where one exchange gives one server (NTPsec: the same): until the next one is asked
// for, and after one that is a member already.
constexpr int kNextMember = 1;
constexpr int kKnownMember = 9;

/// How many servers more the daemon may take (NTPsec: up to maxclock, and up to twice that while
/// the selection keeps fewer than minclock). In the place of a dead one it may take another.
int wanted(const Context& context) {
  const int usual = context.limits.max_clock;
  const int most = 2 * usual;
  const int active = count(context.active_sources);
  const int alive = active - count(context.dead_sources);
  // The larger limit is for a daemon that has its servers and finds them bad, not for its start.
  if (alive < usual) return std::min(usual - alive, most - active);
  return (context.survivors < context.limits.min_clock ? most : usual) - active;
}

}  // namespace

PoolAssociation::PoolAssociation(Id id, const config::SourceSettings& settings,
                                 const Context& context, MonoTime first,
                                 ServerAssociation::InUse in_use)
    : Association(id, settings, context, first), in_use_(std::move(in_use)) {
  reference_id_ = refid::kPool;
  if (settings.nts) establisher_.emplace(in_use_);
}

Actions PoolAssociation::on_timer(const Context& context) {
  Actions actions;
  // Only a guard where resolved() will say better.
  schedule_.set_due(context.mono + from_seconds(log2_seconds(kRefresh)));
  if (wanted(context) <= 0) return actions;
  if (establisher_) {
    establisher_->start(settings_, {}, context, actions);
    await_keys(context);
    return actions;
  }
  actions.push_back(Resolve{settings_.host, settings_.family});
  return actions;
}

Actions PoolAssociation::resolved(const Result<std::vector<Address>>& addresses,
                                  const Context& context) {
  Actions actions;
  if (establisher_) {
    const auto grant = establisher_->resolved(addresses, context, actions);
    grant ? spawn(*grant, context, actions) : await_keys(context);
    return actions;
  }
  dns_error_.clear();
  if (!addresses) {
    dns_error_ = addresses.error().message;
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
    if (in_use_({address, kNtpPort})) continue;
    actions.push_back(Note{LogLevel::Info, "DNS: Pool taking: " + address.to_string()});
    actions.push_back(Spawn{address, kNtpPort, nullptr});
    --room;
  }
  schedule_.set_due(context.mono + from_seconds(log2_seconds(wait_)));
  return actions;
}

Actions PoolAssociation::established(const Result<nts::KeResult>& result, const Context& context) {
  Actions actions;
  if (!establisher_) return actions;
  const auto grant = establisher_->established(result, context, actions);
  grant ? spawn(*grant, context, actions) : await_keys(context);
  return actions;
}

void PoolAssociation::hurry(const Context& context) {
  if (!establisher_ || wanted(context) <= 0) return;
  establisher_->try_now(context.mono);
  await_keys(context);
}

void PoolAssociation::await_keys(const Context& context) {
  // The first time only guards against an answer that never comes.
  MonoTime next = context.mono + NtsEstablisher::kGuard;
  if (!establisher_->running(context.mono)) {
    next = std::max(establisher_->next_try(), context.mono);
    if (establisher_->refused_as_in_use()) {
      wait_ = kKnownMember;
      next = std::max(next, context.mono + from_seconds(log2_seconds(wait_)));
    }
  }
  schedule_.set_due(next);
}

void PoolAssociation::spawn(const NtsGrant& grant, const Context& context, Actions& actions) {
  establisher_->confirm();
  const Address& address = grant.server.address;
  actions.push_back(Note{LogLevel::Info, "DNS: Pool taking: " + address.to_string()});
  actions.push_back(
      Spawn{address, grant.server.port, std::make_shared<const nts::KeResult>(grant.result)});
  wait_ = wanted(context) > 1 ? kNextMember : kRefresh;
  schedule_.set_due(context.mono + from_seconds(log2_seconds(wait_)));
}

control::PeerView PoolAssociation::view(const Context& context) const {
  control::PeerView view = Association::view(context);
  view.host_name = settings_.host;
  view.host_poll = wait_;
  view.dns_error = dns_error_;
  if (establisher_) view.nts_error = establisher_->failure();
  view.flash = flash::kPeerDistance | flash::kPeerUnreachable;
  return view;
}

}  // namespace ntp::association
