// SPDX-License-Identifier: BSD-2-Clause
#include "libntp/config/classic.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "libntp/config/directives.h"

namespace ntp::config {
namespace {

struct Advice {
  std::string_view word;
  std::string_view text;
};

constexpr std::string_view kNoBroadcast =
    "broadcast, multicast and manycast are not supported; write 'server' or 'pool' on the clients";
constexpr std::string_view kNoAutokey = "Autokey is not supported; use 'nts' or 'key'";
constexpr std::string_view kNoPeering = "there are no symmetric peers; leave it out";

constexpr auto kDirectives = std::to_array<Advice>(
    {{"autokey", kNoAutokey},
     {"automax", kNoAutokey},
     {"broadcast", kNoBroadcast},
     {"broadcastclient", kNoBroadcast},
     {"broadcastdelay", kNoBroadcast},
     {"calldelay", "the modem driver's timing is fixed; leave it out"},
     {"crypto", kNoAutokey},
     {"keysdir", kNoAutokey},
     {"manycastclient", "manycast is not supported; write 'pool'"},
     {"manycastserver", kNoBroadcast},
     {"multicastclient", kNoBroadcast},
     {"pollskewlist", "polls are spread anyway; leave it out"},
     {"revoke", kNoAutokey},
     {"saveconfigdir", "a running configuration is not saved to a file; leave it out"},
     {"simulate", "there is no simulation in the daemon; leave it out"},
     {"trap", "there are no traps; ask with ntpq, or log with 'logconfig' and 'statistics'"},
     {"ttl", kNoBroadcast}});

constexpr auto kSourceOptions =
    std::to_array<Advice>({{"autokey", "Autokey is not supported; use 'nts' or 'key'"},
                           {"dynamic", "it is always so; leave it out"},
                           {"preempt", "write 'pool' for sources that may be replaced"},
                           {"ttl", kNoBroadcast},
                           {"xleave", "interleaved mode is not supported; leave it out"},
                           {"xmtnonce", "it is always so; leave it out"}});

constexpr auto kRestrictFlags = std::to_array<Advice>(
    {{"epeer", kNoPeering},
     {"ippeerlimit", kNoPeering},
     {"lowpriotrap", "there are no traps; leave it out"},
     {"noepeer", kNoPeering},
     {"serverresponse", "fuzzed answers are not supported; write 'flake' or 'noserve'"}});

constexpr auto kTosItems =
    std::to_array<Advice>({{"basedate", "the era is found without it; leave it out"},
                           {"bcpollbstep", kNoBroadcast},
                           {"beacon", "manycast is not supported; write 'pool'"},
                           {"cohort", "manycast is not supported; write 'pool'"},
                           {"minjitter", "leave it out"}});

constexpr auto kSwitches = std::to_array<Advice>(
    {{"auth", "sources with 'key' or 'nts' are always authenticated; leave it out"},
     {"bclient", kNoBroadcast},
     {"mode7", "ntpdc is gone; use ntpq"},
     {"peer_clear_digest_early", kNoPeering},
     {"pps", "write 'refclock pps'"},
     {"unpeer_crypto_early", kNoAutokey},
     {"unpeer_crypto_nak_early", kNoAutokey},
     {"unpeer_digest_early", kNoAutokey}});

template <std::size_t Size>
std::string_view find(const std::array<Advice, Size>& table, std::string_view word) {
  const auto entry = std::find_if(table.begin(), table.end(),
                                  [&](const Advice& advice) { return advice.word == word; });
  return entry == table.end() ? std::string_view{} : entry->text;
}

std::string shortest(double value) {
  std::array<char, 32> text{};
  const auto [end, error] = std::to_chars(text.data(), text.data() + text.size(), value);
  return {text.data(), end};
}

}  // namespace

std::string_view classic_directive_advice(std::string_view word) { return find(kDirectives, word); }

std::string_view classic_option_advice(Keyword directive, std::string_view word) {
  switch (directive) {
    case Keyword::Server:
    case Keyword::Pool:
    case Keyword::Peer:
    case Keyword::RefClock:
      return find(kSourceOptions, word);
    case Keyword::Restrict:
    case Keyword::Unrestrict:
      return find(kRestrictFlags, word);
    case Keyword::Tos:
      return find(kTosItems, word);
    case Keyword::Enable:
    case Keyword::Disable:
      return find(kSwitches, word);
    default:
      return {};
  }
}

bool parse_discard(Line& line, Draft& draft) {
  // In classic ntp `average` is the log2 of the mean spacing in seconds, of which eight packets may
  // be used at once, and `minimum` the least spacing in seconds.
  constexpr double kPacketsAtOnce = 8;
  constexpr std::int32_t kHighestAverage = 30;
  const auto is_minimum = [](const Token& token) {
    return token.kind == TokenKind::String && token.text == "minimum";
  };
  const auto matches = [&](const Token& token) {
    return is_any(token, Keyword::Average, Keyword::Monitor) || is_minimum(token);
  };
  LimitSettings limit = draft.settings.limit;
  double least_spacing = 0;
  const auto reads = [&](const Token& item) {
    const auto value = line.integer();
    if (!value) return false;
    if (item.is(Keyword::Average)) {
      const double spacing = std::ldexp(1.0, std::clamp(*value, 0, kHighestAverage));
      limit.average = 1 / spacing;
      limit.burst = kPacketsAtOnce * spacing;
    }
    if (is_minimum(item)) least_spacing = *value;
    return true;
  };
  if (!read_items(line, "average, minimum or monitor", matches, reads)) return false;
  if (least_spacing > 0) limit.average = std::min(limit.average, 1 / least_spacing);
  // Below one packet of it nobody is served.
  if (limit.average * limit.burst < 1) limit.burst = kPacketsAtOnce / limit.average;
  limit.where = line.start();
  draft.settings.limit = limit;
  line.report().warning(line.start(), "'discard' is of classic ntp, taken as 'limit average " +
                                          shortest(limit.average) + " burst " +
                                          shortest(limit.burst) + "'; write that");
  return true;
}

}  // namespace ntp::config
