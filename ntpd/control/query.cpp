// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/control/query.h"

#include "ntpd/control/format.h"
#include "ntpd/control/lists.h"

namespace ntp::control {

using wire::ControlError;
using wire::ControlOpcode;

std::uint16_t status_word(const SystemView& system) {
  return system_status_word(system.leap, system.source,
                            EventCounter(system.event_code, system.event_count));
}

std::uint16_t status_word(const PeerView& peer) {
  const PeerStatus status{peer.configured, peer.auth_enabled, peer.authentic, peer.reach != 0,
                          peer.selection};
  return peer_status_word(status, EventCounter(peer.event_code, peer.event_count));
}

Reply Query::answer() {
  switch (static_cast<ControlOpcode>(header_.opcode)) {
    case ControlOpcode::Unspecified:
      return status();
    case ControlOpcode::ReadStatus:
      return header_.association == 0 ? association_list() : peer_values({});
    case ControlOpcode::ReadVariables:
      return header_.association == 0 ? system_values() : peer_values(list_);
    case ControlOpcode::ReadClock:
      return clock_values();
    case ControlOpcode::Configure:
      return right_ == Right::Control ? configuration() : error(ControlError::Permission);
    case ControlOpcode::ReadOrderedList:
      return right_ == Right::Control ? ordered_list() : error(ControlError::Permission);
    case ControlOpcode::RequestNonce:
      return nonce();
    case ControlOpcode::ReadMru:
      return client_list();
    default:
      return error(ControlError::BadOpcode);
  }
}

Reply Query::empty() const { return wire::binary_reply(header_, {}); }

Reply Query::status() {
  if (header_.association == 0) {
    header_.status = status_word(system_);
    return empty();
  }
  const std::optional<PeerView> peer = model_.peer(header_.association);
  if (!peer) return error(ControlError::BadAssociation);
  header_.status = status_word(*peer);
  return empty();
}

Reply Query::association_list() {
  header_.status = status_word(system_);
  std::vector<std::uint8_t> records;
  for (const std::uint16_t id : model_.associations()) {
    const std::optional<PeerView> peer = model_.peer(id);
    if (!peer) continue;
    const std::uint16_t word = status_word(*peer);
    for (const std::uint16_t field : {id, word}) {
      records.push_back(static_cast<std::uint8_t>(field >> 8));
      records.push_back(static_cast<std::uint8_t>(field & 0xff));
    }
  }
  return wire::binary_reply(header_, records);
}

Reply Query::ordered_list() {
  header_.status = 0;
  TextWriter text;
  if (list_.empty() || list_ == "ifstats") {
    write_interfaces(model_, random_, text);
  } else if (list_ == "addr_restrictions") {
    write_restrictions(model_, random_, text);
  } else {
    return error(ControlError::UnknownVariable);
  }
  return text.frames(header_);
}

Reply Query::configuration() {
  if (header_.association != 0) return error(ControlError::BadValue);
  header_.status = 0;
  TextWriter text;
  if (!caller_.may_modify) {
    model_.refused(caller_.remote, "runtime configuration (nomodify)");
    text.add_raw("runtime configuration prohibited by restrict ... nomodify");
    return text.frames(header_);
  }
  // NTPsec: no text at all is no line that could be understood.
  const std::vector<std::string> rejections =
      list_.empty() ? std::vector<std::string>{"column 0 syntax error"}
                    : model_.configure(list_, caller_.remote);
  std::string news = rejections.empty() ? "Config Succeeded" : "";
  for (const std::string& rejection : rejections) news += rejection;
  text.add_raw(news);
  return text.frames(header_);
}

Reply Query::nonce() {
  header_.status = 0;
  TextWriter text;
  text.add("nonce", fresh_nonce());
  return text.frames(header_);
}

Reply Query::client_list() {
  if (!caller_.may_list_clients) {
    model_.refused(caller_.remote, "list of clients (nomrulist)");
    return error(ControlError::Permission);
  }
  header_.status = 0;
  // NTPsec: who has not shown that it gets what is sent to its address gets nothing, not an error.
  const auto query = ClientQuery::parse(list_);
  if (!query || !nonces_.valid(query->nonce, caller_.remote, caller_.received, system_.uptime)) {
    return {};
  }
  if (!query->has_valid_limits()) return error(ControlError::BadValue);
  TextWriter text;
  if (query->limit == 1) {
    write_named_clients(model_, *query, fresh_nonce(), system_.clock, random_, text);
    return text.frames(header_);
  }
  const auto prior = find_prior(model_, *query);
  if (query->priors != 0 && !prior) return error(ControlError::UnknownVariable);
  write_clients(model_, *query, prior, fresh_nonce(), system_.clock, random_, text);
  return text.frames(header_);
}

}  // namespace ntp::control
