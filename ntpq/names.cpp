// SPDX-License-Identifier: BSD-2-Clause
#include "ntpq/names.h"

#include <algorithm>
#include <chrono>
#include <cstddef>

#include "ntpq/text.h"

namespace ntp::ntpq {
namespace {

constexpr Duration kRemembered = std::chrono::minutes(5);
/// More addresses than any daemon has peers; a longer list is not from one.
constexpr std::size_t kMostNames = 65536;

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](char character) {
    return character >= 'A' && character <= 'Z' ? static_cast<char>(character - 'A' + 'a')
                                                : character;
  });
  return text;
}

}  // namespace

std::string Names::of(const std::string& address) {
  const auto parsed = parse_address(address);
  if (!parsed) return "DNSFAIL:" + visible(address);
  const MonoTime now = network_.mono();
  const auto known = known_.find(address);
  if (known != known_.end() && now - known->second.learned < kRemembered) {
    return known->second.name;
  }
  // Who wants to end does not want to wait for a name service.
  if (network_.interrupted()) return visible(address);
  std::string name = lower(visible(network_.name_of(*parsed).value_or(address)));
  if (known_.size() >= kMostNames) known_.clear();
  // Only now: a slow lookup does not shorten how long its result is kept.
  known_.insert_or_assign(address, Entry{name, network_.mono()});
  return name;
}

std::string Names::canonical(const std::string& host) {
  if (parse_address(host)) return of(host);
  const auto addresses = network_.addresses_of(host);
  if (addresses.empty()) return "DNSFAIL:" + visible(host);
  return lower(visible(network_.name_of(addresses.front()).value_or(host)));
}

bool Names::lead_to(const std::string& name, const std::string& address) {
  const auto known = confirmed_.find({name, address});
  if (known != confirmed_.end()) return known->second;
  const auto addresses = network_.addresses_of(name);
  const bool found = std::any_of(addresses.begin(), addresses.end(),
                                 [&](const Address& each) { return each.to_string() == address; });
  if (confirmed_.size() >= kMostNames) confirmed_.clear();
  confirmed_.insert_or_assign({name, address}, found);
  return found;
}

}  // namespace ntp::ntpq
