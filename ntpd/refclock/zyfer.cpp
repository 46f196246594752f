// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/refclock/telegram/zyfer.h"

#include "ntpd/refclock/serial_driver.h"

namespace ntp::refclock {

extern const DriverInfo driver_zyfer;

namespace {

/// Zyfer GPStarplus, which sends a telegram each second and is never asked.
class ZyferDriver final : public SerialDriver {
 public:
  explicit ZyferDriver(Feed& feed) : SerialDriver(feed, driver_zyfer) {}

  Result<void> open(Devices& devices) override {
    receiver_ = telegram::make_zyfer();
    return open_port(devices, {.path = {}, .lines = false});
  }

  std::optional<ClockEvent> poll(const Moment&) override { return take_trouble(); }

 private:
  void on_octets(ByteView octets, WallTime received) override {
    for (const std::uint8_t octet : octets) {
      const auto heard = receiver_->push(octet, received);
      if (!heard || !heard->time) continue;
      feed_.timecode(heard->text);
      feed_.stats(heard->text);
      if (!*heard->time) {
        trouble(heard->time->error());
      } else {
        accept(**heard->time, heard->at, feed_.settings().time1);
      }
    }
  }

  std::unique_ptr<telegram::Receiver> receiver_;
};

}  // namespace

extern const DriverInfo driver_zyfer{
    .name = "ZYFER",
    .description = "Zyfer GPStarplus",
    .number = 42,
    .device = "/dev/zyfer%u",
    .refid = "GPS",
    .precision = -20,
    .make = [](Feed& feed) -> std::unique_ptr<Driver> {
      return std::make_unique<ZyferDriver>(feed);
    },
};

}  // namespace ntp::refclock
