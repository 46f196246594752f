// SPDX-License-Identifier: BSD-2-Clause
#include "ntpq/tools/keygen.h"

#include <algorithm>
#include <array>
#include <ctime>

#include "libntp/core/bytes.h"
#include "ntpq/command_line.h"
#include "ntpq/text.h"

namespace ntp::tools {
namespace {

constexpr std::string_view kUsage = R"(usage: ntpkeygen [-hV]
Writes a file of new AES keys into the current directory, and a link ntp.keys to it.
)";
constexpr std::array<ntpq::OptionSet::Long, 2> kNames = {{{"help", 'h'}, {"version", 'V'}}};
constexpr ntpq::OptionSet kOptions{"hV", kNames};
constexpr int kEach = 10;
constexpr std::size_t kOctets = 16;
/// From the one behind `#`, which begins a comment, up to `}`.
constexpr char kFirst = 0x24;
constexpr unsigned kCharacters = 0x7e - 0x24;

std::uint8_t octet(Random& random) {
  std::array<std::uint8_t, 1> value{};
  random.fill(value);
  return value[0];
}

std::string printable_secret(Random& random) {
  // What is above a whole number of alphabets is drawn again, so that none is likelier.
  constexpr unsigned kLimit = 256 / kCharacters * kCharacters;
  std::string secret;
  while (secret.size() < kOctets) {
    const unsigned drawn = octet(random);
    if (drawn < kLimit)
      secret += static_cast<char>(kFirst + static_cast<char>(drawn % kCharacters));
  }
  return secret;
}

std::string hexadecimal_secret(Random& random) {
  std::string secret;
  for (std::size_t i = 0; i < kOctets; ++i) secret += ntpq::to_hex(octet(random), 2);
  return secret;
}

std::string date_of(std::time_t seconds) {
  std::tm parts{};
  ::localtime_r(&seconds, &parts);
  std::array<char, 64> text{};
  std::strftime(text.data(), text.size(), "%a %b %e %H:%M:%S %Y", &parts);
  return text.data();
}

}  // namespace

Result<KeygenOptions, ntpq::EarlyExit> parse_keygen_options(
    std::span<const std::string> arguments) {
  const auto line = read_command_line(arguments, kOptions);
  if (!line) return fail(ntpq::EarlyExit{line.error().message + "\n", true, 1});
  if (line->switches.empty()) return KeygenOptions{};
  if (line->switches.front().letter == 'V') return fail(ntpq::version_of("ntpkeygen"));
  return fail(ntpq::EarlyExit{std::string(kUsage), true, 0});
}

NewKeys make_keys(const std::string& host, WallTime now, Random& random) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(now.time_since_epoch()).count();
  std::string name = ntpq::visible(host);
  std::replace(name.begin(), name.end(), '/', '_');
  NewKeys keys;
  keys.file_name = "ntpkey_AES_" + name + "." + std::to_string(seconds);
  keys.text = "# " + keys.file_name + "\n# " + date_of(seconds) + "\n";
  for (int id = 1; id <= 2 * kEach; ++id) {
    keys.text += ntpq::pad_left(std::to_string(id), 2) + " AES " +
                 (id <= kEach ? printable_secret(random) : hexadecimal_secret(random)) + "\n";
  }
  return keys;
}

}  // namespace ntp::tools
