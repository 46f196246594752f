// SPDX-License-Identifier: BSD-2-Clause
#include <algorithm>
#include <utility>

#include "ntpd/association/pool_association.h"
#include "ntpd/association/refclock_association.h"
#include "ntpd/association/server_association.h"
#include "ntpd/engine/engine.h"

namespace ntp::engine {
namespace {

template <class... Visitors>
struct Overloaded : Visitors... {
  using Visitors::operator()...;
};
// Clang deduces it by itself from version 17 on only.
template <class... Visitors>
Overloaded(Visitors...) -> Overloaded<Visitors...>;

// NTPsec: `noserve` locks out the answers of own servers, too.
constexpr std::uint32_t kLockedOut =
    config::restrict_flag::kIgnore | config::restrict_flag::kNoServe;

}  // namespace

config::SourceSettings pool_member(config::SourceSettings pool) {
  pool.prefer = pool.noselect = pool.burst = pool.truechimer = false;
  pool.key = 0;
  pool.bias = 0;
  return pool;
}

Engine::Row* Engine::find(association::Id id) const {
  const auto found =
      std::find_if(rows_.begin(), rows_.end(), [id](const auto& row) { return row->id == id; });
  return found == rows_.end() ? nullptr : found->get();
}

bool Engine::in_use(const Endpoint& server) const {
  return std::any_of(rows_.begin(), rows_.end(),
                     [&](const auto& row) { return row->association->remote() == server; });
}

association::Context Engine::context() const {
  const MonoTime now = host_.clock.mono();
  return {.mono = now,
          .wall = host_.clock.wall(),
          .system_poll = clock_.controller().poll_exponent(),
          .precision = options_.precision,
          .corrections = &clock_.controller().corrections(),
          .frequency = clock_.controller().frequency_prior(),
          .late_leap = leap_watch_.yet_to_be_done(now),
          .synchronized = state_.leap != Leap::Unsynchronized,
          .system_peer = state_.peer,
          .survivors = survivors_,
          .active_sources = &active_sources_,
          .dead_sources = &dead_sources_,
          .limits = settings_.tos,
          .random = host_.random,
          .keys = &keys_->ring(),
          .nts = &nts_client_,
          .is_own = options_.is_own_address ? &options_.is_own_address : nullptr};
}

Engine::Row* Engine::mobilize(const config::SourceSettings& source, Address pool_address,
                              MonoTime first) {
  do {
    ++next_id_;
  } while (next_id_ == 0 || find(next_id_) != nullptr);
  const auto now = context();
  const auto in_use_already = [this](const Endpoint& server) { return in_use(server); };

  auto row = std::make_unique<Row>();
  switch (source.type) {
    case config::SourceType::Refclock: {
      auto unit = take_clock(source);
      if (!unit) {
        host_.log.error("REFCLOCK: " + unit.error().message);
        return nullptr;
      }
      row->association = std::make_unique<association::RefclockAssociation>(
          next_id_, source, now, first, std::move(*unit));
      break;
    }
    case config::SourceType::Pool:
      if (!pool_address.is_set()) {
        row->association = std::make_unique<association::PoolAssociation>(next_id_, source, now,
                                                                          first, in_use_already);
        break;
      }
      [[fallthrough]];
    case config::SourceType::Server:
      row->association = std::make_unique<association::ServerAssociation>(
          next_id_, source, pool_address, now, first, in_use_already);
      break;
  }
  row->id = next_id_;
  Row& added = *row;
  rows_.push_back(std::move(row));
  report(*added.association, control::PeerEvent::Mobilize, "assoc " + std::to_string(next_id_));
  check_key(*added.association);
  admit(added);
  arm(added);
  return &added;
}

void Engine::demobilize(association::Id id, const std::string& reason) {
  Row* row = find(id);
  if (row == nullptr) return;
  report(*row->association, control::PeerEvent::Demobilize, "assoc " + std::to_string(id));
  log_seldom(LogLevel::Info, "PROTO: " + row->association->name() + " dropped: " + reason);
  host_.timers.cancel(row->timer);
  std::erase_if(rows_, [id](const auto& each) { return each->association->id() == id; });
  reselect();
}

void Engine::arm(Row& row) {
  const MonoTime when = row.association->due();
  if (row.timer != Timers::kNone && row.due == when) return;
  host_.timers.cancel(row.timer);
  row.due = when;
  row.timer = host_.timers.at(when, [this, id = row.id] {
    Row* due = find(id);
    if (due == nullptr) return;
    due->timer = Timers::kNone;
    const auto now = context();
    perform(id, due->association->on_timer(now));
    housekeeping_along(now.mono);
  });
}

void Engine::perform(association::Id id, association::Actions&& actions) {
  // Any action may change the table, so the row is looked up anew for each.
  for (auto& action : actions) {
    Row* row = find(id);
    if (row == nullptr) return;
    std::visit(
        Overloaded{
            [&](association::Send& send) { perform(*row, send); },
            [&](association::Resolve& request) { look_up(id, request); },
            [&](association::Establish& wanted) { establish(*row, wanted); },
            [&](association::Spawn& wanted) { spawn(id, wanted); },
            [&](association::Reselect&) { reselect(); },
            [&](association::RecordEstimate&) {
              record_estimate(*row->association);
              calibrate(*row->association);
            },
            [&](association::RecordReply& reply) { record_reply(*row->association, reply); },
            [&](association::RecordClock& line) { record_clock(*row->association, line.text); },
            [&](association::Report& event) {
              report(*row->association, event.event, event.detail);
            },
            [&](association::Note& note) { log_seldom(note.level, note.text, note.key); },
            [&](association::Demobilize& end) { demobilize(id, end.reason); },
        },
        action);
    if (!running_) return;
  }
  if (Row* row = find(id)) {
    admit(*row);
    arm(*row);
  }
}

void Engine::perform(Row& row, const association::Send& send) {
  auto& server = static_cast<association::ServerAssociation&>(*row.association);
  const association::Id id = server.id();
  if (send.fresh_port || !row.channel) {
    row.channel.reset();
    row.sent_on_channel = 0;
    ClientNetwork::Handlers handlers;
    handlers.on_datagram = [this, id](const Datagram& datagram) { on_reply(id, datagram); };
    handlers.on_sent = [this, id](std::uint32_t number, WallTime sent) {
      if (Row* stamped = find(id)) {
        static_cast<association::ServerAssociation&>(*stamped->association)
            .transmit_stamped(number, sent);
      }
    };
    handlers.on_undelivered = [this, id](const std::string& reason) {
      if (Row* unreached = find(id)) {
        static_cast<association::ServerAssociation&>(*unreached->association).undelivered(reason);
      }
    };
    auto channel = host_.network.connect(server.remote(), std::move(handlers));
    if (!channel) {
      host_.log.debug("IO: " + channel.error().message);
      ++send_failures_;
      ++traffic_of(Address::any(server.address().family())).failed;
      server.send_failed(channel.error().message);
      return;
    }
    row.channel = std::move(*channel);
    server.set_local(row.channel->local());
  }
  server.sent(host_.clock.wall(), row.sent_on_channel);
  if (const auto done = row.channel->send(send.packet); !done) {
    host_.log.debug("IO: " + done.error().message);
    ++send_failures_;
    ++traffic_of(Address::any(server.address().family())).failed;
    server.send_failed(done.error().message);
    return;
  }
  ++row.sent_on_channel;
  ++packets_sent_;
  ++requests_sent_;
}

void Engine::look_up(association::Id id, const association::Resolve& request) {
  std::weak_ptr<Engine*> alive = self_;
  host_.resolver.resolve(request.host, request.family,
                         [this, alive, id](const Result<std::vector<Address>>& addresses) {
                           if (alive.expired()) return;
                           Row* row = find(id);
                           if (row == nullptr) return;
                           perform(id, row->association->resolved(addresses, context()));
                         });
}

void Engine::on_reply(association::Id id, const Datagram& datagram) {
  using association::ServerAssociation;
  Row* row = find(id);
  if (row == nullptr) return;
  ++packets_received_;
  if (datagram.truncated) {
    ++packets_dropped_;
    server_.count_reply(datagram.payload, server::DropReason::BadFormat);
    return;
  }
  // One of the two clocks may have done the leap second already.
  const auto now = context();
  if (leap_watch_.second().disturbs(now.mono)) return;
  auto& server = static_cast<ServerAssociation&>(*row->association);
  const auto flags = server_.access().flags_for(datagram.remote);
  if ((flags & kLockedOut) != 0) {
    server.count_restricted();
    server_.count_reply(datagram.payload, server::DropReason::Restricted);
    return;
  }
  const auto trust = (flags & config::restrict_flag::kNoTrust) != 0
                         ? ServerAssociation::Trust::KeyHoldersOnly
                         : ServerAssociation::Trust::Anyone;
  const std::uint64_t refused = server.bad_authentication();
  const std::uint64_t declined = server.declined();
  auto actions = server.on_datagram(datagram, now, trust);
  std::optional<server::DropReason> reason;
  if (!actions) {
    reason = server::DropReason::BadFormat;
  } else if (server.bad_authentication() != refused) {
    reason = server::DropReason::BadAuthentication;
  } else if (server.declined() != declined) {
    reason = server::DropReason::Declined;
  }
  server_.count_reply(datagram.payload, reason);
  if (actions) perform(id, std::move(*actions));
}

}  // namespace ntp::engine
