// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "fake_model.h"
#include "ntpd/control/responder.h"

/// Reads the values of a captured reply back into a FakeModel, so that the responder can be asked
/// to write them again.
namespace ntp::control {

struct Item {
  std::string name;
  std::string value;  // as it stands, quotes and leading blanks included
};

/// The items of a reply's text, cut at commas outside quotes.
std::vector<Item> split_items(std::string_view text);

void learn_system_status(FakeModel& model, std::uint16_t word);
void learn_peer_status(FakeModel& model, std::uint16_t id, std::uint16_t word);
/// `defaults` if the items are a default set: names that the system table lacks are then the
/// user's own default variables.
void learn_system(FakeModel& model, const std::vector<Item>& items, bool defaults);
void learn_identity(Identity& identity, const std::vector<Item>& items);
void learn_peer(FakeModel& model, std::uint16_t id, const std::vector<Item>& items);
void learn_clock(FakeModel& model, std::uint16_t id, std::uint16_t status,
                 const std::vector<Item>& items);

}  // namespace ntp::control
