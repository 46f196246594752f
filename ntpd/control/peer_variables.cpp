// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/control/format.h"
#include "ntpd/control/variables.h"

namespace ntp::control {
namespace {

using Text = std::optional<std::string>;
using P = PeerView;
constexpr Listing kDefault = Listing::Default;
constexpr Listing kOnRequest = Listing::OnRequest;
constexpr Listing kExtra = Listing::Extra;

/// NTPsec: identifiers above this one are not of ntp.keys and are written in hexadecimal.
constexpr std::uint32_t kMaxKeyId = 65535;

std::string peer_variable_names();

Text reference_id(const P& p) {
  return p.refclock ? reference_text(p.reference_id) : reference_text(p.reference_id, p.stratum);
}

Text key_id(const P& p) { return p.key_id > kMaxKeyId ? hexadecimal(p.key_id) : integer(p.key_id); }

Text refclock_mode(const P& p) { return p.refclock ? Text(integer(p.refclock_mode)) : Text(); }

Text bias(const P& p) {
  constexpr double kNanosecond = 1e-9;
  const bool zero = p.bias > -kNanosecond && p.bias < kNanosecond;
  return zero ? Text() : Text(fixed(p.bias, 3));
}

Text quoted_or_nothing(const std::string& text) {
  return text.empty() ? Text() : Text(in_quotes(text));
}

Text source_host(const P& p) { return quoted_or_nothing(p.host_name); }

// NTPsec: `authenable` is 1 without a key, `bias` is in seconds, and `org` is known but never sent,
// since it would help to forge replies. An unknown address is sent as 0.0.0.0, as 1.2.2 does, where
// 1.2.5 leaves `srcadr` out and breaks older clients.
constexpr PeerVariable kPeerVariables[] = {
    {"config", kOnRequest, [](const P& p) -> Text { return integer(p.configured ? 1 : 0); }},
    {"authenable", kOnRequest, [](const P& p) -> Text { return integer(p.key_id == 0 ? 1 : 0); }},
    {"authentic", kOnRequest, [](const P& p) -> Text { return integer(p.authentic ? 1 : 0); }},
    {"srcadr", kDefault, [](const P& p) -> Text { return address(p.remote.address); }},
    {"srcport", kDefault, [](const P& p) -> Text { return integer(p.remote.port); }},
    {"dstadr", kDefault, [](const P& p) -> Text { return address(p.local.address); }},
    {"dstport", kDefault, [](const P& p) -> Text { return integer(p.local.port); }},
    {"leap", kDefault, [](const P& p) -> Text { return integer(static_cast<int>(p.leap)); }},
    {"hmode", kDefault, [](const P& p) -> Text { return integer(p.host_mode); }},
    {"stratum", kDefault, [](const P& p) -> Text { return integer(p.stratum); }},
    {"ppoll", kDefault, [](const P& p) -> Text { return integer(p.peer_poll); }},
    {"hpoll", kDefault, [](const P& p) -> Text { return integer(p.host_poll); }},
    {"precision", kDefault, [](const P& p) -> Text { return integer(p.precision); }},
    {"rootdelay", kDefault, [](const P& p) -> Text { return milliseconds(p.root_delay, 3); }},
    {"rootdisp", kDefault, [](const P& p) -> Text { return milliseconds(p.root_dispersion, 3); }},
    {"refid", kDefault, reference_id},
    {"reftime", kDefault, [](const P& p) -> Text { return timestamp(p.reference_time); }},
    {"org", kOnRequest, [](const P&) -> Text { return std::nullopt; }},
    {"rec", kDefault, [](const P& p) -> Text { return timestamp(p.received_time); }},
    {"xmt", kDefault, [](const P& p) -> Text { return timestamp(p.transmit_time); }},
    {"reach", kDefault, [](const P& p) -> Text { return hexadecimal(p.reach); }},
    {"unreach", kDefault, [](const P& p) -> Text { return integer(p.unreach); }},
    {"timer", kOnRequest, [](const P& p) -> Text { return whole_seconds(p.until_next_poll); }},
    {"delay", kDefault, [](const P& p) -> Text { return milliseconds(p.delay, 6); }},
    {"offset", kDefault, [](const P& p) -> Text { return milliseconds(p.offset, 6); }},
    {"jitter", kDefault, [](const P& p) -> Text { return milliseconds(p.jitter, 6); }},
    {"dispersion", kDefault, [](const P& p) -> Text { return milliseconds(p.dispersion, 6); }},
    {"keyid", kDefault, key_id},
    {"filtdelay", kDefault, [](const P& p) -> Text { return filter_array(p.filter_delay); }},
    {"filtoffset", kDefault, [](const P& p) -> Text { return filter_array(p.filter_offset); }},
    {"pmode", kDefault, [](const P& p) -> Text { return integer(p.peer_mode); }},
    {"received", kOnRequest, [](const P& p) -> Text { return integer(p.packets_received); }},
    {"sent", kOnRequest, [](const P& p) -> Text { return integer(p.packets_sent); }},
    {"filtdisp", kDefault, [](const P& p) -> Text { return filter_array(p.filter_dispersion); }},
    {"flash", kDefault, [](const P& p) -> Text { return hexadecimal(p.flash); }},
    {"mode", kDefault, refclock_mode},
    {"peer_var_list", kOnRequest,
     [](const P&) -> Text { return in_quotes(peer_variable_names()); }},
    {"headway", kDefault, [](const P& p) -> Text { return integer(p.headway); }},
    {"bias", kDefault, bias},
    {"srchost", kDefault, source_host},
    {"timerec", kOnRequest, [](const P& p) -> Text { return whole_seconds(p.since_received); }},
    {"timereach", kOnRequest,
     [](const P& p) -> Text { return whole_seconds(p.since_reach_change); }},
    {"badauth", kOnRequest, [](const P& p) -> Text { return integer(p.bad_authentication); }},
    {"bogusorg", kOnRequest, [](const P& p) -> Text { return integer(p.bogus_origin); }},
    {"oldpkt", kOnRequest, [](const P& p) -> Text { return integer(p.old_packet); }},
    {"seldisp", kOnRequest, [](const P&) -> Text { return integer(0); }},
    {"selbroken", kOnRequest, [](const P& p) -> Text { return integer(p.kisses); }},
    {"candidate", kOnRequest, [](const P& p) -> Text { return integer(p.selection); }},
    {"ntscookies", kDefault, [](const P& p) -> Text { return integer(p.nts_cookies); }},
    {"noselect", kExtra, [](const P& p) -> Text { return integer(p.noselect ? 1 : 0); }},
    {"srcname", kExtra, [](const P& p) -> Text { return quoted_or_nothing(p.source_name); }},
    {"restricted", kExtra, [](const P& p) -> Text { return integer(p.restricted); }},
    {"dnserror", kExtra, [](const P& p) -> Text { return quoted_or_nothing(p.dns_error); }},
    {"senderror", kExtra, [](const P& p) -> Text { return quoted_or_nothing(p.send_error); }},
    {"ntserror", kExtra, [](const P& p) -> Text { return quoted_or_nothing(p.nts_error); }},
    {"kisscode", kExtra, [](const P& p) -> Text { return quoted_or_nothing(p.kiss_code); }},
};

std::string peer_variable_names() {
  std::string names;
  for (const PeerVariable& variable : kPeerVariables) {
    if (variable.listing == kExtra) continue;
    if (!names.empty()) names += ',';
    names += variable.name;
  }
  return names;
}

}  // namespace

std::span<const PeerVariable> peer_variables() { return kPeerVariables; }

}  // namespace ntp::control
