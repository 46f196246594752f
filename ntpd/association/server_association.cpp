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
// The name of a server that stays dead is looked up anew so often.
constexpr Duration kLookUpAgain = std::chrono::seconds(2048);
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

bool ServerAssociation::dead() const {
  return origin_ == Origin::PoolMember && unreach_ >= kDeadPolls;
}

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
        // Given up without another in its place it would be found again, and asked from minpoll on.
        if (origin_ == Origin::PoolMember &&
            (!active() || count(context.active_sources) > context.limits.max_clock)) {
          actions.push_back(Demobilize{"no answer"});
          return actions;
        }
        if (named() && !session_ && !looking_up_ && context.mono >= look_up_again_) {
          looking_up_ = true;
          look_up_again_ = context.mono + kLookUpAgain;
          actions.push_back(Resolve{settings_.host, settings_.family});
        }
      }
    } else {
      // What does not fit is looked into at once.
      poll = estimate().stray > 0 ? schedule_.min_poll() : context.system_poll;
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
  // NTPsec: without keys so far it looks like one without NTS.
  if (session_ && session_->established()) {
    view.nts_cookies = static_cast<int>(session_->cookies());
  }
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
