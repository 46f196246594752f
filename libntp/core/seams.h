// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "libntp/core/address.h"
#include "libntp/core/bytes.h"
#include "libntp/core/clock_command.h"
#include "libntp/core/result.h"
#include "libntp/core/time.h"

/// Where the daemon touches its host: small interfaces that main() fills with Linux and the
/// simulator with simulated ones. All calls and callbacks happen on one thread.
namespace ntp {

namespace nts {
class KeyEstablishment;
}
class Devices;

class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual WallTime wall() const = 0;
  [[nodiscard]] virtual MonoTime mono() const = 0;
  /// How long the host has been suspended since it was started, which mono() leaves out.
  [[nodiscard]] virtual Duration suspended() const { return Duration::zero(); }
  /// Carries the command out, or says why not (no right, or the kernel refused). A clock that is
  /// only read accepts every command and does nothing.
  virtual Result<void> apply(const ClockCommand& command) = 0;
  /// The kernel's frequency correction now, in s/s; 0 if it can't be read.
  [[nodiscard]] virtual double frequency() const = 0;
  /// True if commands have an effect.
  [[nodiscard]] virtual bool adjustable() const = 0;
};

class Timers {
 public:
  using Id = std::uint64_t;
  static constexpr Id kNone = 0;
  using Callback = std::function<void()>;

  virtual ~Timers() = default;
  /// Calls back once, at the given time or as soon after it as possible; never from inside at().
  virtual Id at(MonoTime when, Callback callback) = 0;
  /// Forgets a timer. Unknown and spent ones are ignored.
  virtual void cancel(Id id) = 0;
  /// When the earliest of them is due; nothing if none is set.
  [[nodiscard]] virtual std::optional<MonoTime> next() const = 0;
};

class Random {
 public:
  virtual ~Random() = default;
  /// Fills with unpredictable octets; never fails.
  virtual void fill(ByteSpan out) = 0;

  std::uint64_t u64();
  /// Evenly in [0, 1).
  double uniform();
};

/// A datagram as it came in.
struct Datagram {
  ByteView payload;
  Endpoint remote;
  /// The address that was asked, for the reply to leave from.
  Address local;
  /// When it arrived: the kernel's stamp where there is one, else the clock read on receipt.
  WallTime received;
  /// It is longer than any packet of NTP; `payload` is its front.
  bool truncated = false;
};

/// A socket connected to one server; closed by its destruction.
class ClientChannel {
 public:
  virtual ~ClientChannel() = default;
  /// Sends one datagram. A failure says why; the channel may be used again.
  virtual Result<void> send(ByteView payload) = 0;
  [[nodiscard]] virtual Endpoint local() const = 0;
};

/// Opens client sockets.
class ClientNetwork {
 public:
  struct Handlers {
    /// A datagram from the connected server (the kernel drops those of others).
    std::function<void(const Datagram&)> on_datagram;
    /// The kernel's stamp of the n-th datagram sent on this channel, counted from 0; may never
    /// come.
    std::function<void(std::uint32_t number, WallTime sent)> on_sent;
    /// The network said that a datagram could not be delivered, and why. Anybody may say so: it is
    /// for people to read, and decides nothing.
    std::function<void(const std::string& reason)> on_undelivered;
  };

  virtual ~ClientNetwork() = default;
  /// A channel from a fresh unpredictable port to `remote`. Handlers are called until the channel
  /// is destroyed, and never from inside connect() or send().
  virtual Result<std::unique_ptr<ClientChannel>> connect(const Endpoint& remote,
                                                         Handlers handlers) = 0;
};

class Resolver {
 public:
  using Callback = std::function<void(Result<std::vector<Address>>)>;

  virtual ~Resolver() = default;
  /// Looks a name up in the background and calls back once, never from inside resolve(). The
  /// addresses are in the order to be tried; an empty list is a failure. A failure is the reason
  /// alone, without the name.
  virtual void resolve(const std::string& host, Family family, Callback callback) = 0;
};

