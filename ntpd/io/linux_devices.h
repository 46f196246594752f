// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include "libntp/core/devices.h"
#include "libntp/core/seams.h"
#include "ntpd/io/event_loop.h"

namespace ntp::io {

/// The devices of this host, on the daemon's loop; `clock` gives the stamps. Both outlive it and
/// what it has opened.
class LinuxDevices final : public Devices {
 public:
  LinuxDevices(EventLoop& loop, const Clock& clock) : loop_(loop), clock_(clock) {}

  Result<std::unique_ptr<SerialPort>> open_serial(const SerialSettings& settings,
                                                  StreamHandlers handlers) override;
  Result<std::unique_ptr<PulseCapture>> open_pulse(const std::string& path) override;
  Result<std::shared_ptr<ShmSegment>> attach_segment(int unit, bool for_everybody) override;
  Result<std::unique_ptr<DatagramInbox>> bind_inbox(
      const std::string& path, bool for_everybody,
      std::function<void(ByteView datagram, WallTime received)> on_datagram) override;
  Result<std::unique_ptr<Connection>> connect(const Endpoint& remote,
                                              std::function<void()> on_connected,
                                              StreamHandlers handlers) override;
  Result<std::unique_ptr<HardwareClock>> open_hardware_clock(const std::string& path) override;
  std::optional<std::string> small_file(const std::string& path) override;
  Leap kernel_leap() override;
  int kernel_tai() override;

 private:
  EventLoop& loop_;
  const Clock& clock_;
};

}  // namespace ntp::io
