// SPDX-License-Identifier: BSD-2-Clause
#include <charconv>

#include "libntp/config/directives.h"
#include "libntp/config/source_options.h"
#include "libntp/config/text.h"

namespace ntp::config {
namespace {

/// `[v6]`, `[v6]:port` and, for NTS, `name:port` become a host and a port.
void split_port(SourceSettings& source, Report& report) {
  const std::string_view text = source.host;
  std::string_view host = text;
  std::string_view port;
  const auto colon = text.rfind(':');
  if (text.starts_with('[') && parse_numeric_host(text, Family::V6)) {
    const auto bracket = text.find(']');
    host = text.substr(1, bracket - 1);
    port = text.substr(bracket + 1);
    if (port.starts_with(':')) port.remove_prefix(1);
  } else if (colon != text.npos && text.find(':') == colon) {
    if (!source.nts) {
      report.warning(source.where, quote(text) + " is taken as a name: only 'nts' has a port");
      return;
    }
    host = text.substr(0, colon);
    port = text.substr(colon + 1);
  }
  std::uint16_t number = 0;
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), number);
  if (!port.empty() && source.nts) {
    if (error == std::errc{} && end == port.data() + port.size() && number != 0) {
      source.nts_port = number;
    } else {
      report.error(source.where, "bad port " + quote(port) + ", 4460 is used");
    }
  }
  source.host = std::string(host);
}

/// A numeric address has to be one that can be asked. False if it is refused, with a report.
bool check_address(const SourceSettings& source, Report& report) {
  const auto address = parse_numeric_host(source.host, source.family);
  if (!address) {
    if (parse_numeric_host(source.host, Family::Any)) {
      report.warning(source.where, quote(source.host) + " is not of the wanted address family");
    }
    return true;
  }
  const bool other_loopback =
      address->is_v4() && address->is_loopback() && *address != Address::loopback(Family::V4);
  if (!other_loopback && !address->is_multicast()) return true;
  report.error(source.where, "attempt to configure invalid address " + address->to_string() +
                                 " (the line is ignored)");
  return false;
}

/// Turns a source with a 127.127.t.u address into that clock. False if there is no such clock, with
/// a report.
bool adopt_clock(SourceSettings& source, const ClockAddress& clock, Report& report) {
  const std::string_view name = driver_name(clock.type);
  if (name.empty()) {
    report.error(source.where,
                 "clock type " + std::to_string(clock.type) + " invalid (the line is ignored)");
    return false;
  }
  source.type = SourceType::Refclock;
  source.host.clear();
  source.driver = name;
  source.driver_type = clock.type;
  source.unit = clock.unit;
  return true;
}

Family take_family(Line& line) {
  if (line.accept(Keyword::Ipv4Flag)) return Family::V4;
  if (line.accept(Keyword::Ipv6Flag)) return Family::V6;
  return Family::Any;
}

}  // namespace

bool parse_server(Keyword directive, Line& line, Draft& draft) {
  SourceSettings source;
  source.where = line.start();
  source.type = directive == Keyword::Pool ? SourceType::Pool : SourceType::Server;
  source.family = take_family(line);
  auto host = line.string();
  if (!host) return false;
  source.host = *std::move(host);

  const auto clock = directive != Keyword::Pool && source.family != Family::V6
                         ? parse_clock_address(source.host)
                         : std::nullopt;
  if (clock) source.type = SourceType::Refclock;
  const Verdict verdict = read_source_options(line, source);
  if (verdict != Verdict::Good) return verdict == Verdict::Refused;
  if (directive == Keyword::Peer) {
    line.report().warning(source.where,
                          "peer deprecated, treated as server: " + quote(source.host));
  }
  if (clock) {
    if (!adopt_clock(source, *clock, line.report())) return true;
  } else {
    split_port(source, line.report());
    if (!check_address(source, line.report())) return true;
  }
  draft.add_source(std::move(source), line.report());
  return true;
}

bool parse_refclock(Keyword, Line& line, Draft& draft) {
  SourceSettings source;
  source.where = line.start();
  source.type = SourceType::Refclock;
  const Location driver_at = line.here();
  const auto driver = line.string();
  if (!driver) return false;
  line.expect("'unit' or an option of the source");
  ClockAddress clock{driver_type(*driver), 0};
  if (line.accept(Keyword::Unit)) {
    const auto unit = line.integer();
    if (!unit) return false;
    clock.unit = *unit;
  }
  const Verdict verdict = read_source_options(line, source);
  if (verdict != Verdict::Good) return verdict == Verdict::Refused;
  if (clock.type == 0) {
    line.report().error(driver_at, "Unknown driver name " + quote(*driver) + ", expected one of " +
                                       driver_names() + " (the line is ignored)");
    return true;
  }
  if (clock.unit < 0 || clock.unit > 255) {
    line.report().error(source.where, "unit has to be 0 to 255 (the line is ignored)");
    return true;
  }
  adopt_clock(source, clock, line.report());
  draft.add_source(std::move(source), line.report());
  return true;
}

bool parse_unpeer(Keyword, Line& line, Draft& draft) {
  UnpeerSettings unpeer;
  unpeer.where = line.start();
  unpeer.family = take_family(line);
  auto host = line.string();
  if (!host) return false;
  unpeer.host = *std::move(host);
  // NTPsec: a 16-bit number is an association id.
  std::uint16_t association = 0;
  const auto [end, error] =
      std::from_chars(unpeer.host.data(), unpeer.host.data() + unpeer.host.size(), association);
  if (error == std::errc{} && end == unpeer.host.data() + unpeer.host.size()) {
    unpeer.association = association;
  }
  const Location where = unpeer.where;
  Draft::append(draft.settings.unpeers, std::move(unpeer), where, line.report());
  return true;
}

}  // namespace ntp::config
