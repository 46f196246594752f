// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <string_view>

#include "libntp/core/result.h"
#include "libntp/core/time.h"
#include "libntp/wire/control.h"
#include "ntpq/credentials.h"
#include "ntpq/fragments.h"
#include "ntpq/transport.h"

namespace ntp::ntpq {

/// Why a query has no reply.
struct QueryError {
  enum class Reason : std::uint8_t {
    NoHost,
    TimedOut,
    Incomplete,
    SocketError,
    TooManyPackets,
    Refused,
    BadLength,
    RequestTooLong,
    NoCredentials,
    Interrupted,
  };

  Reason reason;
  /// The server's error code, if it refused; the octets, if the request was too long.
  unsigned detail = 0;

  /// The server knows no variable of a name.
  [[nodiscard]] bool is_unknown_variable() const {
    constexpr unsigned kUnknownVariable = 5;
    return reason == Reason::Refused && detail == kUnknownVariable;
  }
  /// The lines for standard error, with their line ends (NTPsec: some are followed by an empty
  /// line).
  [[nodiscard]] std::string message() const;
  /// A word for programs, such as `timed_out`; ntpq(1) lists them.
  [[nodiscard]] std::string_view code() const;
};

struct Reply {
  std::uint16_t status = 0;
  std::string data;
};

/// The dialogue with one server at a time: numbers the requests, waits, repeats a request once that
/// got no whole answer, and puts fragments together.
class Session {
 public:
  struct Timeouts {
    /// For the first fragment, and for each further one.
    Duration first = std::chrono::seconds(5);
    Duration next = std::chrono::seconds(3);
  };
  /// Takes a line about the exchange and its level: 1 requests and skipped packets, 3 every packet,
  /// 5 contents.
  using Trace = std::function<void(int level, std::string_view line)>;

  explicit Session(Network& network, Trace trace)
      : network_(network), trace_(std::move(trace)), credentials_(network) {}

  /// Turns to another server. After a failure the old one stays.
  Result<void> open(const std::string& host, Family family);
  void close() { transport_.reset(); }
  [[nodiscard]] bool is_open() const { return transport_ != nullptr; }
  /// As it was given.
  [[nodiscard]] const std::string& host() const { return host_; }

  /// The status word of the last reply that was no refusal; 0 before the first.
  [[nodiscard]] std::uint16_t last_status() const { return last_status_; }

  [[nodiscard]] Timeouts& timeouts() { return timeouts_; }
  [[nodiscard]] Credentials& credentials() { return credentials_; }
  /// Every request gets a MAC, not only those that need one.
  bool always_sign = false;
  /// Called once with a line about replies that lack the MAC which a file of keys makes expect.
  std::function<void(std::string_view line)> on_missing_mac = [](std::string_view) {};

  /// Each packet, sent or received, is lost with this chance, as if on its way.
  void lose_packets(double chance) { loss_ = chance; }

  enum class Signing : std::uint8_t { IfAlways, Required };

  Result<Reply, QueryError> query(wire::ControlOpcode opcode, std::uint16_t association,
                                  std::string_view data = {}, Signing signing = Signing::IfAlways);

 private:
  using Error = QueryError::Reason;

  /// With a MAC at a multiple of so many octets; 0: with none.
  Result<Reply, QueryError> attempt(const wire::ControlHeader& request, std::string_view data,
                                    std::size_t alignment);
  Result<Reply, QueryError> collect(const wire::ControlHeader& request);
  void look_for_mac(ByteView datagram);
  void trace_packet(std::string_view what, ByteView datagram) const;

  Network& network_;
  Trace trace_;
  std::unique_ptr<Transport> transport_;
  Credentials credentials_;
  [[nodiscard]] bool loses();

  double loss_ = 0;
  std::minstd_rand dice_;
  bool missed_mac_ = false;
  std::string host_;
  Timeouts timeouts_;
  std::uint16_t sequence_ = 0;
  std::uint16_t last_status_ = 0;
  std::array<std::uint8_t, 4096> buffer_{};
};

}  // namespace ntp::ntpq