/// What a path names.
struct FileStatus {
  bool exists = false;
  bool regular = false;
  /// Its names on the disk.
  std::uint64_t links = 0;
  /// Permission bits.
  unsigned mode = 0600;
};

/// Failures read `PATH: reason`.
class FileStore {
 public:
  virtual ~FileStore() = default;
  /// The whole file.
  virtual Result<std::string> load(const std::string& path) = 0;
  /// Replaces the file at once or not at all (a temporary name beside it, then rename).
  virtual Result<void> save(const std::string& path, std::string_view content) = 0;

  /// The same for a secret: the file is the owner's alone, whatever it was before.
  virtual Result<void> save_secret(const std::string& path, std::string_view content) = 0;

  /// Adds all of the text to the end of the file, or nothing; a file that is missing is made.
  virtual Result<void> append(const std::string& path, std::string_view text) = 0;
  /// A second name (hard link) for a file; fails if the name is taken.
  virtual Result<void> link(const std::string& path, const std::string& name) = 0;
  /// Replaces what has the new name.
  virtual Result<void> rename(const std::string& path, const std::string& name) = 0;
  virtual Result<void> remove(const std::string& path) = 0;
  /// Fails if it can't be told; that there is nothing is no failure.
  virtual Result<FileStatus> status(const std::string& path) = 0;
};

/// What the process has used of its host since it started, as getrusage() counts.
struct ResourceUsage {
  Duration user_time{};
  Duration system_time{};
  std::int64_t minor_faults = 0;
  std::int64_t major_faults = 0;
  std::int64_t swaps = 0;
  std::int64_t blocks_in = 0;
  std::int64_t blocks_out = 0;
  std::int64_t voluntary_switches = 0;
  std::int64_t involuntary_switches = 0;
  std::int64_t signals = 0;
  std::int64_t largest_resident = 0;  // KiB, the highest so far
};

/// The state of the kernel's clock, as ntp_adjtime() gives it.
struct KernelClock {
  double offset = 0;           // s
  double frequency = 0;        // s/s
  double max_error = 0;        // s
  double estimated_error = 0;  // s
  int status = 0;              // STA_ bits
  std::int64_t time_constant = 0;
  double precision = 0;      // s
  double tolerance = 0;      // s/s
  double pps_frequency = 0;  // s/s
  double pps_jitter = 0;     // s
  int pps_interval = 0;      // log2 s
  double pps_stability = 0;  // s/s
  std::int64_t pps_jitter_exceeded = 0;
  std::int64_t pps_calibrations = 0;
  std::int64_t pps_calibration_errors = 0;
  std::int64_t pps_stability_exceeded = 0;
};

/// Syslog's severities, as far as they are used.
enum class LogLevel : std::uint8_t { Error, Warning, Notice, Info, Debug };

/// Where log lines go. The text starts with NTPsec's area tag (`CLOCK: `, `PROTO: `, …) and has no
/// line end.
class Log {
 public:
  virtual ~Log() = default;
  virtual void write(LogLevel level, std::string_view text) = 0;

  void error(std::string_view text) { write(LogLevel::Error, text); }
  void warning(std::string_view text) { write(LogLevel::Warning, text); }
  void notice(std::string_view text) { write(LogLevel::Notice, text); }
  void info(std::string_view text) { write(LogLevel::Info, text); }
  void debug(std::string_view text) { write(LogLevel::Debug, text); }
};

/// The whole host in one handle, for constructors. Everything outlives who holds it.
struct Host {
  Clock& clock;
  Timers& timers;
  Random& random;
  ClientNetwork& network;
  Resolver& resolver;
  FileStore& files;
  Log& log;
  /// Null: sources with `nts` can't be used (libntp/nts/key_establishment.h).
  nts::KeyEstablishment* key_establishment = nullptr;
  /// Null: there are no reference clocks (libntp/core/devices.h).
  Devices* devices = nullptr;
};

}  // namespace ntp
