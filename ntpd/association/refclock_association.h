// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <memory>

#include "ntpd/association/association.h"
#include "ntpd/refclock/driver.h"

namespace ntp::association {

/// A reference clock: polls its driver and treats what it says as it would a packet.
class RefclockAssociation final : public Association {
 public:
  RefclockAssociation(Id id, const config::SourceSettings& settings, const Context& context,
                      MonoTime first, std::unique_ptr<refclock::Driver> driver);

  Actions on_timer(const Context& context) override;
  void clock_stepped(const Context& context) override;

  [[nodiscard]] std::string name() const override;
  [[nodiscard]] bool is_refclock() const override { return true; }
  [[nodiscard]] const refclock::Driver& driver() const { return *driver_; }
  std::optional<sync::Candidate> candidate(const Context& context) override;
  [[nodiscard]] control::PeerView view(const Context& context) const override;
  /// What the driver has to say of itself.
  [[nodiscard]] control::ClockView clock_view() const;

 private:
  void take_identity();

  std::unique_ptr<refclock::Driver> driver_;
};

}  // namespace ntp::association
