// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "ntpd/refclock/driver.h"
#include "ntpd/refclock/feed.h"
#include "ntpd/refclock/telegram/telegram.h"

namespace ntp::refclock {

/// What drivers of a clock at a serial port have in common: the port, and what becomes of
/// telegrams.
class SerialDriver : public Driver {
 public:
  void close() override {
    port_.reset();
    trouble_ = ClockEvent::Timeout;
  }

 protected:
  SerialDriver(Feed& feed, const DriverInfo& info) : feed_(feed), info_(info) {}

  /// Opens the port of the settings; `path` and `baud` of ntp.conf have precedence.
  Result<void> open_port(Devices& devices, SerialSettings settings);
  virtual void on_octets(ByteView octets, WallTime received) = 0;

  /// Writes to the clock. That it can't be is a fault.
  void send(std::string_view text);
  /// Reports what is wrong, and remembers it for a poll without samples.
  void trouble(telegram::Problem problem);
  void trouble(ClockEvent event);
  /// The event for a poll without samples: what was wrong last, or that nothing came.
  ClockEvent take_trouble() { return std::exchange(trouble_, ClockEvent::Timeout); }

  /// The moment that a telegram means; what is wrong with it is reported.
  std::optional<WallTime> moment(const telegram::Civil& civil, WallTime received);
  /// Makes a sample of a telegram that came at `received`: false if it gives none. `fudge`, s.
  bool accept(const telegram::Decoded& decoded, WallTime received, double fudge);

  /// SHM(0).
  [[nodiscard]] std::string name() const;

  Feed& feed_;
  const DriverInfo& info_;
  std::unique_ptr<SerialPort> port_;

 private:
  ClockEvent trouble_ = ClockEvent::Timeout;
};

}  // namespace ntp::refclock
