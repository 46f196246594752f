// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/control/responder.h"

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include "libntp/wire/control.h"
#include "ntpd/control/events.h"
#include "ntpd/control/format.h"
#include "ntpd/control/lists.h"
#include "ntpd/control/name_list.h"
#include "ntpd/control/text_writer.h"
#include "ntpd/control/variables.h"

namespace ntp::control {
namespace {

using wire::ControlError;
using wire::ControlOpcode;

/// Of a frame whose data can't be read: everything but the count.
std::optional<wire::ControlHeader> header_alone(ByteView request) {
  if (request.size() < wire::kControlHeaderSize) return std::nullopt;
  std::array<std::uint8_t, wire::kControlHeaderSize> octets{};
  constexpr std::size_t kCountOffset = 10;
  std::copy_n(request.begin(), kCountOffset, octets.begin());
  const auto frame = wire::decode_control(octets);
  if (!frame) return std::nullopt;
  return frame->header;
}

std::uint16_t status_word(const SystemView& system) {
  return system_status_word(system.leap, system.source,
                            EventCounter(system.event_code, system.event_count));
}

std::uint16_t status_word(const PeerView& peer) {
  const PeerStatus status{peer.configured, peer.auth_enabled, peer.authentic, peer.reach != 0,
                          peer.selection};
  return peer_status_word(status, EventCounter(peer.event_code, peer.event_count));
}

std::uint16_t status_word(const ClockView& clock) {
  return EventCounter(clock.state, clock.report_count).octet();
}

std::string_view name_of(const UserVariable& variable) {
  return std::string_view(variable.text).substr(0, variable.text.find('='));
}

/// The variables that a tolerant list names, by their place in the table: in its order, each once.
/// All false if the list names none. Nothing if it has an unknown name.
template <class Variable>
std::optional<std::vector<bool>> named_variables(std::string_view list,
                                                 std::span<const Variable> table) {
  std::vector<bool> named(table.size(), false);
  while (const std::optional<ListItem> item = tolerant_item(list)) {
    if (item->value.size() >= kTolerantValueLimit) break;
    const auto found = std::ranges::find(table, item->name, &Variable::name);
    if (found == table.end()) return std::nullopt;
    named[static_cast<std::size_t>(found - table.begin())] = true;
    list = item->rest;
  }
  return named;
}

/// One request on its way to its answer.
class Query {
 public:
  /// What the MAC of the request allows.
  enum class Right : std::uint8_t { None, Known, Control };

  /// What a query is answered from.
  struct Sources {
    Model& model;
    Random& random;
    Nonces& nonces;
    const Identity& identity;
    const SystemView& system;
    const Caller& caller;
  };

  Query(const Sources& sources, wire::ControlHeader header, std::string_view list, Right right)
      : model_(sources.model),
        random_(sources.random),
        nonces_(sources.nonces),
        identity_(sources.identity),
        system_(sources.system),
        caller_(sources.caller),
        header_(header),
        list_(list),
        right_(right) {
    header_.leap = system_.leap;
  }

  Reply answer();

 private:
  Reply error(ControlError code) const { return {wire::error_reply(header_, code)}; }
  Reply empty() const;
  Reply status();
  Reply association_list();
  Reply system_values();
  Reply system_defaults();
  Reply peer_values(std::string_view list);
  Reply clock_values();
  Reply ordered_list();
  Reply configuration();
  Reply nonce();
  Reply client_list();
  /// What a tolerant list names, or the default set if it names nothing, in the table's order.
  template <class Variable, class Getter>
  Reply listed_values(std::span<const Variable> table, std::string_view list, Getter getter) const;

  [[nodiscard]] std::optional<std::string> system_item(std::string_view name) const;
  [[nodiscard]] const UserVariable* user_variable(std::string_view name) const;
  [[nodiscard]] std::optional<std::uint16_t> any_clock() const;

  [[nodiscard]] std::string fresh_nonce() const {
    return nonces_.make(caller_.remote, caller_.received, system_.uptime);
  }

