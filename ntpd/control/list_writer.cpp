// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/control/list_writer.h"

#include <utility>

namespace ntp::control {

std::uint32_t ListWriter::draw(std::uint32_t below) {
  // Knuth's multiplier; the low bits of such a sequence are poor, the high ones are not.
  state_ = state_ * 6364136223846793005U + 1442695040888963407U;
  return static_cast<std::uint32_t>(state_ >> 33) % below;
}

bool ListWriter::add(std::size_t number, std::vector<Item> items) {
  const std::string suffix = '.' + std::to_string(number);
  std::size_t size = 0;
  for (const Item& item : items) {
    size += item.stem.size() + suffix.size() + 1 + item.value.size() + TextWriter::kSeparator;
  }
  if (!text_.has_room(size)) return false;
  for (std::size_t left = items.size(); left > 0; --left) {
    std::swap(items[draw(static_cast<std::uint32_t>(left))], items[left - 1]);
    const Item& chosen = items[left - 1];
    text_.add(std::string(chosen.stem) + suffix, chosen.value);
  }
  return true;
}

void ListWriter::add_noise(std::size_t number) {
  std::string name;
  for (int i = 0; i < 3; ++i) name += static_cast<char>('a' + draw(26));
  text_.add(name + '.' + std::to_string(number), std::to_string(draw(1U << 16)));
}

}  // namespace ntp::control
