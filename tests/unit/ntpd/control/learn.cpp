// SPDX-License-Identifier: BSD-2-Clause
#include "learn.h"

#include <cstdlib>
#include <functional>

#include <gtest/gtest.h>

#include "ntpd/control/variables.h"

namespace ntp::control {
namespace {

double number(const std::string& text) { return std::strtod(text.c_str(), nullptr); }
double seconds(const std::string& text) { return number(text) / 1e3; }
double rate(const std::string& text) { return number(text) / 1e6; }
std::uint64_t count(const std::string& text) { return std::strtoull(text.c_str(), nullptr, 0); }
int whole(const std::string& text) { return std::atoi(text.c_str()); }

std::string unquoted(const std::string& text) {
  return text.size() >= 2 && text.front() == '"' ? text.substr(1, text.size() - 2) : text;
}

NtpTimestamp stamp(const std::string& text) {
  const std::uint64_t high = std::strtoull(text.substr(0, 10).c_str(), nullptr, 16);
  return NtpTimestamp(high << 32 | std::strtoull(text.substr(11).c_str(), nullptr, 16));
}

WallTime date(const std::string& text) {
  const std::chrono::year_month_day day{
      std::chrono::year(whole(text.substr(0, 4))),
      std::chrono::month(static_cast<unsigned>(whole(text.substr(5, 2)))),
      std::chrono::day(static_cast<unsigned>(whole(text.substr(8, 2))))};
  const auto since = std::chrono::sys_days(day).time_since_epoch() +
                     std::chrono::hours(whole(text.substr(11, 2))) +
                     std::chrono::minutes(whole(text.substr(14, 2)));
  return WallTime(since);
}

RefId reference(const std::string& text) {
  const std::optional<Address> address = parse_address(text);
  return address ? RefId::from_v4(*address) : RefId::from_text(text);
}

Endpoint endpoint(const std::string& text) {
  const std::size_t colon = text.rfind(':');
  const Address address = parse_address(text.substr(0, colon)).value_or(Address());
  if (address.is_v4() && address.is_wildcard()) return {};
  return {address, static_cast<std::uint16_t>(whole(text.substr(colon + 1)))};
}

Address address(const std::string& text) {
  return text == "0.0.0.0" ? Address() : parse_address(text).value_or(Address());
}

std::array<double, 8> array(const std::string& text) {
  std::array<double, 8> result{};
  const char* cursor = text.c_str();
  for (double& value : result) {
    char* end = nullptr;
    value = std::strtod(cursor, &end) / 1e3;
    cursor = end;
  }
  return result;
}

using S = const std::string&;
using SystemSetters = std::map<std::string, std::function<void(SystemView&, S)>, std::less<>>;
using PeerSetters = std::map<std::string, std::function<void(PeerView&, S)>, std::less<>>;
using ClockSetters = std::map<std::string, std::function<void(ClockView&, S)>, std::less<>>;

const SystemSetters& system_setters() {
  static const SystemSetters setters = {
      {"leap", [](SystemView& s, S t) { s.leap = static_cast<Leap>(whole(t)); }},
      {"stratum", [](SystemView& s, S t) { s.stratum = whole(t); }},
      {"precision", [](SystemView& s, S t) { s.precision = whole(t); }},
      {"rootdelay", [](SystemView& s, S t) { s.root_delay = seconds(t); }},
      {"rootdisp", [](SystemView& s, S t) { s.root_dispersion = seconds(t); }},
      {"rootdist", [](SystemView& s, S t) { s.root_distance = seconds(t); }},
      {"refid", [](SystemView& s, S t) { s.reference_id = reference(t); }},
      {"reftime", [](SystemView& s, S t) { s.reference_time = stamp(t); }},
      {"tc", [](SystemView& s, S t) { s.time_constant = whole(t); }},
      {"peer", [](SystemView& s, S t) { s.peer = static_cast<std::uint16_t>(whole(t)); }},
      {"offset", [](SystemView& s, S t) { s.offset = seconds(t); }},
      {"frequency", [](SystemView& s, S t) { s.frequency = rate(t); }},
      {"sys_jitter", [](SystemView& s, S t) { s.system_jitter = seconds(t); }},
      {"clk_jitter", [](SystemView& s, S t) { s.clock_jitter = seconds(t); }},
      {"clk_wander", [](SystemView& s, S t) { s.clock_wander = rate(t); }},
      {"clock",
       [](SystemView& s, S t) {
         s.clock = stamp(t).to_wall(WallTime(std::chrono::seconds(1'795'000'000)));
       }},
      {"tai", [](SystemView& s, S t) { s.tai = whole(t); }},
      {"leapsec", [](SystemView& s, S t) { s.leap_second = date(t); }},
      {"expire", [](SystemView& s, S t) { s.leap_expires = date(t); }},
      {"mintc", [](SystemView& s, S t) { s.minimum_time_constant = whole(t); }},
      {"ss_uptime", [](SystemView& s, S t) { s.uptime = number(t); }},
      {"peeradr", [](SystemView& s, S t) { s.peer_address = endpoint(unquoted(t)); }},
      {"peermode", [](SystemView& s, S t) { s.peer_mode = whole(t); }},
  };
  return setters;
}

const PeerSetters& peer_setters() {
  static const PeerSetters setters = {
      {"config", [](PeerView& p, S t) { p.configured = t == "1"; }},
      {"authenable", [](PeerView& p, S t) { p.key_id = t == "1" ? 0 : std::max(p.key_id, 1U); }},
      {"srcadr", [](PeerView& p, S t) { p.remote.address = address(t); }},
      {"srcport", [](PeerView& p, S t) { p.remote.port = static_cast<std::uint16_t>(whole(t)); }},
      {"dstadr", [](PeerView& p, S t) { p.local.address = address(t); }},
      {"dstport", [](PeerView& p, S t) { p.local.port = static_cast<std::uint16_t>(whole(t)); }},
      {"leap", [](PeerView& p, S t) { p.leap = static_cast<Leap>(whole(t)); }},
      {"hmode", [](PeerView& p, S t) { p.host_mode = whole(t); }},
      {"stratum", [](PeerView& p, S t) { p.stratum = whole(t); }},
      {"ppoll", [](PeerView& p, S t) { p.peer_poll = whole(t); }},
      {"hpoll", [](PeerView& p, S t) { p.host_poll = whole(t); }},
      {"precision", [](PeerView& p, S t) { p.precision = whole(t); }},
      {"rootdelay", [](PeerView& p, S t) { p.root_delay = seconds(t); }},
      {"rootdisp", [](PeerView& p, S t) { p.root_dispersion = seconds(t); }},
      {"refid", [](PeerView& p, S t) { p.reference_id = reference(t); }},
      {"reftime", [](PeerView& p, S t) { p.reference_time = stamp(t); }},
      {"rec", [](PeerView& p, S t) { p.received_time = stamp(t); }},
      {"xmt", [](PeerView& p, S t) { p.transmit_time = stamp(t); }},
      {"reach", [](PeerView& p, S t) { p.reach = static_cast<std::uint8_t>(count(t)); }},
      {"unreach", [](PeerView& p, S t) { p.unreach = static_cast<unsigned>(count(t)); }},
      {"timer", [](PeerView& p, S t) { p.until_next_poll = number(t); }},
      {"delay", [](PeerView& p, S t) { p.delay = seconds(t); }},
      {"offset", [](PeerView& p, S t) { p.offset = seconds(t); }},
      {"jitter", [](PeerView& p, S t) { p.jitter = seconds(t); }},
      {"dispersion", [](PeerView& p, S t) { p.dispersion = seconds(t); }},
      {"keyid", [](PeerView& p, S t) { p.key_id = static_cast<std::uint32_t>(count(t)); }},
      {"filtdelay", [](PeerView& p, S t) { p.filter_delay = array(t); }},
      {"filtoffset", [](PeerView& p, S t) { p.filter_offset = array(t); }},
      {"filtdisp", [](PeerView& p, S t) { p.filter_dispersion = array(t); }},
      {"pmode", [](PeerView& p, S t) { p.peer_mode = whole(t); }},
      {"received", [](PeerView& p, S t) { p.packets_received = count(t); }},
      {"sent", [](PeerView& p, S t) { p.packets_sent = count(t); }},
      {"flash", [](PeerView& p, S t) { p.flash = static_cast<unsigned>(count(t)); }},
      {"mode", [](PeerView& p, S t) { p.refclock_mode = whole(t); }},
      {"headway", [](PeerView& p, S t) { p.headway = static_cast<unsigned>(count(t)); }},
      {"bias", [](PeerView& p, S t) { p.bias = number(t); }},
      {"srchost", [](PeerView& p, S t) { p.host_name = unquoted(t); }},
      {"timerec", [](PeerView& p, S t) { p.since_received = number(t); }},
      {"timereach", [](PeerView& p, S t) { p.since_reach_change = number(t); }},
      {"badauth", [](PeerView& p, S t) { p.bad_authentication = count(t); }},
      {"bogusorg", [](PeerView& p, S t) { p.bogus_origin = count(t); }},
      {"oldpkt", [](PeerView& p, S t) { p.old_packet = count(t); }},
      {"selbroken", [](PeerView& p, S t) { p.kisses = count(t); }},
      {"ntscookies", [](PeerView& p, S t) { p.nts_cookies = whole(t); }},
  };
  return setters;
}

const ClockSetters& clock_setters() {
  static const ClockSetters setters = {
      {"name", [](ClockView& c, S t) { c.name = unquoted(t); }},
      {"timecode", [](ClockView& c, S t) { c.timecode = unquoted(t); }},
      {"poll", [](ClockView& c, S t) { c.polls = count(t); }},
      {"noreply", [](ClockView& c, S t) { c.no_reply = count(t); }},
      {"badformat", [](ClockView& c, S t) { c.bad_format = count(t); }},
      {"baddata", [](ClockView& c, S t) { c.bad_data = count(t); }},
      {"fudgetime1", [](ClockView& c, S t) { c.fudge_time1 = seconds(t); }},
      {"fudgetime2", [](ClockView& c, S t) { c.fudge_time2 = seconds(t); }},
      {"stratum", [](ClockView& c, S t) { c.stratum = whole(t); }},
      {"refid", [](ClockView& c, S t) { c.reference_id = reference(t); }},
      {"flags", [](ClockView& c, S t) { c.flags = static_cast<unsigned>(count(t)); }},
      {"device", [](ClockView& c, S t) { c.device = unquoted(t); }},
  };
  return setters;
}

const SystemVariable* system_variable(std::string_view name) {
  for (const SystemVariable& variable : system_variables()) {
    if (variable.name == name) return &variable;
  }
  return nullptr;
}

void learn_counted(FakeModel& model, const SystemVariable& variable, const std::string& value) {
  if (variable.decimals == 0) {
    model.counters[std::string(variable.name)] = count(value);
  } else {
    model.quantities[std::string(variable.name)] = number(value);
  }
}

void learn_user_variable(FakeModel& model, const Item& item, bool by_default) {
  const std::string text = item.name + '=' + item.value;
  for (UserVariable& variable : model.user) {
    if (variable.text.starts_with(item.name + '=')) {
      variable.text = text;
      return;
    }
  }
  model.user.push_back({text, by_default});
}

}  // namespace

std::vector<Item> split_items(std::string_view text) {
  std::vector<Item> items;
  while (!text.empty()) {
    bool quoted = false;
    std::size_t end = 0;
    while (end < text.size() && (quoted || text[end] != ',')) {
      if (text[end] == '"') quoted = !quoted;
      ++end;
    }
    std::string item(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    item.erase(0, item.find_first_not_of(" \r\n"));
    item.erase(item.find_last_not_of("\r\n") + 1);
    if (item.empty()) continue;
    const std::size_t equals = std::min(item.find('='), item.size());
    items.push_back({item.substr(0, equals), item.substr(std::min(equals + 1, item.size()))});
  }
  return items;
}

void learn_system_status(FakeModel& model, std::uint16_t word) {
  model.system_view.leap = static_cast<Leap>(word >> 14);
  model.system_view.source = word >> 8 & 0x3f;
  model.system_view.event_count = word >> 4 & 0xf;
  model.system_view.event_code = word & 0xf;
}

void learn_peer_status(FakeModel& model, std::uint16_t id, std::uint16_t word) {
  PeerView& peer = model.peers[id];
  peer.id = id;
  peer.configured = (word & 0x8000) != 0;
  peer.auth_enabled = (word & 0x4000) != 0;
  peer.authentic = (word & 0x2000) != 0;
  if (((word & 0x1000) != 0) != (peer.reach != 0)) peer.reach = (word & 0x1000) != 0 ? 1 : 0;
  peer.selection = word >> 8 & 0x7;
  peer.event_count = word >> 4 & 0xf;
  peer.event_code = word & 0xf;
}

void learn_system(FakeModel& model, const std::vector<Item>& items, bool defaults) {
  for (const Item& item : items) {
    const auto setter = system_setters().find(item.name);
    const SystemVariable* variable = system_variable(item.name);
    if (setter != system_setters().end()) {
      setter->second(model.system_view, item.value);
    } else if (variable == nullptr) {
      if (item.name != "daemon_version") learn_user_variable(model, item, defaults);
    } else if (variable->getter == nullptr) {
      learn_counted(model, *variable, item.value);
    } else if (item.name == "sys_var_list") {
      for (const Item& known : split_items(unquoted(item.value))) {
        const SystemVariable* row = system_variable(known.name);
        ASSERT_NE(row, nullptr) << known.name;
        if (row->getter == nullptr) learn_counted(model, *row, "0");
      }
    }
  }
}

void learn_identity(Identity& identity, const std::vector<Item>& items) {
  for (const Item& item : items) {
    if (item.name == "processor") identity.processor = unquoted(item.value);
    if (item.name == "system") identity.system = unquoted(item.value);
    if (item.name == "release") identity.release = unquoted(item.value);
    if (item.name == "version") identity.version = unquoted(item.value);
    if (item.name == "daemon_version") identity.version = unquoted(item.value);
  }
}

void learn_peer(FakeModel& model, std::uint16_t id, const std::vector<Item>& items) {
  PeerView& peer = model.peers[id];
  for (const Item& item : items) {
    if (item.name == "mode") peer.refclock = true;
    const auto setter = peer_setters().find(item.name);
    if (setter != peer_setters().end()) setter->second(peer, item.value);
  }
}

void learn_clock(FakeModel& model, std::uint16_t id, std::uint16_t status,
                 const std::vector<Item>& items) {
  model.peers[id].refclock = true;
  ClockView& clock = model.clocks[id];
  clock.report_count = status >> 4;
  clock.state = status & 0xf;
  for (const Item& item : items) {
    const auto setter = clock_setters().find(item.name);
    if (setter != clock_setters().end()) setter->second(clock, item.value);
  }
}

}  // namespace ntp::control