  Model& model_;
  Random& random_;
  Nonces& nonces_;
  const Identity& identity_;
  const SystemView& system_;
  const Caller& caller_;
  wire::ControlHeader header_;
  std::string_view list_;
  Right right_;
  std::vector<UserVariable> user_variables_;
};

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

Reply Query::system_values() {
  header_.status = status_word(system_);
  user_variables_ = model_.user_variables();
  user_variables_.insert(user_variables_.begin(),
                         {"daemon_version=\"" + identity_.version + '"', false});
  if (list_.empty()) return system_defaults();

  // NTPsec: names are taken strictly and in the order of the request, but what is not in the table
  // is looked for a second time among the user's variables, and there with tolerance.
  TextWriter text;
  while (!list_.empty()) {
    const ListItem strict = strict_item(list_);
    if (strict.value.size() >= kStrictValueLimit) break;
    if (const auto value = system_item(strict.name)) {
      text.add(strict.name, *value);
      list_ = strict.rest;
      continue;
    }
    const std::optional<ListItem> tolerant = tolerant_item(list_);
    if (!tolerant || tolerant->value.size() >= kTolerantValueLimit) {
      return error(ControlError::BadValue);
    }
    const UserVariable* variable = user_variable(tolerant->name);
    if (variable == nullptr) return error(ControlError::UnknownVariable);
    text.add_raw(variable->text);
    list_ = tolerant->rest;
  }
  return text.frames(header_);
}

Reply Query::system_defaults() {
  const SystemContext context{model_, identity_, system_};
  TextWriter text;
  for (const SystemVariable& variable : system_variables()) {
    if (variable.listing != Listing::Default) continue;
    if (const auto value = variable.value(context)) text.add(variable.name, *value);
  }
  for (const UserVariable& variable : user_variables_) {
    if (variable.by_default) text.add_raw(variable.text);
  }
  return text.frames(header_);
}

std::optional<std::string> Query::system_item(std::string_view name) const {
  const auto table = system_variables();
  const auto found = std::ranges::find(table, name, &SystemVariable::name);
  if (found == table.end()) return std::nullopt;
  return found->value({model_, identity_, system_});
}

const UserVariable* Query::user_variable(std::string_view name) const {
  const auto found = std::ranges::find(user_variables_, name, name_of);
  return found == user_variables_.end() ? nullptr : &*found;
}

Reply Query::peer_values(std::string_view list) {
  const std::optional<PeerView> peer = model_.peer(header_.association);
  if (!peer) return error(ControlError::BadAssociation);
  header_.status = status_word(*peer);
  // NTPsec: this reply still shows the count.
  if (right_ != Right::None) model_.acknowledge_events(peer->id);
  return listed_values(peer_variables(), list, [&peer](const PeerVariable& variable, bool) {
    return variable.getter(*peer);
  });
}

std::optional<std::uint16_t> Query::any_clock() const {
  const auto is_clock = [this](std::uint16_t id) {
    const std::optional<PeerView> peer = model_.peer(id);
    return peer && peer->refclock;
  };
  if (system_.peer != 0 && is_clock(system_.peer)) return system_.peer;
  const std::vector<std::uint16_t> ids = model_.associations();
  const auto found = std::ranges::find_if(ids, is_clock);
  return found == ids.end() ? std::nullopt : std::optional(*found);
}

Reply Query::clock_values() {
  const std::optional<std::uint16_t> id =
      header_.association != 0 ? header_.association : any_clock();
  const std::optional<ClockView> clock = id ? model_.clock(*id) : std::nullopt;
  if (!clock) return error(ControlError::BadAssociation);
  header_.status = status_word(*clock);
  struct Entry {
    std::string_view name;
    Listing listing;
    const ClockVariable* common;
    const ClockView::Own* own;
  };
  std::vector<Entry> table;
  for (const ClockVariable& each : clock_variables()) {
    table.push_back({each.name, each.listing, &each, nullptr});
  }
  for (const ClockView::Own& each : clock->own) {
    table.push_back(
        {each.name, each.listed ? Listing::Default : Listing::OnRequest, nullptr, &each});
  }
  return listed_values(std::span<const Entry>(table), list_,
                       [&clock](const Entry& entry, bool asked) -> std::optional<std::string> {
                         if (entry.common != nullptr) return entry.common->getter(*clock, asked);
                         return entry.own->quoted ? quoted(entry.own->text) : entry.own->text;
                       });
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
  const std::vector<int> columns =
      list_.empty() ? std::vector<int>{0} : model_.configure(list_, caller_.remote);
  std::string news = columns.empty() ? "Config Succeeded" : "";
  for (const int column : columns) news += "column " + integer(column) + " syntax error";
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

template <class Variable, class Getter>
Reply Query::listed_values(std::span<const Variable> table, std::string_view list,
                           Getter getter) const {
  const std::optional<std::vector<bool>> named = named_variables(list, table);
  if (!named) return error(ControlError::UnknownVariable);
  const bool by_name = std::ranges::find(*named, true) != named->end();
  TextWriter text;
  for (std::size_t i = 0; i < table.size(); ++i) {
    if (by_name ? !(*named)[i] : table[i].listing != Listing::Default) continue;
    if (const auto value = getter(table[i], by_name)) text.add(table[i].name, *value);
  }
  return text.frames(header_);
}

}  // namespace

Responder::Responder(Model& model, Random& random, Identity identity, Authority authority)
    : model_(model),
      random_(random),
      identity_(std::move(identity)),
      authority_(authority),
      nonces_(random) {}

std::vector<std::vector<std::uint8_t>> Responder::respond(ByteView request, const Caller& caller) {
  const auto frame = wire::decode_control_request(request);
  if (!frame) {
    const std::optional<ControlError> code = frame.error().answer;
    std::optional<wire::ControlHeader> header = code ? header_alone(request) : std::nullopt;
    if (!header) return {};
    header->leap = model_.system().leap;
    return {wire::error_reply(*header, *code)};
  }
  const std::uint32_t key = authenticate(request, *frame, authority_.keys);
  const auto right = key == 0                        ? Query::Right::None
                     : key == authority_.control_key ? Query::Right::Control
                                                     : Query::Right::Known;
  const SystemView system = model_.system();
  // A new configuration may take the key away; the answer is still signed where it can be.
  crypto::KeyRing* const keys = authority_.keys;
  Reply answer = Query({model_, random_, nonces_, identity_, system, caller}, frame->header,
                       as_text(frame->data), right)
                     .answer();
  if (key != 0) sign(answer, key, *keys);
  return answer;
}

}  // namespace ntp::control
