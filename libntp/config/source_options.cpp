// SPDX-License-Identifier: BSD-2-Clause
#include "libntp/config/source_options.h"

#include <algorithm>
#include <array>

#include "libntp/config/text.h"

namespace ntp::config {
namespace {

constexpr int kLowestPoll = 0;
constexpr int kHighestPoll = 17;
constexpr int kDefaultMaxPoll = 10;
constexpr std::uint32_t kMaxKey = 65535;
constexpr std::uint32_t kMaxVersion = 255;

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
    const Location option_at = line_.here();
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
        refuse(option_at, "cert belongs to 'nts', not to a source");
        break;
    }
    return Outcome::Taken;
  }

  void set_aead(const std::string& value, const Location& where) {
    if (!is_aead(value)) {
      line_.report().error(where, "unknown AEAD " + quote(value) +
                                      ", expected AES_SIV_CMAC_256, _384, _512 or "
                                      "AES_128_GCM_SIV (the option is ignored)");
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
      line_.report().warning(where, std::string(name) + " " + std::to_string(value) +
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
                                     " is lowered to maxpoll " + std::to_string(source.max_poll) +
                                     "; for a longer interval write both");
    source.min_poll = source.max_poll;
  }
  if (source.type == SourceType::Refclock && !max_poll) source.max_poll = source.min_poll;
}

}  // namespace

Verdict read_source_options(Line& line, SourceSettings& source) {
  line.expect("an option of the source");
  OptionReader options(line, source);
  if (!options.read_all()) return Verdict::Void;
  if (options.refused()) return Verdict::Refused;
  settle_polls(source, options.max_poll(), line.report());
  return Verdict::Good;
}

}  // namespace ntp::config
