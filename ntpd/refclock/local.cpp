// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/refclock/driver.h"
#include "ntpd/refclock/feed.h"

namespace ntp::refclock {
namespace {

/// The undisciplined local clock: claims that the own clock is right, as long as no other source
/// leads. With flag1 somebody else keeps it right, and the kernel says whether that is so.
class LocalDriver final : public Driver {
 public:
  explicit LocalDriver(Feed& feed) : feed_(feed) {}

  Result<void> open(Devices& devices) override {
    devices_ = &devices;
    return {};
  }
  void close() override {}

  std::optional<ClockEvent> poll(const Moment& now) override {
    // NTPsec: does no evil unless the house is dark, or lit with the own lamp.
    if (now.others_lead) return std::nullopt;
    const bool locked = feed_.flag(1);
    feed_.set_leap(locked ? devices_->kernel_leap() : Leap::None);
    feed_.set_root_dispersion(locked ? 0 : kDispersion);
    feed_.offset(0, now.wall);
    return ClockEvent::Nominal;
  }

 private:
  static constexpr double kDispersion = 0.01;  // s
  Feed& feed_;
  Devices* devices_ = nullptr;
};

}  // namespace

extern const DriverInfo driver_local{
    .name = "LOCAL",
    .description = "Undisciplined local clock",
    .number = 1,
    .device = {},
    .refid = "LOCL",
    .stratum = 5,
    .source_code = 5,
    .kind = sync::SourceKind::Local,
    .ticks = false,
    .make = [](Feed& feed) -> std::unique_ptr<Driver> {
      return std::make_unique<LocalDriver>(feed);
    },
};

}  // namespace ntp::refclock
