// SPDX-License-Identifier: BSD-2-Clause
#include "ntpq/tools/dig_reply.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <ctime>
#include <tuple>

#include "ntpq/json.h"
#include "ntpq/number.h"
#include "ntpq/text.h"

namespace ntp::tools {
namespace {

using ntpq::to_fixed;
using ntpq::to_hex;
using ntpq::visible;

constexpr int kMaxStratum = 15;
/// The own clock's precision is left out of the error.
constexpr int kNoPrecision = -31;
constexpr std::array<std::string_view, 4> kLeaps = {"no-leap", "add-leap", "del-leap", "unsync"};

std::string_view leap_of(const DigReply& reply) {
  return kLeaps[static_cast<std::size_t>(reply.header.leap)];
}

std::string with_sign(double value) {
  const std::string text = to_fixed(value, 6);
  return text.front() == '-' ? text : "+" + text;
}

struct LocalTime {
  std::string date;
  std::string clock;
  std::string zone;
};

/// Decimals that mean something at the precision, one to six.
int decimals(int precision) {
  constexpr int kMost = 6;
  return std::clamp(static_cast<int>(-std::log10(log2_seconds(precision))), 1, kMost);
}

LocalTime local_time(WallTime time, int precision) {
  const Duration since = time.time_since_epoch();
  const auto whole = std::chrono::floor<std::chrono::seconds>(since);
  const std::time_t seconds = whole.count();
  std::tm parts{};
  ::localtime_r(&seconds, &parts);
  std::array<char, 32> date{};
  std::array<char, 32> clock{};
  std::array<char, 32> zone{};
  std::strftime(date.data(), date.size(), "%Y-%m-%d", &parts);
  std::strftime(clock.data(), clock.size(), "%H:%M:%S", &parts);
  std::strftime(zone.data(), zone.size(), "%z", &parts);
  const std::string nanoseconds = std::to_string((since - whole).count());
  const std::string fraction = std::string(9 - nanoseconds.size(), '0') + nanoseconds;
  return {date.data(),
          std::string(clock.data()) + "." +
              fraction.substr(0, static_cast<std::size_t>(decimals(precision))),
          zone.data()};
}

}  // namespace

sync::Sample measure(const DigReply& reply) {
  sync::Sample sample = sync::measure(reply.exchange, kNoPrecision, reply.header.precision, {});
  sample.dispersion += sample.delay / 2;
  return sample;
}

std::optional<std::string> why_dropped(const DigReply& reply) {
  const wire::Header& header = reply.header;
  if (header.stratum > kMaxStratum) return "stratum too high";
  if (header.version < 1) {
    return "response version " + std::to_string(header.version) + " is too old";
  }
  if (header.mode != wire::Mode::Server) {
    return "unexpected response mode " + std::to_string(static_cast<int>(header.mode));
  }
  if (header.version > wire::kVersion) {
    return "response version " + std::to_string(header.version) + " is too new";
  }
  if (header.stratum == 0) return "stratum 0, probable KOD packet";
  if (header.leap == Leap::Unsynchronized) return "leap not in sync";
  if (!reply.trusted) return "request was authenticated but server is untrusted";
  if (header.origin.is_zero()) return "unexpected response timestamp";
  return std::nullopt;
}

const DigReply* best_of(const std::vector<DigReply>& replies) {
  const auto merit = [](const DigReply& reply) {
    return std::tuple(reply.header.stratum, measure(reply).dispersion,
                      reply.header.root_delay.raw());
  };
  const auto best =
      std::min_element(replies.begin(), replies.end(),
                       [&](const DigReply& a, const DigReply& b) { return merit(a) < merit(b); });
  return best == replies.end() ? nullptr : &*best;
}

Result<DigReply> parse_replay(std::string_view text) {
  const std::size_t colon = std::min(text.find(':'), text.size());
  const std::string_view digits = text.substr(0, colon);
  const auto time = ntpq::parse_real(text.substr(std::min(colon + 1, text.size())));
  std::vector<std::uint8_t> packet(digits.size() / 2);
  bool good = digits.size() % 2 == 0 && time && std::isfinite(*time);
  for (std::size_t i = 0; i < packet.size() && good; ++i) {
    const char* begin = digits.data() + 2 * i;
    good = std::from_chars(begin, begin + 2, packet[i], 16).ptr == begin + 2;
  }
  const auto header = wire::decode_header(packet);
  if (!good || !header) return fail("not a packet and a time: " + visible(text));
  DigReply reply;
  reply.header = *header;
  const WallTime returned(from_seconds(*time));
  reply.exchange = {header->origin.to_wall(returned), header->receive.to_wall(returned),
                    header->transmit.to_wall(returned), returned};
  return reply;
}

std::string report_text(const DigReply& reply) {
  const LocalTime time = local_time(reply.exchange.transmitted, reply.header.precision);
  const sync::Sample sample = measure(reply);
  std::string line = time.date + " " + time.clock + " (" + time.zone + ") " +
                     with_sign(sample.offset) + " +/- " + to_fixed(sample.dispersion, 6) + " " +
                     visible(reply.host);
  if (!reply.address.empty() && reply.address != reply.host) line += " " + reply.address;
  return line + " s" + std::to_string(reply.header.stratum) + " " + std::string(leap_of(reply)) +
         "\n";
}

std::string report_json(const DigReply& reply, bool stepped) {
  const LocalTime time = local_time(reply.exchange.transmitted, reply.header.precision);
  const sync::Sample sample = measure(reply);
  const std::string& address = reply.address.empty() ? reply.host : reply.address;
  return "{\"time\":\"" + time.date + "T" + time.clock + time.zone +
         "\",\"offset\":" + to_fixed(sample.offset, 6) +
         ",\"precision\":" + to_fixed(sample.dispersion, 6) +
         ",\"host\":" + ntpq::to_json(reply.host) + ",\"ip\":" + ntpq::to_json(address) +
         ",\"stratum\":" + std::to_string(reply.header.stratum) + ",\"leap\":\"" +
         std::string(leap_of(reply)) + "\",\"adjusted\":" + (stepped ? "true" : "false") +
         ",\"delay\":" + to_fixed(sample.delay, 6) + "}\n";
}

std::string report_stamps(const DigReply& reply) {
  const auto hex = [](WallTime time) {
    const NtpTimestamp stamp = NtpTimestamp::from_wall(time);
    return to_hex(stamp.seconds(), 8) + "." + to_hex(stamp.fraction(), 8);
  };
  const auto seconds = [](WallTime time) {
    return to_fixed(to_seconds(time.time_since_epoch()), 6);
  };
  const sync::Exchange& at = reply.exchange;
  return "org t1: " + hex(at.sent) + " rec t2: " + hex(at.received) +
         "\nxmt t3: " + hex(at.transmitted) + " dst t4: " + hex(at.returned) +
         "\norg t1: " + seconds(at.sent) + " rec t2: " + seconds(at.received) +
         "\nxmt t3: " + seconds(at.transmitted) + " dst t4: " + seconds(at.returned) +
         "\nrec-org t21: " + to_fixed(to_seconds(at.received - at.sent), 6) +
         "  xmt-dst t34: " + to_fixed(to_seconds(at.transmitted - at.returned), 6) + "\n";
}

}  // namespace ntp::tools
