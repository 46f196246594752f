// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/refclock/telegram/zyfer.h"

#include <array>

#include "ntpd/refclock/telegram/pattern.h"

namespace ntp::refclock::telegram {

namespace {

constexpr std::size_t kSize = 29;

class Zyfer final : public Receiver {
 public:
  std::optional<Heard> push(std::uint8_t byte, WallTime at) override {
    const char c = static_cast<char>(byte);
    if (c == '!') {
      text_.assign(1, c);
      at_ = at;
      return std::nullopt;
    }
    if (text_.empty()) return std::nullopt;
    text_.push_back(c);
    if (text_.size() < kSize) return std::nullopt;
    Heard heard{.time = decode_zyfer(text_), .at = at_, .text = readable(text_)};
    text_.clear();
    return heard;
  }

 private:
  std::string text_;
  WallTime at_{};
};

}  // namespace

Result<Decoded, Problem> decode_zyfer(std::string_view telegram) {
  const auto civil = match(telegram, "!TIME,yyyy,jjj,hh,mm,ss,_,_,_");
  if (!civil) return fail(Problem::BadFormat);
  const auto mode = number(telegram.substr(24, 1)), merit = number(telegram.substr(26, 1)),
             operation = number(telegram.substr(28, 1));
  if (!mode || !merit || !operation) return fail(Problem::BadFormat);
  constexpr int kUtc = 2, kTimeLocked = 1;
  if (*mode != kUtc) return fail(Problem::BadTime);
  Decoded decoded{.civil = *civil, .utc = true};
  decoded.civil.week_rolls = true;
  if (*operation != kTimeLocked) decoded.lock = Lock::Invalid;
  // From 1 us on, a digit is a factor of ten; the last one has no bound.
  constexpr std::array<double, 5> kBounds{1e-6, 1e-5, 1e-4, 1e-3, 1e-2};
  if (*merit >= 4 && *merit <= 8)
    decoded.error_bound = kBounds[static_cast<std::size_t>(*merit - 4)];
  return decoded;
}

std::unique_ptr<Receiver> make_zyfer() { return std::make_unique<Zyfer>(); }

}  // namespace ntp::refclock::telegram
