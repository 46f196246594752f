// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "ntpd/control/model.h"
#include "ntpd/control/responder.h"

/// The variables of mode 6: one table each for the system, an association and a reference clock, in
/// the order in which NTPsec 1.2.5 sends and lists them.
namespace ntp::control {

/// Whether a variable is sent when no names are asked for. Those that NTPsec has not are known by
/// their names alone: they are not in the lists of names either.
enum class Listing { Default, OnRequest, Extra };

struct SystemContext {
  const Model& model;
  const Identity& identity;
  const SystemView& system;
};

struct SystemVariable {
  std::string_view name;
  Listing listing = Listing::OnRequest;
  /// Writes the value; null for what the daemon counts, which comes from the Model by its name.
  std::string (*getter)(const SystemContext&) = nullptr;
  /// Of a counted variable: the decimals of a quantity; 0: a count.
  int decimals = 0;

  /// The value as it stands on the wire. Nothing if the daemon does not count it: such a variable
  /// is unknown to clients and absent from `sys_var_list`.
  [[nodiscard]] std::optional<std::string> value(const SystemContext& context) const;
};

struct PeerVariable {
  std::string_view name;
  Listing listing = Listing::OnRequest;
  /// Writes the value, or nothing where this association has none: it is left out of the reply.
  std::optional<std::string> (*getter)(const PeerView&) = nullptr;
};

struct ClockVariable {
  std::string_view name;
  Listing listing = Listing::Default;
  /// As for associations; `asked` if the request names the variable.
  std::optional<std::string> (*getter)(const ClockView&, bool asked) = nullptr;
};

[[nodiscard]] std::span<const SystemVariable> system_variables();
[[nodiscard]] std::span<const PeerVariable> peer_variables();
[[nodiscard]] std::span<const ClockVariable> clock_variables();

}  // namespace ntp::control
