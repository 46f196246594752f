// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/refclock/telegram/oncore.h"

#include <algorithm>
#include <array>

namespace ntp::refclock::telegram {

namespace {

struct Known {
  std::string_view name;
  std::size_t size;  // with everything
};
constexpr std::array<Known, 38> kKnown{
    {{"Ea", 76}, {"Ba", 68},  {"Ha", 154}, {"Bn", 59}, {"En", 69}, {"Hn", 78}, {"Ab", 10},
     {"Ac", 11}, {"Ad", 11},  {"Ae", 11},  {"Af", 15}, {"Ag", 8},  {"As", 20}, {"At", 8},
     {"Au", 12}, {"Av", 8},   {"Aw", 8},   {"Ay", 11}, {"Az", 11}, {"AB", 8},  {"Bb", 92},
     {"Bd", 23}, {"Bj", 8},   {"Bl", 41},  {"Ca", 9},  {"Cb", 33}, {"Cf", 7},  {"Cg", 8},
     {"Ch", 9},  {"Cj", 294}, {"Ek", 71},  {"Fa", 9},  {"Ga", 20}, {"Gb", 17}, {"Gd", 8},
     {"Ge", 8},  {"Gj", 21},  {"Ia", 10}}};
constexpr std::size_t kPrefix = 4, kSuffix = 3;

std::uint8_t byte_at(std::string_view data, std::size_t at) {
  return static_cast<std::uint8_t>(data[at]);
}

std::uint8_t sum_of(std::string_view bytes) {
  std::uint8_t sum = 0;
  for (const char c : bytes) sum ^= static_cast<std::uint8_t>(c);
  return sum;
}

unsigned word(std::string_view data, std::size_t at) {
  return static_cast<unsigned>(byte_at(data, at)) << 8 | byte_at(data, at + 1);
}

/// Places in a whole message, as the manuals count them.
struct Layout {
  std::string_view name;
  int channels;
  std::size_t dilution, visible, tracked, receiver;
};
constexpr std::array<Layout, 3> kLayouts{
    {{"Ba", 6, 35, 38, 39, 64}, {"Ea", 8, 35, 38, 39, 72}, {"Ha", 12, 53, 55, 56, 129}}};

}  // namespace

OncoreFramer::Step OncoreFramer::push(std::uint8_t byte) {
  bytes_.push_back(static_cast<char>(byte));
  // In step: a message begins with what is kept.
  while (!bytes_.empty()) {
    const bool begins = bytes_[0] == '@' && (bytes_.size() < 2 || bytes_[1] == '@');
    const auto* known = bytes_.size() < kPrefix
                            ? nullptr
                            : std::ranges::find(kKnown, bytes_.substr(2, 2), &Known::name);
    if (!begins || known == kKnown.end()) {
      bytes_.erase(0, 1);
      continue;
    }
    if (!known || bytes_.size() < known->size) return {};
    const std::string_view all(bytes_);
    const std::size_t sum = known->size - kSuffix;
    const bool good =
        all.substr(sum + 1) == "\r\n" && sum_of(all.substr(2, sum - 2)) == byte_at(all, sum);
    if (!good) {
      bytes_.erase(0, 2);
      return {.message = std::nullopt, .broken = true};
    }
    OncoreMessage message{.name = std::string(all.substr(2, 2)),
                          .data = std::string(all.substr(kPrefix, sum - kPrefix))};
    bytes_.clear();
    return {.message = std::move(message)};
  }
  return {};
}

std::string oncore_message(std::string_view body) {
  std::string message = "@@";
  message.append(body);
  message.push_back(static_cast<char>(sum_of(body)));
  return message + "\r\n";
}

Result<OncoreStatus, Problem> decode_oncore_status(const OncoreMessage& message) {
  const auto* layout = std::ranges::find(kLayouts, message.name, &Layout::name);
  if (layout == kLayouts.end()) return fail(Problem::BadFormat);
  const std::string_view data = message.data;
  const std::size_t size = std::ranges::find(kKnown, message.name, &Known::name)->size;
  if (data.size() != size - kPrefix - kSuffix) return fail(Problem::BadFormat);
  OncoreStatus status;
  status.channels = layout->channels;
  Civil& civil = status.decoded.civil;
  civil.month = byte_at(data, 0);
  civil.day = byte_at(data, 1);
  civil.year = static_cast<int>(word(data, 2));
  civil.hour = byte_at(data, 4);
  civil.minute = byte_at(data, 5);
  civil.second = byte_at(data, 6);
  civil.week_rolls = true;
  status.decoded.utc = true;
  status.dilution = 0.1 * word(data, layout->dilution - kPrefix);
  status.visible = byte_at(data, layout->visible - kPrefix);
  status.tracked = byte_at(data, layout->tracked - kPrefix);
  const std::size_t receiver = layout->receiver - kPrefix;
  constexpr int kTwelve = 12;
  status.receiver = layout->channels == kTwelve ? word(data, receiver) : byte_at(data, receiver);
  // Bits that say: no almanac, or it is too old.
  const unsigned bad_almanac = layout->channels == kTwelve ? 0x0080U : 0x01U;
  if ((status.receiver & bad_almanac) != 0) status.decoded.lock = Lock::Invalid;
  return status;
}

std::optional<OncoreIntegrity> decode_oncore_integrity(const OncoreMessage& message) {
  const bool twelve = message.name == "Hn";
  if (!twelve && message.name != "Bn" && message.name != "En") return std::nullopt;
  const std::size_t verdict = (twelve ? 6 : 21) - kPrefix, tooth = (twelve ? 14 : 25) - kPrefix;
  if (message.data.size() <= tooth) return std::nullopt;
  return OncoreIntegrity{.good = byte_at(message.data, verdict) == 0,
                         .sawtooth = static_cast<std::int8_t>(byte_at(message.data, tooth))};
}

std::optional<Leap> decode_oncore_leap(const OncoreMessage& message) {
  if (message.name != "Bj" || message.data.size() != 1) return std::nullopt;
  switch (message.data[0]) {
    case 1:
      return Leap::Insert;
    case 2:
      return Leap::Delete;
    default:
      return Leap::None;
  }
}

}  // namespace ntp::refclock::telegram
