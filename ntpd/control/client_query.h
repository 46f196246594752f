// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "ntpd/control/model.h"

namespace ntp::control {

/// The parameters of READ_MRU. A zero means that nothing is asked.
struct ClientQuery {
  static constexpr std::size_t kMostPriors = 16;

  std::string_view nonce;
  std::uint32_t frames = 0;  // `frags`: datagrams at most
  std::uint32_t limit = 0;   // entries at most
  std::int32_t min_count = 0;
  std::uint32_t min_dropped = 0;
  double min_score = 0;
  std::uint32_t all_flags = 0;
  std::uint32_t any_flags = 0;
  std::uint32_t max_age = 0;  // s since the last packet: `maxlstint`
  std::uint32_t min_age = 0;
  Address local;
  std::uint32_t recent = 0;

  /// What the client has already: addresses and the time of their last packet.
  std::array<Endpoint, kMostPriors> address{};
  std::array<NtpTimestamp, kMostPriors> last{};
  /// How many of them, from the first on, were given whole and in order.
  std::size_t priors = 0;

  /// Reads the list up to its end or the first unknown name. Nothing if a value can't be read.
  static std::optional<ClientQuery> parse(std::string_view list);

  /// Whether the numbers asked for are ones that are given.
  [[nodiscard]] bool has_valid_limits() const;
  /// Whether an entry is wanted, `recent` left out of account.
  [[nodiscard]] bool wants(const ClientView& client, NtpTimestamp now) const;
};

}  // namespace ntp::control
