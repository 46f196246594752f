// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include "ntpd/association/nts_establisher.h"
#include "ntpd/association/server_association.h"

namespace ntp::association {

/// A `pool` line: has no server of its own, but keeps as many of the pool's servers mobilized as
/// `tos maxclock` wants, and looks for others when some have died.
class PoolAssociation final : public Association {
 public:
  PoolAssociation(Id id, const config::SourceSettings& settings, const Context& context,
                  MonoTime first, ServerAssociation::InUse in_use);

  Actions on_timer(const Context& context) override;
  Actions resolved(const Result<std::vector<Address>>& addresses, const Context& context) override;
  Actions established(const Result<nts::KeResult>& result, const Context& context) override;
  void hurry(const Context& context) override;
  void clock_stepped(const Context&) override {}

  [[nodiscard]] std::string name() const override { return settings_.host; }
  [[nodiscard]] bool active() const override { return false; }
  [[nodiscard]] control::PeerView view(const Context& context) const override;

 private:
  void await_keys(const Context& context);
  void spawn(const NtsGrant& grant, const Context& context, Actions& actions);

  ServerAssociation::InUse in_use_;
  /// With `nts`: each exchange gives one member.
  std::optional<NtsEstablisher> establisher_;
  int failed_look_ups_ = 0;
  std::string dns_error_;
  int wait_ = 8;  // log2 s between solicitations
};

}  // namespace ntp::association
