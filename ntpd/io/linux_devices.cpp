// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/io/linux_devices.h"

#include <sys/timex.h>

#include "ntpd/io/datagram_inbox.h"
#include "ntpd/io/serial_port.h"
#include "ntpd/io/tcp_connection.h"
#include "ntpd/os/files.h"
#include "ntpd/os/hardware_clock.h"
#include "ntpd/os/pulse_capture.h"
#include "ntpd/os/shared_segment.h"

namespace ntp::io {

Result<std::unique_ptr<SerialPort>> LinuxDevices::open_serial(const SerialSettings& settings,
                                                              StreamHandlers handlers) {
  return open_serial_port(loop_, clock_, settings, std::move(handlers));
}

Result<std::unique_ptr<PulseCapture>> LinuxDevices::open_pulse(const std::string& path) {
  return os::open_pulse_capture(path);
}

Result<std::shared_ptr<ShmSegment>> LinuxDevices::attach_segment(int unit, bool for_everybody) {
  return os::attach_shm_segment(unit, for_everybody);
}

Result<std::unique_ptr<DatagramInbox>> LinuxDevices::bind_inbox(
    const std::string& path, bool for_everybody,
    std::function<void(ByteView datagram, WallTime received)> on_datagram) {
  return bind_datagram_inbox(loop_, clock_, path, for_everybody, std::move(on_datagram));
}

Result<std::unique_ptr<Connection>> LinuxDevices::connect(const Endpoint& remote,
                                                          std::function<void()> on_connected,
                                                          StreamHandlers handlers) {
  return connect_tcp(loop_, clock_, remote, std::move(on_connected), std::move(handlers));
}

Result<std::unique_ptr<HardwareClock>> LinuxDevices::open_hardware_clock(const std::string& path) {
  return os::open_hardware_clock(path);
}

std::optional<std::string> LinuxDevices::small_file(const std::string& path) {
  constexpr std::size_t kMost = 65536;
  auto text = os::Files().load(path);
  if (!text || text->size() > kMost) return std::nullopt;
  return std::move(*text);
}

Leap LinuxDevices::kernel_leap() {
  timex now{};
  switch (adjtimex(&now)) {
    case TIME_OK:
    case TIME_WAIT:
      return Leap::None;
    case TIME_INS:
    case TIME_OOP:
      return Leap::Insert;
    case TIME_DEL:
      return Leap::Delete;
    default:
      return Leap::Unsynchronized;
  }
}

int LinuxDevices::kernel_tai() {
  timex now{};
  return adjtimex(&now) < 0 ? 0 : now.tai;
}

}  // namespace ntp::io
