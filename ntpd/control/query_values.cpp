// SPDX-License-Identifier: BSD-2-Clause
#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ntpd/control/format.h"
#include "ntpd/control/name_list.h"
#include "ntpd/control/query.h"
#include "ntpd/control/variables.h"

namespace ntp::control {
namespace {

using wire::ControlError;

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

}  // namespace

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
                         return entry.own->quoted ? in_quotes(entry.own->text) : entry.own->text;
                       });
}

}  // namespace ntp::control
