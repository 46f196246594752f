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
    Heard heard{.time = std::nullopt, .at = frame->at, .text = printable(frame->text)};
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

std::string printable(std::string_view telegram) {
  std::string text;
  for (const char c : telegram.substr(0, 128)) {
    if (c >= ' ' && c <= '~') text.push_back(c);
  }
  return text;
}

}  // namespace ntp::refclock::telegram
