// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/server/server.h"

#include <algorithm>
#include <utility>

#include "libntp/wire/signing.h"

namespace ntp::server {
namespace {

namespace flag = config::restrict_flag;
using wire::Mode;

constexpr std::size_t kSmallestDatagram = 12;
constexpr double kFlakeShare = 0.1;
constexpr std::uint32_t kRateFlags = flag::kLimited | flag::kKod;

bool is_known(ByteView datagram, const Kind& kind) {
  return datagram.size() >= kSmallestDatagram && kind.version >= 1 &&
         kind.version <= wire::kVersion &&
         (kind.mode == Mode::SymmetricActive || kind.mode == Mode::Client ||
          kind.mode == Mode::Server || kind.mode == Mode::Control);
}

}  // namespace

Server::Server(const config::Settings& settings, Random& random,
               const AccessTable::HostLookup& lookup)
    : random_(random), monitor_(settings.monitor), recent_(settings.mru, settings.limit, random) {
  set_access(AccessTable::build(settings.restrictions, lookup));
}

void Server::reconfigure(const config::Settings& settings) {
  monitor_ = settings.monitor;
  recent_.set_limits(settings.mru, settings.limit);
}

void Server::set_access(AccessTable table) {
  access_ = std::move(table);
  access_has_limits_ = access_.has_limits();
  hits_.assign(access_.entries().size(), 0);
}

AccessTable::Hole Server::poke_hole(const Endpoint& source, bool authenticated) {
  AccessTable table = access_;
  const auto hole = table.poke_hole(source, authenticated);
  if (hole != AccessTable::Hole::Poked) return hole;
  const auto& before = access_.entries();
  const auto& after = table.entries();
  if (after.size() > before.size()) {
    const auto place = std::mismatch(before.begin(), before.end(), after.begin()).first;
    hits_.insert(hits_.begin() + (place - before.begin()), 0);
  }
  access_ = std::move(table);
  access_has_limits_ = access_.has_limits();
  return hole;
}

Outcome Server::handle(const Datagram& datagram, const Clock& clock, ByteSpan out) {
  ++counters_.received;
  const Kind kind = kind_of(datagram.payload);
  if (kind.bare_version1) count_version1(datagram.payload);
  if (datagram.truncated || !is_known(datagram.payload, kind))
    return drop(DropReason::BadFormat, 0);
  const MonoTime now = clock.mono();
  last_received_ = now;
  const auto [reason, flags] = judge(datagram, kind, now);
  if (reason) return drop(*reason, flags);
  const bool over_limit = (flags & flag::kLimited) != 0;
  if (over_limit) {
    if ((flags & flag::kKod) == 0) return drop(DropReason::Limited, flags);
    ++counters_.limited;
  }
  if (kind.mode == Mode::Control) {
    ++counters_.control_requests;
    ++counters_.processed;
    return {Outcome::Action::Control, 0, std::nullopt, flags};
  }
  ++(kind.version == wire::kVersion ? counters_.this_version : counters_.old_version);
  if ((flags & flag::kMsSntp) != 0 && (flags & flag::kNoTrust) == 0 &&
      wire::asks_for_signature(datagram.payload)) {
    return answer_unsigned(datagram, now, clock, flags, out);
  }
  const auto trust = (flags & flag::kNoTrust) != 0 ? Trust::KeyHoldersOnly : Trust::Anyone;
  // NTPsec: with `notrust` a MAC is wanted, whatever NTS says: its keys are anybody's to have.
  if (kind.mode == Mode::Client && trust == Trust::Anyone &&
      nts::looks_protected(datagram.payload)) {
    return answer_protected(datagram, now, clock, flags, out);
  }
  const auto request = parse_request(datagram, trust, keys_);
  if (!request) return drop(request.error(), flags);
  const std::size_t bare = over_limit ? write_kiss(*request, out)
                                      : write_reply(snapshot_, *request, now, clock.wall(), out);
  const std::size_t size = add_mac(*request, bare, keys_, out);
  if (size == 0) return drop(DropReason::BadAuthentication, flags);
  return reply(size, flags);
}

Outcome Server::answer_unsigned(const Datagram& datagram, MonoTime now, const Clock& clock,
                                std::uint32_t flags, ByteSpan out) {
  Datagram bare = datagram;
  bare.payload = datagram.payload.first(wire::kHeaderSize);
  const auto request = parse_request(bare, Trust::Anyone);
  if (!request) return drop(request.error(), flags);
  const std::size_t size = (flags & flag::kLimited) != 0
                               ? write_kiss(*request, out)
                               : write_reply(snapshot_, *request, now, clock.wall(), out);
  Outcome outcome = reply(size, flags);
  outcome.action = Outcome::Action::Sign;
  return outcome;
}

Outcome Server::answer_protected(const Datagram& datagram, MonoTime now, const Clock& clock,
                                 std::uint32_t flags, ByteSpan out) {
  const auto header = wire::decode_header(datagram.payload);
  if (!header) return drop(DropReason::BadFormat, flags);
  const Request request{*header, NtpTimestamp::from_wall(datagram.received), 0};
  // A kiss needs no protection: whoever gets it does not believe it, but sends less if it is wise.
  if ((flags & flag::kLimited) != 0) return reply(write_kiss(request, out), flags);
  if (!nts_on_) {
    ++nts_not_server_;
    Outcome outcome = drop(DropReason::Declined, flags);
    outcome.nts_flaw = "there are no keys for cookies here";
    return outcome;
  }
  const nts::RequestVerdict verdict = nts_->packets().open(datagram.payload);
  switch (verdict) {
    case nts::RequestVerdict::Genuine: {
      const std::size_t size = write_protected(request, now, clock, out);
      return size == 0 ? drop(DropReason::Declined, flags) : reply(size, flags);
    }
    case nts::RequestVerdict::Nak: {
      count(DropReason::Declined);
      const std::size_t size = nts_->packets().make_nak(out);
      const auto action = size == 0 ? Outcome::Action::Drop : Outcome::Action::Reply;
      return {action, size, DropReason::Declined, flags, nts::describe(verdict)};
    }
    default: {
      Outcome outcome = drop(DropReason::Declined, flags);
      outcome.nts_flaw = nts::describe(verdict);
      return outcome;
    }
  }
}

std::size_t Server::write_protected(const Request& request, MonoTime now, const Clock& clock,
                                    ByteSpan out) {
  nts::ServerPackets& packets = nts_->packets();
  // The cookies are sealed by then, so that little time passes between the stamp and the sending.
  if (packets.prepare(out) == 0) return 0;
  if (write_reply(snapshot_, request, now, clock.wall(), out) == 0) return 0;
  return packets.finish(out);
}

Outcome Server::reply(std::size_t size, std::uint32_t flags) {
  ++counters_.processed;
  if ((flags & flag::kLimited) != 0) ++counters_.kod_sent;
  return {Outcome::Action::Reply, size, std::nullopt, flags};
}

Result<void> Server::set_cookie_keys(const nts::CookieKeys* keys) {
  if (keys == nullptr) {
    nts_on_ = false;
    return {};
  }
  if (nts_) {
    if (auto taken = nts_->set_keys(*keys); !taken) return taken;
  } else {
    auto side = NtsSide::make(*keys, random_);
    if (!side) return fail(side.error().message);
    nts_ = std::move(*side);
  }
  nts_on_ = true;
  return {};
}

Server::Judgement Server::judge(const Datagram& datagram, const Kind& kind, MonoTime now) {
  const auto entry = access_.match(datagram.remote);
  if (!entry) return {DropReason::Restricted, flag::kIgnore};
  ++hits_[*entry];
  const std::uint32_t flags = access_.entries()[*entry].flags;
  const bool control = kind.mode == Mode::Control;
  if ((flags & flag::kIgnore) != 0 || (flags & (control ? flag::kNoQuery : flag::kNoServe)) != 0 ||
      ((flags & flag::kVersion) != 0 && kind.version != wire::kVersion) ||
      ((flags & flag::kFlake) != 0 && random_.uniform() < kFlakeShare)) {
    return {DropReason::Restricted, flags};
  }
  if (!remembers()) return {std::nullopt, flags & ~kRateFlags};
  return {std::nullopt, recent_.observe(datagram, kind, flags, now)};
}

void Server::count_version1(ByteView datagram) {
  ++counters_.version1;
  switch (wire::mode_of(datagram)) {
    case Mode::Client:
      ++counters_.version1_client;
      break;
    case Mode::Reserved:
      ++counters_.version1_zero;
      break;
    case Mode::SymmetricActive:
      ++counters_.version1_symmetric;
      break;
    default:
      break;
  }
}

Outcome Server::drop(DropReason reason, std::uint32_t flags) {
  count(reason);
  return {Outcome::Action::Drop, 0, reason, flags};
}

void Server::count(DropReason reason) {
  switch (reason) {
    case DropReason::BadFormat:
      ++counters_.bad_format;
      break;
    case DropReason::Restricted:
      ++counters_.restricted;
      break;
    case DropReason::Limited:
      ++counters_.limited;
      break;
    case DropReason::BadAuthentication:
      ++counters_.bad_authentication;
      break;
    case DropReason::Declined:
      ++counters_.declined;
      break;
  }
}

void Server::count_reply(ByteView datagram, std::optional<DropReason> reason) {
  ++counters_.received;
  if (reason) {
    count(*reason);
    return;
  }
  const bool is_current = kind_of(datagram).version == wire::kVersion;
  ++(is_current ? counters_.this_version : counters_.old_version);
  ++counters_.processed;
}

}  // namespace ntp::server
