// SPDX-License-Identifier: BSD-2-Clause
#include "ntpq/command_line.h"

#include <algorithm>
#include <optional>

#include "ntpq/number.h"
#include "ntpq/text.h"

namespace ntp::ntpq {
namespace {

class Reader {
 public:
  Reader(std::span<const std::string> arguments, const OptionSet& options)
      : arguments_(arguments), options_(options) {}

  Result<CommandLine> read() {
    while (next_ < arguments_.size()) {
      const std::string_view word = arguments_[next_];
      if (word.size() < 2 || word.front() != '-') break;
      ++next_;
      if (word == "--") break;
      const bool is_long = word.starts_with("--");
      const auto read = is_long ? take_long(word.substr(2)) : take_short(word.substr(1));
      if (!read) return fail("option " + visible(read.error().message));
    }
    const auto rest = arguments_.subspan(next_);
    line_.words.assign(rest.begin(), rest.end());
    return std::move(line_);
  }

 private:
  using Read = Result<void>;

  [[nodiscard]] bool has_argument(char letter) const {
    const std::size_t at = options_.letters.find(letter);
    return at != std::string_view::npos && at + 1 < options_.letters.size() &&
           options_.letters[at + 1] == ':';
  }

  std::optional<std::string> next_word() {
    if (next_ == arguments_.size()) return std::nullopt;
    return arguments_[next_++];
  }

  Read take_short(std::string_view letters) {
    while (!letters.empty()) {
      const char letter = letters.front();
      const std::string name = "-" + std::string(1, letter);
      letters.remove_prefix(1);
      if (letter == ':' || options_.letters.find(letter) == std::string_view::npos) {
        return fail(name + " not recognized");
      }
      if (!has_argument(letter)) {
        line_.switches.push_back({letter, ""});
        continue;
      }
      const auto value = letters.empty() ? next_word() : std::string(letters);
      if (!value) return fail(name + " requires argument");
      line_.switches.push_back({letter, *value});
      break;
    }
    return {};
  }

  Read take_long(std::string_view text) {
    const std::size_t equals = std::min(text.find('='), text.size());
    const std::string_view name = text.substr(0, equals);
    const std::string shown = "--" + std::string(name);
    const OptionSet::Long* chosen = nullptr;
    std::size_t candidates = 0;
    for (const OptionSet::Long& each : options_.names) {
      if (!each.name.starts_with(name)) continue;
      ++candidates;
      chosen = &each;
      if (each.name == name) {
        candidates = 1;
        break;
      }
    }
    if (candidates == 0) return fail(shown + " not recognized");
    if (candidates > 1) return fail(shown + " not a unique prefix");
    const std::string whole = "--" + std::string(chosen->name);
    if (!has_argument(chosen->letter)) {
      if (equals < text.size()) return fail(whole + " must not have an argument");
      line_.switches.push_back({chosen->letter, ""});
      return {};
    }
    const auto value = equals < text.size() ? std::string(text.substr(equals + 1)) : next_word();
    if (!value) return fail(whole + " requires argument");
    line_.switches.push_back({chosen->letter, *value});
    return {};
  }

  std::span<const std::string> arguments_;
  const OptionSet& options_;
  std::size_t next_ = 0;
  CommandLine line_;
};

}  // namespace

Result<CommandLine> read_command_line(std::span<const std::string> arguments,
                                      const OptionSet& options) {
  return Reader(arguments, options).read();
}

Result<std::int64_t, EarlyExit> number_of(const CommandLine::Switch& given, std::string_view usage,
                                          std::int64_t least, std::int64_t most) {
  const auto value = parse_decimal(given.value);
  if (value && *value >= least && *value <= most) return *value;
  return fail(EarlyExit{"Error: -" + std::string(1, given.letter) + " parameter '" +
                            visible(given.value) + "' not a number\n" + std::string(usage),
                        false, 1});
}

Result<int, EarlyExit> number_of(const CommandLine::Switch& given, std::string_view usage) {
  const auto value =
      number_of(given, usage, std::numeric_limits<int>::min(), std::numeric_limits<int>::max());
  if (!value) return fail(value.error());
  return static_cast<int>(*value);
}

std::string version_text() { return "regulator-" REGULATOR_VERSION " (ntpsec-1.2.5)"; }

EarlyExit version_of(std::string_view program) {
  return {std::string(program) + " " + version_text() + "\n", true, 0};
}

}  // namespace ntp::ntpq
