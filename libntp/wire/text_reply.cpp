// SPDX-License-Identifier: BSD-2-Clause
#include <algorithm>

#include "libntp/wire/control.h"

namespace ntp::wire {
namespace {

constexpr std::size_t kLineLimit = 72;
/// Kept free in a fragment for the comma, CR and LF that may follow an item.
constexpr std::size_t kSeparatorRoom = 3;
constexpr std::string_view kLineEnd = "\r\n";

}  // namespace

void TextReply::add(std::string_view name, std::string_view value) {
  std::string item;
  item.reserve(name.size() + 1 + value.size());
  item.append(name).append(1, '=').append(value);
  add_raw(item);
}

void TextReply::add_raw(std::string_view item) {
  if (count_++ > 0) {
    text_ += ',';
    ++line_length_;
    // NTPsec: the length of the line runs on through the borders of fragments.
    if (item.size() + line_length_ + 1 >= kLineLimit) {
      text_ += kLineEnd;
      line_length_ = 0;
    } else {
      text_ += ' ';
      ++line_length_;
    }
  }
  line_length_ += item.size();
  while (text_.size() - fragment_start_ + item.size() + kSeparatorRoom > kControlDataLimit) {
    const std::size_t room = kControlDataLimit - (text_.size() - fragment_start_);
    const std::size_t placed = std::min(room, item.size());
    text_ += item.substr(0, placed);
    item.remove_prefix(placed);
    cuts_.push_back(text_.size());
    fragment_start_ = text_.size();
  }
  text_ += item;
}

std::vector<std::vector<std::uint8_t>> TextReply::frames(ControlHeader header) const {
  std::string text = text_;
  // It always fits, since an item leaves kSeparatorRoom octets free.
  if (!empty()) text += kLineEnd;
  header.response = true;
  header.error = false;
  std::vector<std::vector<std::uint8_t>> datagrams;
  std::size_t start = 0;
  for (std::size_t i = 0; i <= cuts_.size(); ++i) {
    header.more = i < cuts_.size();
    header.offset = static_cast<std::uint16_t>(start);
    const std::size_t end = header.more ? cuts_[i] : text.size();
    datagrams.push_back(encode_control(header, as_bytes(text).subspan(start, end - start)));
    start = end;
  }
  return datagrams;
}

}  // namespace ntp::wire
