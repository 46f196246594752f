// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <cstdint>
#include <functional>
#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libntp/core/address.h"
#include "libntp/core/bytes.h"
#include "libntp/core/result.h"
#include "libntp/core/seams.h"
#include "libntp/core/time.h"
#include "ntpq/tools/dig_options.h"

/// ntpdig: asks servers for the time, once.
namespace ntp::tools {

/// Where ntpdig touches its host.
class DigHost {
 public:
  struct LookupFailure {
    int code = 0;
    std::string reason;
  };
  struct Arrival {
    /// As send() numbered it.
    std::size_t request = 0;
    std::vector<std::uint8_t> datagram;
    WallTime at;
  };

  virtual ~DigHost() = default;
  virtual Result<std::vector<Address>, LookupFailure> addresses_of(const std::string& name,
                                                                   Family family) = 0;
  /// Sends from a socket of its own to port 123; `from` may be unset. The numbers begin at 0 after
  /// close_all().
  virtual Result<std::size_t> send(const Address& to, const Address& from, ByteView datagram) = 0;
  /// A datagram from one of the servers that were sent to; nothing at the deadline.
  virtual std::optional<Arrival> receive(MonoTime deadline) = 0;
  virtual void close_all() = 0;
  virtual void sleep(Duration span) = 0;
  [[nodiscard]] virtual MonoTime mono() const = 0;
  [[nodiscard]] virtual WallTime wall() const = 0;
  virtual Random& random() = 0;
  virtual std::optional<std::string> read_file(const std::string& path) = 0;
  /// Set the clock. A failure says why.
  virtual Result<void> step(Duration offset) = 0;
  virtual Result<void> slew(Duration offset) = 0;
};

/// Returns the exit status: 0 if a reply was used, and the clock set if that was asked for.
/// Messages go to `log`, each as a line with the program's name.
int run_dig(const DigOptions& options, DigHost& host, std::ostream& out, std::ostream& log);

}  // namespace ntp::tools
