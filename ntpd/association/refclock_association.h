// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <memory>

#include "ntpd/association/association.h"
#include "ntpd/refclock/unit.h"

namespace ntp::association {

/// A reference clock: polls its unit and treats what it says as it would a packet.
class RefclockAssociation final : public Association {
 public:
  /// The device of the unit may have been opened already.
  RefclockAssociation(Id id, const config::SourceSettings& settings, const Context& context,
                      MonoTime first, std::unique_ptr<refclock::Unit> unit);

  [[nodiscard]] MonoTime due() const override;
  Actions on_timer(const Context& context) override;
  void clock_stepped(const Context& context) override;

  [[nodiscard]] std::string name() const override { return unit_->name(); }
  [[nodiscard]] bool is_refclock() const override { return true; }
  [[nodiscard]] const refclock::DriverInfo& driver() const { return unit_->info(); }
  /// `enable calibrate`: moves time1, s.
  void nudge_time1(double by) { unit_->nudge_time1(by); }
  std::optional<sync::Candidate> candidate(const Context& context) override;
  [[nodiscard]] control::PeerView view(const Context& context) const override;
  /// What the driver has to say of itself.
  [[nodiscard]] control::ClockView clock_view() const;

  void reconfigure(const config::SourceSettings& settings, const Context& context) override;

 private:
  void take_identity();
  void poll(const refclock::Moment& now, const Context& context, Actions& actions);
  void use(const refclock::Unit::Batch& batch, const Context& context, Actions& actions);
  void tell_news(Actions& actions);
  [[nodiscard]] bool is_lit() const { return unit_->feed().pulse(); }

  std::unique_ptr<refclock::Unit> unit_;
  MonoTime next_tick_;
  std::optional<WallTime> last_poll_;
  bool was_lit_ = false;
};

}  // namespace ntp::association
