// SPDX-License-Identifier: BSD-2-Clause
#include <algorithm>
#include <array>
#include <charconv>

#include "libntp/config/directives.h"
#include "libntp/config/text.h"

namespace ntp::config {
namespace {

constexpr int kLowestPoll = 0;
constexpr int kHighestPoll = 17;
constexpr int kDefaultMaxPoll = 10;
constexpr std::uint32_t kMaxKey = 65535;
constexpr std::uint32_t kMaxVersion = 255;
constexpr std::array<std::string_view, 3> kAeads{"AES_SIV_CMAC_256", "AES_SIV_CMAC_384",
                                                 "AES_SIV_CMAC_512"};

enum class Outcome : std::uint8_t {
  Taken,    // an option and its argument
  Foreign,  // the next word is no option
  Void      // a bad argument, reported
};

/// The options of one association line.
class OptionReader {
 public:
  OptionReader(Line& line, SourceSettings& source) : line_(line), source_(source) {}

  /// Reads options up to a word that is none. False after a bad argument, which voids the line.
  bool read_all() {
    Outcome outcome = Outcome::Taken;
    while (outcome == Outcome::Taken) outcome = read_one();
    return outcome != Outcome::Void;
  }
  /// Whether an option that is well-formed makes the line void all the same; it has been reported.
  [[nodiscard]] bool refused() const { return refused_; }
  [[nodiscard]] std::optional<int> max_poll() const { return max_poll_; }

 private:
  Outcome read_one() {
    if (line_.peek().kind != TokenKind::Keyword) return Outcome::Foreign;
    const Keyword option = line_.peek().keyword;
    if (read_flag(option)) return Outcome::Taken;
    for (const auto reader : {&OptionReader::read_integer, &OptionReader::read_number,
                              &OptionReader::read_string, &OptionReader::read_boolean}) {
      const Outcome outcome = (this->*reader)(option);
      if (outcome != Outcome::Foreign) return outcome;
    }
    return Outcome::Foreign;
  }

  bool read_flag(Keyword option) {
    bool* flag = nullptr;
    switch (option) {
      case Keyword::IBurst:
        flag = &source_.iburst;
        break;
      case Keyword::Burst:
        flag = &source_.burst;
        break;
      case Keyword::Prefer:
        flag = &source_.prefer;
        break;
      case Keyword::NoSelect:
        flag = &source_.noselect;
        break;
      case Keyword::True:
        flag = &source_.truechimer;
        break;
      case Keyword::Nts:
        flag = &source_.nts;
        break;
      case Keyword::NoVal:
        flag = &source_.nts_no_validation;
        break;
      default:
        return false;
    }
    line_.take();
    *flag = true;
    return true;
  }

  Outcome read_integer(Keyword option) {
    if (option == Keyword::Stratum) return read_stratum();
    constexpr std::array kOptions{Keyword::MinPoll, Keyword::MaxPoll, Keyword::Version,
                                  Keyword::Key,     Keyword::Mode,    Keyword::Subtype,
                                  Keyword::Baud,    Keyword::Holdover};
    if (std::find(kOptions.begin(), kOptions.end(), option) == kOptions.end()) {
      return Outcome::Foreign;
    }
    line_.take();
    const Location where = line_.here();
    const auto value = line_.unsigned_integer();
    if (!value) return Outcome::Void;
    set_integer(option, *value, where);
    return Outcome::Taken;
  }

  void set_integer(Keyword option, std::uint32_t value, const Location& where) {
    switch (option) {
      case Keyword::MinPoll:
        source_.min_poll = clamp_poll("minpoll", value, where);
        break;
      case Keyword::MaxPoll:
        max_poll_ = clamp_poll("maxpoll", value, where);
        break;
      case Keyword::Version:
        if (value >= kMaxVersion) return refuse(where, "version has to be 0 to 254");
        source_.version = static_cast<int>(value);
        break;
      case Keyword::Key:
        // NTPsec: key 65535 is good elsewhere, but not here.
        if (value >= kMaxKey) return refuse(where, "key has to be 1 to 65534");
        source_.key = value;
        break;
      case Keyword::Mode:
      case Keyword::Subtype:
        source_.mode = static_cast<int>(value);
        break;
      case Keyword::Baud:
        source_.baud = static_cast<int>(value);
        break;
      default:
        break;  // holdover never had an effect
    }
  }

  Outcome read_stratum() {
    line_.take();
    const Location where = line_.here();
    const auto value = line_.integer();
    if (!value) return Outcome::Void;
    if (*value >= 0 && *value <= 16) {
      source_.stratum = *value;
    } else {
      line_.report().error(where, "stratum has to be 0 to 16 (the option is ignored)");
    }
    return Outcome::Taken;
  }

