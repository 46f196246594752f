// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/refclock/telegram/receiver.h"

namespace ntp::refclock::telegram {

namespace {

class Framed final : public Receiver {
 public:
  Framed(Framing framing, Decode decode) : framer_(framing), decode_(decode) {}

  std::optional<Heard> push(std::uint8_t byte, WallTime at) override {
    const auto frame = framer_.push(static_cast<char>(byte), at);
    if (!frame) return std::nullopt;
    Heard heard{.time = std::nullopt, .at = frame->at, .text = readable(frame->text)};
    if (frame->too_long) {
      heard.time = fail(Problem::BadFormat);
    } else {
      heard.time = decode_(frame->text);
    }
    return heard;
  }

 private:
  Framer framer_;
  Decode decode_;
};

}  // namespace

std::unique_ptr<Receiver> make_framed(Framing framing, Decode decode) {
  return std::make_unique<Framed>(framing, decode);
}

std::string readable(std::string_view telegram) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const char c : telegram.substr(0, 128)) {
    const auto value = static_cast<std::uint8_t>(c);
    if (c == '\\') {
      text += "\\\\";
    } else if (c >= ' ' && c <= '~' && c != '"') {
      text.push_back(c);
    } else {
      text += {'\\', 'x', kDigits[value >> 4], kDigits[value & 15]};
    }
  }
  return text;
}

}  // namespace ntp::refclock::telegram
