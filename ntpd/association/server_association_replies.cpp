// SPDX-License-Identifier: BSD-2-Clause
// From a datagram to a sample: whose it is, whether it answers our request, and what it says.
#include <algorithm>
#include <cmath>
#include <optional>
#include <string>

#include "ntpd/association/server_association.h"

namespace ntp::association {
namespace {

// s: a server that is about a second ahead has yet to do the leap second.
constexpr double kLateLeapSlack = 0.1;

}  // namespace

bool ServerAssociation::is_authentic(const wire::PacketLayout& reply, ByteView octets,
                                     const Context& context, Trust trust) const {
  // NTPsec: a MAC behind extension fields is not looked at, and any other has to be right, even
  // where none is asked for.
  const bool has_mac = reply.mac && reply.extensions_size == 0;
  if (!has_mac) return settings_.key == 0 && trust == Trust::Anyone;
  if (settings_.key != 0 && reply.mac->key_id != settings_.key) return false;
  return context.keys != nullptr && !reply.mac->is_crypto_nak() &&
         context.keys->verify(reply.mac->key_id, octets.first(wire::kHeaderSize),
                              reply.mac->digest);
}

void ServerAssociation::take_unauthentic(const wire::Header& reply, Actions& actions) {
  ++bad_authentication_;
  authentic_ = false;
  flash_ |= flash::kAuthentication;
  // Who has not seen the request is counted, but gets nothing into the log.
  if (test_origin(reply, pending_, last_transmit_) == 0) {
    actions.push_back(Report{control::PeerEvent::BadAuth, {}});
  }
}

std::optional<Actions> ServerAssociation::on_datagram(const Datagram& datagram,
                                                      const Context& context, Trust trust) {
  if (session_) return on_protected(datagram, context);
  const auto packet = wire::parse_packet(datagram.payload);
  if (!packet || packet->header.mode != wire::Mode::Server || packet->header.version < 1 ||
      packet->header.version > wire::kVersion) {
    return std::nullopt;
  }
  std::optional<Actions> actions(std::in_place);
  const wire::Header& reply = packet->header;
  if (is_authentic(*packet, datagram.payload, context, trust)) {
    take_reply(reply, datagram.received, context, *actions);
  } else {
    take_unauthentic(reply, *actions);
  }
  return actions;
}

void ServerAssociation::take_reply(const wire::Header& reply, WallTime received,
                                   const Context& context, Actions& actions) {
  ++received_;
  flash_ &= ~flash::kPacketTests;

  const unsigned stray = test_origin(reply, pending_, last_transmit_);
  if (stray != 0) {
    reject(reply, received, stray, unanswered_, actions);
    ++(stray == flash::kDuplicate ? old_packet_ : bogus_origin_);
    return;
  }
  if (session_) {
    session_->keep_cookies();
    establisher_->confirm();
    poll_due_.reset();
  }
  // From here on the reply is the answer of whoever saw our request.
  pending_.waiting = false;
  const unsigned lost = unanswered_ - std::min(unanswered_, 1U);
  unanswered_ = 0;
  authentic_ = true;
  if (is_kiss(reply)) {
    take_kiss(reply, context, actions);
    return;
  }
  if (const unsigned failed = test_server(reply, context.limits); failed != 0) {
    reject(reply, received, failed, lost, actions);
    return;
  }
  take_answer(reply, received, lost, context, actions);
}

/// NTPsec: only the first rejected reply to a request is recorded, since a stranger could send any
/// number of them.
void ServerAssociation::reject(const wire::Header& reply, WallTime received, unsigned failed,
                               unsigned lost, Actions& actions) {
  flash_ |= failed;
  if (++rejected_ > 1) return;
  actions.push_back(RecordReply{reply, request_sent_, received, lost, rejected_, failed});
}

void ServerAssociation::take_kiss(const wire::Header& reply, const Context& context,
                                  Actions& actions) {
  if (reply.reference_id == kiss::kRate) {
    ++kisses_;
    kiss_code_ = reply.reference_id.to_text();
    actions.push_back(Report{control::PeerEvent::RateExceeded, {}});
    schedule_.slow_down(context.mono, reply.poll, context.random);
    return;
  }
  if (reply.reference_id != kiss::kDeny && reply.reference_id != kiss::kRestrict) return;
  ++kisses_;
  flash_ |= flash::kDenied;
  const std::string code = reply.reference_id.to_text();
  kiss_code_ = code;
  actions.push_back(Report{control::PeerEvent::AccessDenied, code});
  actions.push_back(Note{LogLevel::Warning, "PROTO: " + name() + " refuses to serve us (kiss " +
                                                code + "): it is not asked again"});
  if (origin_ == Origin::PoolMember) {
    actions.push_back(Demobilize{"access denied"});
    return;
  }
  stopped_ = true;
  reach_ = 0;
  actions.push_back(Reselect{});
}

void ServerAssociation::take_answer(const wire::Header& reply, WallTime received, unsigned lost,
                                    const Context& context, Actions& actions) {
  const sync::Exchange exchange{request_sent_, reply.receive.to_wall(received),
                                reply.transmit.to_wall(received), received};
  sync::Sample sample = sync::measure(exchange, context.precision, reply.precision, context.mono);
  // NTPsec: an on-path attacker could shift the offset by half of any delay that is let pass.
  if (sample.delay > context.limits.max_dist) {
    reject(reply, received, flash::kTooLate, lost, actions);
    ++old_packet_;
    return;
  }
  sample.offset += settings_.bias;
  if (context.late_leap != 0 && std::abs(sample.offset - context.late_leap) < kLateLeapSlack) {
    return;
  }

  kiss_code_.clear();
  leap_ = reply.leap;
  stratum_ = reply.stratum;
  mode_ = static_cast<int>(reply.mode);
  precision_ = reply.precision;
  source_root_delay_ = reply.root_delay.to_seconds();
  source_root_dispersion_ = reply.root_dispersion.to_seconds();
  reference_id_ = reply.reference_id;
  reference_time_ = reply.reference;
  last_transmit_ = reply.transmit;
  last_received_ = received;
  last_received_mono_ = context.mono;
  actions.push_back(RecordReply{reply, request_sent_, received, lost, rejected_, 0});

  const int burst = reach_ == 0
                        ? PollSchedule::kInitialBurst
                        : std::min(1 << std::min(schedule_.poll() - schedule_.min_poll(), 3),
                                   PollSchedule::kFullBurst);
  schedule_.answer_received(context.mono, burst, reach_ == 0);
  schedule_.update(context.mono, schedule_.poll(), context.random);
  take_sample(sample, context, actions);
  if (estimate().stray > 0) {
    schedule_.update(context.mono, schedule_.min_poll(), context.random);
  }
}

}  // namespace ntp::association
