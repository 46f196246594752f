// SPDX-License-Identifier: BSD-2-Clause
#include <array>
#include <utility>

#include "ntpd/association/server_association.h"

namespace ntp::association {
namespace {

void count(const Context& context, std::uint64_t NtsClientCounters::*counter) {
  if (context.nts != nullptr) ++(context.nts->*counter);
}

}  // namespace

bool ServerAssociation::see_to_keys(const Context& context, Actions& actions) {
  if (session_->wants_keys()) establisher_->start(settings_, remote(), context, actions);
  if (!session_->established()) {
    await_keys(context);
    return false;
  }
  if (poll_due_ && context.mono < *poll_due_) {
    schedule_.set_due(*poll_due_);
    await_keys(context);
    return false;
  }
  poll_due_.reset();
  return true;
}

/// Where nothing can be asked for want of a cookie the timer is set to the next exchange, unless a
/// poll comes before. With cookies left exchanges wait for polls.
void ServerAssociation::await_keys(const Context& context) {
  if (session_->established() && session_->cookies() > 0) return;
  // established() sets the time; this one only guards against an answer that never comes.
  const MonoTime next = establisher_->running(context.mono)
                            ? context.mono + NtsEstablisher::kGuard
                            : std::max(establisher_->next_try(), context.mono);
  if (!session_->established()) {
    schedule_.set_due(next);
    return;
  }
  if (!poll_due_) poll_due_ = schedule_.due();
  schedule_.set_due(std::min(*poll_due_, next));
}

Actions ServerAssociation::established(const Result<nts::KeResult>& result,
                                       const Context& context) {
  Actions actions;
  if (!establisher_) return actions;
  const auto grant = establisher_->established(result, context, actions);
  if (!grant) {
    await_keys(context);
    return actions;
  }
  Actions more = adopt(*grant, context);
  for (Action& action : more) actions.push_back(std::move(action));
  return actions;
}

void ServerAssociation::hurry(const Context& context) {
  if (!establisher_ || !session_->wants_keys()) return;
  establisher_->try_now(context.mono);
  await_keys(context);
}

Actions ServerAssociation::adopt(const NtsGrant& grant, const Context& context) {
  Actions actions;
  if (const auto adopted = session_->adopt(grant.result); !adopted) {
    actions.push_back(
        Note{LogLevel::Error, "NTSc: " + settings_.host + ": " + adopted.error().message});
    await_keys(context);
    return actions;
  }
  if (grant.server != remote()) {
    const Address& address = grant.server.address;
    actions.push_back(Note{LogLevel::Info, "DNS: Server taking: " + address.to_string()});
    move_to(grant.server, address.is_v4() ? refid::kNts4 : refid::kNts6, context);
    actions.push_back(Reselect{});
  } else if (unsent_) {
    schedule_.set_due(context.mono);
  } else if (poll_due_) {
    schedule_.set_due(*poll_due_);
  }
  poll_due_.reset();
  return actions;
}

void ServerAssociation::send_protected(const Context& context, Actions& actions) {
  Send send;
  send.fresh_port = want_fresh_port_ || pending_.waiting;
  pending_.waiting = false;
  do {
    pending_.nonce = NtpTimestamp(context.random.u64());
  } while (pending_.nonce.is_zero());
  send.packet.resize(nts::kMaxRequest);
  send.packet.resize(session_->make_request(pending_.nonce, context.random, send.packet));
  unsent_ = send.packet.empty();
  if (unsent_) return;
  pending_.waiting = true;
  want_fresh_port_ = false;
  count(context, &NtsClientCounters::sent);
  actions.push_back(std::move(send));
}

Actions ServerAssociation::on_protected(const Datagram& datagram, const Context& context) {
  const auto reply = wire::decode_header(datagram.payload);
  const bool is_reply = reply && reply->mode == wire::Mode::Server;
  const nts::ReplyVerdict verdict =
      is_reply ? session_->judge(datagram.payload) : nts::ReplyVerdict::NotProtected;
  Actions actions;
  if (verdict != nts::ReplyVerdict::Genuine) {
    if (verdict == nts::ReplyVerdict::Nak && pending_.waiting) session_->take_nak();
    declined_as_ = nts::describe(verdict);
    decline(nts::describe(verdict), context, actions);
    return actions;
  }
  if (pending_.waiting) {
    count(context, &NtsClientCounters::good);
    declined_as_.clear();
  } else {
    decline("no request waits for it", context, actions);
  }
  take_reply(*reply, datagram.received, context, actions);
  return actions;
}

/// Nothing that is not genuine has an effect beyond a count and, now and then, a line in the log;
/// not even a kiss. A NAK is believed when the next poll comes and nothing genuine has.
void ServerAssociation::decline(std::string_view why, const Context& context, Actions& actions) {
  ++declined_;
  count(context, &NtsClientCounters::bad);
  actions.push_back(
      Note{LogLevel::Info, "NTSc: reply of " + name() + " ignored: " + std::string(why)});
}

}  // namespace ntp::association
