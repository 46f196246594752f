// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "libntp/core/address.h"
#include "libntp/core/bytes.h"
#include "libntp/core/clock_command.h"
#include "libntp/core/result.h"
#include "libntp/core/shm_segment.h"
#include "libntp/core/time.h"

/// What reference clocks touch of the host. Nothing here ever waits; what is opened is closed by
/// its destruction. Handlers are called from the event loop until then, never from inside a call
/// to the device; they do not destroy it.
namespace ntp {

enum class Parity : std::uint8_t { None, Even, Odd };

struct SerialSettings {
  std::string path;
  /// Bits per second; one that the host doesn't know fails.
  int baud = 9600;
  int data_bits = 8;
  Parity parity = Parity::None;
  int stop_bits = 1;
  /// True: input comes as lines with their end, CR taken as LF, 4095 octets at most, and none
  /// before its end. False: it comes as it arrives, with the stamp of each piece.
  bool lines = true;
  /// True: a break, or a pulse that is longer than a character, is a NUL instead of nothing.
  bool breaks = false;
  /// The modem lines; nothing: as they are.
  std::optional<bool> dtr = std::nullopt;
  std::optional<bool> rts = std::nullopt;
  /// A file that others who use the port look at: made with the own process number for as long as
  /// it is open, which fails while another process has it. Empty: none.
  std::string lock_file = {};
};

/// A device with a stream of octets: a serial port, or a connection.
struct StreamHandlers {
  /// At most 1024 octets at once, and 32 KiB in a quarter of a second: what a flood has beyond that
  /// waits. `received` is the own clock when they were read.
  std::function<void(ByteView octets, WallTime received)> on_octets;
  /// The far end is gone: nothing comes any more. Called once.
  std::function<void(const std::string& reason)> on_closed;
};

class SerialPort {
 public:
  virtual ~SerialPort() = default;
  /// Writes all of it or fails, without waiting.
  virtual Result<void> write(ByteView octets) = 0;
  /// A modem line; fails where there is none.
  virtual Result<void> set_rts(bool on) = 0;
  virtual Result<void> set_dtr(bool on) = 0;
};

class Connection {
 public:
  virtual ~Connection() = default;
  /// Sends as soon as it can; fails if too much is waiting already.
  virtual Result<void> send(ByteView octets) = 0;
};

enum class PulseEdge : std::uint8_t { Assert, Clear };

/// One captured edge of a pulse.
struct Pulse {
  std::uint32_t sequence = 0;
  /// Own clock.
  WallTime at{};
};

/// A PPS device (RFC 2783).
class PulseCapture {
 public:
  virtual ~PulseCapture() = default;
  /// Has the kernel capture this edge.
  virtual Result<void> capture(PulseEdge edge) = 0;
  /// The last edge captured; nothing if there was none yet.
  virtual Result<std::optional<Pulse>> latest(PulseEdge edge) = 0;
  /// Has the kernel steer by the pulse itself (hardpps). Fails where the kernel can't.
  virtual Result<void> bind_kernel(PulseEdge edge) = 0;
};

/// A socket on which datagrams of local senders arrive.
class DatagramInbox {
 public:
  virtual ~DatagramInbox() = default;
  /// Whether its path still leads to it. Without, only who is connected already can send.
  [[nodiscard]] virtual bool has_name() const = 0;
};

/// A hardware clock read between two readings of the own clock.
struct HardwareReading {
  WallTime before{};
  /// Since the epoch of the hardware clock.
  Duration device{};
  WallTime after{};
};

class HardwareClock {
 public:
  virtual ~HardwareClock() = default;
  /// Reads the clock about `count` times, or as often as fits in half a millisecond by what the
  /// last call took; first of all once.
  virtual Result<std::vector<HardwareReading>> read(int count) = 0;
};

class Devices {
 public:
  virtual ~Devices() = default;

  virtual Result<std::unique_ptr<SerialPort>> open_serial(const SerialSettings& settings,
                                                          StreamHandlers handlers) = 0;
  virtual Result<std::unique_ptr<PulseCapture>> open_pulse(const std::string& path) = 0;
  /// The segment of a unit, made if there is none; readable and writable by everybody, or by the
  /// user of the process alone.
  virtual Result<std::shared_ptr<ShmSegment>> attach_segment(int unit, bool for_everybody) = 0;
  /// Binds a Unix datagram socket, in place of a stale one; fails if one at which somebody listens
  /// has the path. At most 256 datagrams in a quarter of a second are handed on; of those longer
  /// than 256 octets the beginning.
  virtual Result<std::unique_ptr<DatagramInbox>> bind_inbox(
      const std::string& path, bool for_everybody,
      std::function<void(ByteView datagram, WallTime received)> on_datagram) = 0;
  /// Connects in the background; on_closed says if that fails.
  virtual Result<std::unique_ptr<Connection>> connect(const Endpoint& remote,
                                                      std::function<void()> on_connected,
                                                      StreamHandlers handlers) = 0;
  virtual Result<std::unique_ptr<HardwareClock>> open_hardware_clock(const std::string& path) = 0;
  /// The text of a file of settings of 64 KiB at most; nothing if there is none that can be read.
  virtual std::optional<std::string> small_file(const std::string& path) = 0;
  /// What the kernel's clock has of leap seconds; Unsynchronized if nobody keeps it right.
  virtual Leap kernel_leap() = 0;
  /// What the kernel has been told of TAI - UTC, s; 0: nothing.
  virtual int kernel_tai() = 0;

  /// Who knows TAI - UTC where the kernel does not, such as the owner of a leap file: gives s, or
  /// 0.
  void set_tai_source(std::function<int()> source) { tai_source_ = std::move(source); }
  /// TAI - UTC now, s; 0: nobody knows.
  int tai_offset() {
    const int known = kernel_tai();
    return known != 0 || !tai_source_ ? known : tai_source_();
  }

 private:
  std::function<int()> tai_source_;
};

}  // namespace ntp
