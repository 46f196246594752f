// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "libntp/wire/control.h"
#include "ntpd/control/events.h"
#include "ntpd/control/model.h"
#include "ntpd/control/nonce.h"
#include "ntpd/control/responder.h"
#include "ntpd/control/text_writer.h"

namespace ntp::control {

/// One request on its way to its answer.
class Query {
 public:
  /// What the MAC of the request allows.
  enum class Right : std::uint8_t { None, Known, Control };

  /// What a query is answered from.
  struct Sources {
    Model& model;
    Random& random;
    Nonces& nonces;
    const Identity& identity;
    const SystemView& system;
    const Caller& caller;
  };

  Query(const Sources& sources, wire::ControlHeader header, std::string_view list, Right right)
      : model_(sources.model),
        random_(sources.random),
        nonces_(sources.nonces),
        identity_(sources.identity),
        system_(sources.system),
        caller_(sources.caller),
        header_(header),
        list_(list),
        right_(right) {
    header_.leap = system_.leap;
  }

  Reply answer();

 private:
  Reply error(wire::ControlError code) const { return {wire::error_reply(header_, code)}; }
  Reply empty() const;
  Reply status();
  Reply association_list();
  Reply system_values();
  Reply system_defaults();
  Reply peer_values(std::string_view list);
  Reply clock_values();
  Reply ordered_list();
  Reply configuration();
  Reply nonce();
  Reply client_list();
  /// What a tolerant list names, or the default set if it names nothing, in the table's order.
  template <class Variable, class Getter>
  Reply listed_values(std::span<const Variable> table, std::string_view list, Getter getter) const;

  [[nodiscard]] std::optional<std::string> system_item(std::string_view name) const;
  [[nodiscard]] const UserVariable* user_variable(std::string_view name) const;
  [[nodiscard]] std::optional<std::uint16_t> any_clock() const;

  [[nodiscard]] std::string fresh_nonce() const {
    return nonces_.make(caller_.remote, caller_.received, system_.uptime);
  }

  Model& model_;
  Random& random_;
  Nonces& nonces_;
  const Identity& identity_;
  const SystemView& system_;
  const Caller& caller_;
  wire::ControlHeader header_;
  std::string_view list_;
  Right right_;
  std::vector<UserVariable> user_variables_;
};

/// The status words of the system and of an association as they are now.
std::uint16_t status_word(const SystemView& system);
std::uint16_t status_word(const PeerView& peer);

}  // namespace ntp::control
