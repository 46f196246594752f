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
#include "ntpd/control/name_list.h"
#include "ntpd/control/variables.h"

namespace ntp::control {
namespace {

using wire::ControlError;
using wire::ControlOpcode;
using Reply = std::vector<std::vector<std::uint8_t>>;

/// The offset field of a frame has 16 bits: no text may be longer.
constexpr std::size_t kTextLimit = 0xffff;

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
    if (item->value_size >= kTolerantValueLimit) break;
    const auto found = std::ranges::find(table, item->name, &Variable::name);
    if (found == table.end()) return std::nullopt;
    named[static_cast<std::size_t>(found - table.begin())] = true;
    list = item->rest;
  }
  return named;
}

/// A text reply that stays within what the offset field can say; what is beyond is left out.
class Text {
 public:
  void add(std::string_view name, std::string_view value) {
    if (reserve(name.size() + value.size() + 1)) reply_.add(name, value);
  }
  void add_raw(std::string_view item) {
    if (reserve(item.size())) reply_.add_raw(item);
  }
  [[nodiscard]] bool has_room(std::size_t item) const {
    return item + kSeparator <= kTextLimit - size_;
  }
  Reply frames(const wire::ControlHeader& header) { return reply_.frames(header); }

 private:
  bool reserve(std::size_t item) {
    if (!has_room(item)) return false;
    size_ += item + kSeparator;
    return true;
  }

  static constexpr std::size_t kSeparator = 3;

  wire::TextReply reply_;
  std::size_t size_ = 0;
};

/// One request on its way to its answer.
class Query {
 public:
  /// What the MAC of the request allows.
  enum class Right : std::uint8_t { None, Known, Control };

  Query(Model& model, const Identity& identity, wire::ControlHeader header,
        const SystemView& system, std::string_view list, Right right)
      : model_(model),
        identity_(identity),
        header_(header),
        system_(system),
        list_(list),
        right_(right) {
    header_.leap = system.leap;
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
  /// What a tolerant list names, or the default set if it names nothing, in the table's order.
  template <class Variable, class Getter>
  Reply listed_values(std::span<const Variable> table, std::string_view list, Getter getter) const;

  [[nodiscard]] std::optional<std::string> system_item(std::string_view name) const;
  [[nodiscard]] const UserVariable* user_variable(std::string_view name) const;
  [[nodiscard]] std::optional<std::uint16_t> any_clock() const;

  Model& model_;
  const Identity& identity_;
  wire::ControlHeader header_;
  const SystemView& system_;
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
      return error(right_ == Right::Control ? ControlError::BadOpcode : ControlError::Permission);
    case ControlOpcode::ReadOrderedList:
      return right_ == Right::Control ? ordered_list() : error(ControlError::Permission);
    default:
      // RequestNonce and ReadMru are among them: there is no list of clients to read yet.
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
  Text text;
  while (!list_.empty()) {
    const ListItem strict = strict_item(list_);
    if (strict.value_size >= kStrictValueLimit) break;
    if (const auto value = system_item(strict.name)) {
      text.add(strict.name, *value);
      list_ = strict.rest;
      continue;
    }
    const std::optional<ListItem> tolerant = tolerant_item(list_);
    if (!tolerant || tolerant->value_size >= kTolerantValueLimit) {
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
  Text text;
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
  return listed_values(clock_variables(), list_,
                       [&clock](const ClockVariable& variable, bool asked) {
                         return variable.getter(*clock, asked);
                       });
}

Reply Query::ordered_list() {
  if (list_ != "addr_restrictions") return error(ControlError::UnknownVariable);
  header_.status = 0;
  Text text;
  std::size_t index = 0;
  for (const RestrictionView& entry : model_.restrictions()) {
    const std::string number = std::to_string(index++);
    const std::string items[] = {"addr." + number + '=' + address(entry.address),
                                 "mask." + number + '=' + address(entry.mask),
                                 "hits." + number + '=' + integer(entry.hits),
                                 "flags." + number + '=' + entry.flags};
    // An entry is sent whole or not at all.
    constexpr std::size_t kSeparators = 4 * 3;
    std::size_t size = kSeparators;
    for (const std::string& item : items) size += item.size();
    if (!text.has_room(size)) break;
    for (const std::string& item : items) text.add_raw(item);
  }
  return text.frames(header_);
}

template <class Variable, class Getter>
Reply Query::listed_values(std::span<const Variable> table, std::string_view list,
                           Getter getter) const {
  const std::optional<std::vector<bool>> named = named_variables(list, table);
  if (!named) return error(ControlError::UnknownVariable);
  const bool by_name = std::ranges::find(*named, true) != named->end();
  Text text;
  for (std::size_t i = 0; i < table.size(); ++i) {
    if (by_name ? !(*named)[i] : table[i].listing != Listing::Default) continue;
    if (const auto value = getter(table[i], by_name)) text.add(table[i].name, *value);
  }
  return text.frames(header_);
}

}  // namespace

Responder::Responder(Model& model, Identity identity, Authority authority)
    : model_(model), identity_(std::move(identity)), authority_(authority) {}

std::vector<std::vector<std::uint8_t>> Responder::respond(ByteView request) const {
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
  Reply answer =
      Query(model_, identity_, frame->header, system, as_text(frame->data), right).answer();
  if (key != 0) sign(answer, key, *authority_.keys);
  return answer;
}

}  // namespace ntp::control