  Outcome read_number(Keyword option) {
    double* target = nullptr;
    switch (option) {
      case Keyword::Bias:
        target = &source_.bias;
        break;
      case Keyword::Time1:
        target = &source_.time1;
        break;
      case Keyword::Time2:
        target = &source_.time2;
        break;
      default:
        return Outcome::Foreign;
    }
    line_.take();
    const auto value = line_.number();
    if (!value) return Outcome::Void;
    *target = *value;
    return Outcome::Taken;
  }

  Outcome read_string(Keyword option) {
    constexpr std::array kOptions{Keyword::Refid, Keyword::Path, Keyword::PpsPath,
                                  Keyword::Ca,    Keyword::Cert, Keyword::Aead};
    if (std::find(kOptions.begin(), kOptions.end(), option) == kOptions.end()) {
      return Outcome::Foreign;
    }
    line_.take();
    const Location where = line_.here();
    auto value = line_.string();
    if (!value) return Outcome::Void;
    switch (option) {
      case Keyword::Refid:
        source_.refid = value->substr(0, 4);
        break;
      case Keyword::Path:
        source_.path = *std::move(value);
        break;
      case Keyword::PpsPath:
        source_.pps_path = *std::move(value);
        break;
      case Keyword::Ca:
        source_.nts_ca = *std::move(value);
        break;
      case Keyword::Aead:
        set_aead(*value, where);
        break;
      default:
        refuse(line_.previous(), "cert belongs to 'nts', not to a source");
        break;
    }
    return Outcome::Taken;
  }

  void set_aead(const std::string& value, const Location& where) {
    if (std::find(kAeads.begin(), kAeads.end(), value) == kAeads.end()) {
      line_.report().error(where, "unknown AEAD " + quote(value) +
                                      ", expected AES_SIV_CMAC_256, _384 or _512 (the option is "
                                      "ignored)");
      return;
    }
    source_.nts_aead = value;
  }

  Outcome read_boolean(Keyword option) {
    if (option < Keyword::Flag1 || option > Keyword::Flag4) return Outcome::Foreign;
    const unsigned bit =
        1U << (static_cast<unsigned>(option) - static_cast<unsigned>(Keyword::Flag1));
    line_.take();
    const auto value = line_.boolean();
    if (!value) return Outcome::Void;
    source_.flags = *value ? source_.flags | bit : source_.flags & ~bit;
    return Outcome::Taken;
  }

  int clamp_poll(std::string_view name, std::uint32_t raw, const Location& where) {
    const auto value = static_cast<std::int32_t>(raw);
    const int clamped = std::clamp(value, kLowestPoll, kHighestPoll);
    if (clamped != value) {
      line_.report().info(where, std::string(name) + " " + std::to_string(value) +
                                     " is outside 0 to 17, taken as " + std::to_string(clamped));
    }
    return clamped;
  }

  /// The option is grammatical but makes the line void, as soon as that is read.
  void refuse(const Location& where, std::string_view why) {
    line_.report().error(where, std::string(why) + " (the line is ignored)");
    refused_ = true;
  }

  Line& line_;
  SourceSettings& source_;
  std::optional<int> max_poll_;
  bool refused_ = false;
};

/// NTPsec: minpoll gives way to maxpoll, also to its default; a clock's maxpoll is its minpoll
/// unless given.
void settle_polls(SourceSettings& source, std::optional<int> max_poll, Report& report) {
  source.max_poll = max_poll.value_or(kDefaultMaxPoll);
  if (source.min_poll > source.max_poll) {
    report.warning(source.where, "minpoll " + std::to_string(source.min_poll) +
                                     " is lowered to maxpoll " + std::to_string(source.max_poll));
    source.min_poll = source.max_poll;
  }
  if (source.type == SourceType::Refclock && !max_poll) source.max_poll = source.min_poll;
}

/// What the options of a line make of it.
enum class Verdict : std::uint8_t { Good, Refused, Void };

Verdict read_options(Line& line, SourceSettings& source) {
  line.expect("an option of the source");
  OptionReader options(line, source);
  if (!options.read_all()) return Verdict::Void;
  if (options.refused()) return Verdict::Refused;
  settle_polls(source, options.max_poll(), line.report());
  return Verdict::Good;
}

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
  const Verdict verdict = read_options(line, source);
  if (verdict != Verdict::Good) return verdict == Verdict::Refused;
  if (directive == Keyword::Peer) {
    line.report().error(source.where, "peer deprecated, treated as server: " + quote(source.host));
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
  const Verdict verdict = read_options(line, source);
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
