// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/refclock/serial_driver.h"

#include "ntpd/refclock/calendar.h"

namespace ntp::refclock {

using telegram::Civil;
using telegram::Decoded;
using telegram::Lock;
using telegram::Problem;

Result<void> SerialDriver::open_port(Devices& devices, SerialSettings settings) {
  settings.path = device_path(info_, feed_.settings());
  if (feed_.settings().baud != 0) settings.baud = feed_.settings().baud;
  auto port = devices.open_serial(
      settings,
      {.on_octets = [this](ByteView octets, WallTime received) { on_octets(octets, received); },
       .on_closed = [this](const std::string& reason) { feed_.lost(reason); }});
  if (!port) return Failure<Error>{port.error()};
  port_ = std::move(*port);
  return {};
}

void SerialDriver::send(std::string_view text) {
  if (!port_) return;
  if (const auto sent = port_->write(as_bytes(text)); !sent) {
    trouble(ClockEvent::Fault);
    feed_.log(LogLevel::Error, "write", "REFCLOCK: " + name() + ": write: " + sent.error().message);
  }
}

void SerialDriver::trouble(ClockEvent event) {
  trouble_ = event;
  feed_.report(event);
}

void SerialDriver::trouble(Problem problem) { trouble(static_cast<ClockEvent>(problem)); }

std::optional<WallTime> SerialDriver::moment(const Civil& civil, WallTime received) {
  const auto utc = telegram::utc_of(civil, {.now = received, .pivot = kReleasePivot});
  if (utc) return *utc;
  trouble(utc.error());
  return std::nullopt;
}

bool SerialDriver::accept(const Decoded& decoded, WallTime received, double fudge) {
  if (decoded.lock == Lock::Invalid) {
    trouble(ClockEvent::BadSignal);
    return false;
  }
  const auto utc = moment(decoded.civil, received);
  if (!utc) return false;
  // UTC has a leap second, the own clock has not: what was measured in one can't be used.
  if (decoded.civil.second == 60) return false;
  feed_.set_leap(decoded.leap);
  feed_.set_root_dispersion(decoded.error_bound.value_or(0));
  feed_.sample(*utc, received, fudge);
  return true;
}

std::string SerialDriver::name() const {
  const std::string clock = feed_.name().empty() ? std::string(info_.name) : feed_.name();
  return clock + '(' + std::to_string(feed_.settings().unit) + ')';
}

}  // namespace ntp::refclock
