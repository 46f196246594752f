// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/association/server_association.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "libntp/crypto/refid.h"

namespace ntp::association {
namespace {

// Name look-ups that failed are tried again after 8 s, and then ever more rarely, up to 1024 s.
constexpr int kFirstRetry = 3;
constexpr int kLastRetry = 10;
// A kernel stamp further from our own reading than this is not of this request.
constexpr Duration kStampSlack = std::chrono::seconds(1);

std::optional<Address> literal_address(const config::SourceSettings& settings) {
  const auto address = parse_address(settings.host);
  if (address && settings.family != Family::Any && address->family() != settings.family) {
    return std::nullopt;
  }
  return address;
}

Actions join(Actions first, Actions second) {
  std::move(second.begin(), second.end(), std::back_inserter(first));
  return first;
}

}  // namespace

ServerAssociation::ServerAssociation(Id id, const config::SourceSettings& settings,
                                     Address pool_address, const Context& context, MonoTime first,
                                     InUse in_use)
    : Association(id, settings, context, first),
      origin_(pool_address.is_set() ? Origin::PoolMember : Origin::Configured),
      in_use_(std::move(in_use)) {
  if (settings.nts) {
    establisher_.emplace(in_use_);
    session_.emplace();
    literal_ = literal_address(settings).has_value();
    reference_id_ = refid::kNts;
  } else if (origin_ == Origin::PoolMember) {
    address_ = pool_address;
  } else if (const auto literal = literal_address(settings)) {
    address_ = *literal;
    literal_ = true;
  } else {
    reference_id_ = refid::kDns;
  }
}

bool ServerAssociation::active() const { return Association::active() && !stopped_; }

void ServerAssociation::look_up(const Context& context, Actions& actions) {
  looking_up_ = true;
  actions.push_back(Resolve{settings_.host, settings_.family});
  // resolved() sets the next time; this one only guards against an answer that never comes.
  schedule_.set_due(context.mono + from_seconds(log2_seconds(kLastRetry)));
}

Actions ServerAssociation::resolved(const Result<std::vector<Address>>& addresses,
                                    const Context& context) {
  Actions actions;
  if (establisher_) {
    if (const auto grant = establisher_->resolved(addresses, context, actions)) {
      return join(std::move(actions), adopt(*grant, context));
    }
    await_keys(context);
    return actions;
  }
  looking_up_ = false;
  dns_error_.clear();
  const auto retry = [&](std::string why) {
    dns_error_ = why;
    const int wait = std::min(kFirstRetry + failed_look_ups_, kLastRetry);
    if (failed_look_ups_++ == 0) {
      actions.push_back(Note{LogLevel::Warning, "DNS: " + settings_.host + ": " + std::move(why)});
    }
    if (!address_.is_set()) schedule_.set_due(context.mono + from_seconds(log2_seconds(wait)));
  };
  if (!addresses) {
    retry(addresses.error().message);
    return actions;
  }
  if (std::find(addresses->begin(), addresses->end(), address_) != addresses->end()) {
    failed_look_ups_ = 0;
    return actions;
  }
  const auto free = std::find_if(addresses->begin(), addresses->end(), [&](const Address& each) {
    return !in_use_({each, kNtpPort});
  });
  if (free == addresses->end()) {
    retry("all its addresses are in use by other lines");
    return actions;
  }
  failed_look_ups_ = 0;
  actions.push_back(Note{LogLevel::Info, "DNS: Server taking: " + free->to_string()});
  move_to({*free, kNtpPort}, free->is_v4() ? refid::kDns4 : refid::kDns6, context);
  return actions;
}

void ServerAssociation::move_to(const Endpoint& server, RefId reference_id,
                                const Context& context) {
  address_ = server.address;
  port_ = server.port;
  forget(context, reference_id);
  pending_ = {};
  want_fresh_port_ = true;
  schedule_.restart(context.mono);
}

Actions ServerAssociation::on_timer(const Context& context) {
  Actions actions;
  if (stopped_) {
    schedule_.set_due(context.mono + from_seconds(log2_seconds(17)));
    return actions;
  }
  if (session_ && !see_to_keys(context, actions)) return actions;
  if (!address_.is_set()) {
    look_up(context, actions);
    return actions;
  }
  int poll = schedule_.poll();
  if (!schedule_.in_burst()) {
    schedule_.begin_poll(context.mono);
    shift_reach(context, actions);
    if (reach_ == 0) {
      if (settings_.iburst) schedule_.arm_burst();
      if (unreach_ >= kDeadPolls) {
        ++poll;
        if (origin_ == Origin::PoolMember) {
          actions.push_back(Demobilize{"no answer"});
          return actions;
        }
        if (named() && !session_ && !looking_up_ && unreach_ % kDeadPolls == 0) {
          looking_up_ = true;
          actions.push_back(Resolve{settings_.host, settings_.family});
        }
      }
    } else {
      poll = context.system_poll;
      if (settings_.burst && peer_tests(context) == 0) schedule_.arm_burst();
    }
  }
  session_ ? send_protected(context, actions) : send_request(context, actions);
  schedule_.packet_sent(context.mono);
  schedule_.update(context.mono, poll, context.random);
  if (session_) await_keys(context);
  return actions;
}

void ServerAssociation::send_request(const Context& context, Actions& actions) {
  if (settings_.key != 0 && (context.keys == nullptr || !context.keys->usable(settings_.key))) {
    ++bad_authentication_;
    flash_ |= flash::kAuthentication;
    actions.push_back(Report{control::PeerEvent::BadAuth, "no key"});
    return;
  }
  // An answer that is still missing may mean that a middlebox has forgotten the port, or that the
  // route has changed; a new socket settles both.
  Send send;
  send.fresh_port = want_fresh_port_ || pending_.waiting;
  want_fresh_port_ = false;

  pending_.waiting = true;
  do {
    pending_.nonce = NtpTimestamp(context.random.u64());
  } while (pending_.nonce.is_zero());

  wire::Header request;
  request.version = settings_.version;
  request.mode = wire::Mode::Client;
  request.precision = 0x20;
  request.transmit = pending_.nonce;
  send.packet.resize(wire::kHeaderSize);
  ByteWriter out(send.packet);
  wire::encode_header(request, out);
  if (settings_.key != 0) {
    std::array<std::uint8_t, crypto::KeyRing::kMaxTrailer> mac{};
    const std::size_t size = context.keys->sign(settings_.key, send.packet, mac);
    send.packet.insert(send.packet.end(), mac.begin(), mac.begin() + size);
  }
  actions.push_back(std::move(send));
}

void ServerAssociation::send_failed(const std::string& why) {
  want_fresh_port_ = true;
  // Without the endpoint in front.
  const std::size_t colon = why.rfind(": ");
  send_error_ = colon == std::string::npos ? why : why.substr(colon + 2);
}

void ServerAssociation::sent(WallTime now, std::uint32_t number) {
  send_error_.clear();
  request_sent_ = now;
  request_number_ = number;
  ++unanswered_;
  rejected_ = 0;
  ++sent_;
}

void ServerAssociation::transmit_stamped(std::uint32_t number, WallTime when) {
  if (pending_.waiting && number == request_number_ && when >= request_sent_ &&
      when - request_sent_ < kStampSlack) {
    request_sent_ = when;
  }
}

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
  Actions actions;
  const wire::Header& reply = packet->header;
  if (!is_authentic(*packet, datagram.payload, context, trust)) {
    take_unauthentic(reply, actions);
    return actions;
  }
  take_reply(reply, datagram.received, context, actions);
  return actions;
}

