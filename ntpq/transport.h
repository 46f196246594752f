// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "libntp/core/address.h"
#include "libntp/core/bytes.h"
#include "libntp/core/result.h"
#include "libntp/core/time.h"

/// Where ntpq touches its host. Tests put recorded packets, names and clocks in these places.
namespace ntp::ntpq {

/// A way to one server.
class Transport {
 public:
  enum class Outcome : std::uint8_t { Done, TimedOut, SocketError, Interrupted };
  struct Received {
    Outcome outcome = Outcome::TimedOut;
    /// Octets in the buffer, if Done.
    std::size_t size = 0;
  };

  virtual ~Transport() = default;
  /// Never TimedOut or Interrupted.
  virtual Outcome send(ByteView datagram) = 0;
  /// Waits for one datagram until the deadline. What is longer than the buffer is cut.
  virtual Received receive(ByteSpan buffer, MonoTime deadline) = 0;
};

/// The rest of the host.
class Network {
 public:
  virtual ~Network() = default;
  /// A way to port 123 of the first address that `host` has. A failure has the lines to be shown.
  virtual Result<std::unique_ptr<Transport>> open(const std::string& host, Family family) = 0;
  /// The name of an address, if it has one. May take as long as the system's resolver does.
  virtual std::optional<std::string> name_of(const Address& address) = 0;
  /// The addresses of a name; none if it has none.
  virtual std::vector<Address> addresses_of(const std::string& /*name*/) { return {}; }
  /// The user wants the command to end (Ctrl-C). It stays so until it is forgotten.
  [[nodiscard]] virtual bool interrupted() const { return false; }
  virtual void forget_interrupt() {}
  /// Outside of commands an interrupt ends the program at once.
  virtual void begin_command() {}
  virtual void end_command() {}
  /// Octets that the program has used at most.
  [[nodiscard]] virtual std::uint64_t memory_used() const { return 0; }
  /// The whole text of a file, if it can be read.
  virtual std::optional<std::string> read_file(const std::string& /*path*/) { return {}; }
  /// The line that somebody types after a prompt; nothing without a terminal. If `hidden` it is not
  /// shown, and without a terminal it is the next line of the input.
  virtual std::optional<std::string> ask(const std::string& /*prompt*/, bool /*hidden*/) {
    return {};
  }
  [[nodiscard]] virtual MonoTime mono() const = 0;
  [[nodiscard]] virtual WallTime wall() const = 0;
};

}  // namespace ntp::ntpq