void ServerAssociation::take_reply(const wire::Header& reply, WallTime received,
                                   const Context& context, Actions& actions) {
  ++received_;
  last_received_mono_ = context.mono;
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
  actions.push_back(RecordReply{reply, request_sent_, received, lost, rejected_, 0});

  const int burst = reach_ == 0
                        ? PollSchedule::kInitialBurst
                        : std::min(1 << std::min(schedule_.poll() - schedule_.min_poll(), 3),
                                   PollSchedule::kFullBurst);
  schedule_.answer_received(context.mono, burst, reach_ == 0);
  schedule_.update(context.mono, schedule_.poll(), context.random);
  take_sample(sample, context, actions);
}

void ServerAssociation::clock_stepped(const Context& context) {
  // A reply that is under way carries a stamp of the old time.
  pending_ = {};
  if (!address_.is_set() || stopped_) return;
  Association::clock_stepped(context);
  if (settings_.iburst) schedule_.arm_burst();
}

bool ServerAssociation::loops(const Context&) const {
  return local_.address.is_set() && reference_id_ == crypto::reference_id(local_.address);
}

control::PeerView ServerAssociation::view(const Context& context) const {
  control::PeerView view = Association::view(context);
  view.configured = origin_ == Origin::Configured;
  view.authentic = authentic_;
  view.remote.port = address_.is_set() ? port_ : 0;
  if (session_) view.nts_cookies = static_cast<int>(session_->cookies());
  view.local = local_;
  view.peer_mode = mode_;
  view.transmit_time = last_transmit_;
  view.bad_authentication = bad_authentication_;
  view.bogus_origin = bogus_origin_;
  view.old_packet = old_packet_;
  view.kisses = kisses_;
  view.dns_error = dns_error_;
  view.send_error = send_error_;
  view.kiss_code = kiss_code_;
  view.restricted = restricted_;
  if (establisher_) {
    view.nts_error = establisher_->failure().empty() ? declined_as_ : establisher_->failure();
  }
  if (named() || (session_ && !literal_)) view.host_name = settings_.host;
  if (!address_.is_set()) {
    // NTPsec: while there is no address it shows how soon the name is looked up again.
    view.host_poll = std::min(kFirstRetry + std::max(failed_look_ups_ - 1, 0), kLastRetry);
    view.flash = flash::kPeerDistance | flash::kPeerUnreachable;
  }
  return view;
}

}  // namespace ntp::association
