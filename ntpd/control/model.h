// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libntp/core/address.h"
#include "libntp/core/clock_command.h"
#include "libntp/core/refid.h"
#include "libntp/core/time.h"

namespace ntp::control {

/// The daemon as mode 6 sees it: plain values, read when a query comes.
struct SystemView {
  Leap leap = Leap::Unsynchronized;
  int stratum = 16;
  int precision = -20;         // log2 s
  double root_delay = 0;       // s
  double root_dispersion = 0;  // s
  double root_distance = 0;    // s
  RefId reference_id = refid::kInit;
  NtpTimestamp reference_time;
  int time_constant = 6;   // log2 s, variable `tc`
  std::uint16_t peer = 0;  // association id of the system peer, 0 if none
  Endpoint peer_address;   // not set if none
  int peer_mode = 0;
  double offset = 0;         // s
  double frequency = 0;      // s/s
  double system_jitter = 0;  // s
  double clock_jitter = 0;   // s
  double clock_wander = 0;   // s/s
  WallTime clock{};
  int tai = 0;
  WallTime leap_second{};
  WallTime leap_expires{};
  int minimum_time_constant = 0;  // `mintc`
  double uptime = 0;              // s
  int source = 0;                 // status word: 0 unspec, 4 uhf radio, 5 local, 6 ntp, …
  int event_count = 0;
  int event_code = 0;
  // What the clock goes by, for `ntpq why`.
  int min_sane = 1;
  double max_distance = 0;  // s
  std::string clock_state;  // see ntpq(1)
};

/// One association.
struct PeerView {
  std::uint16_t id = 0;
  // Status word.
  bool configured = true;
  bool auth_enabled = false;
  bool authentic = false;
  int selection = 0;  // 0..7
  int event_count = 0;
  int event_code = 0;

  Endpoint remote;  // address not set while unknown
  Endpoint local;   // address not set if none
  Leap leap = Leap::Unsynchronized;
  int host_mode = 3;
  int stratum = 16;
  int host_poll = 6;   // log2 s
  int peer_poll = 99;  // log2 s; 99: not known, as that of a server never is
  int precision = 0;   // log2 s
  double root_delay = 0;
  double root_dispersion = 0;
  RefId reference_id = refid::kInit;
  bool refclock = false;
  NtpTimestamp reference_time;
  NtpTimestamp received_time;  // `rec`
  NtpTimestamp transmit_time;  // `xmt`
  std::uint8_t reach = 0;
  unsigned unreach = 0;
  double until_next_poll = 0;  // s, `timer`
  double delay = 0;
  double offset = 0;
  double jitter = 0;
  double dispersion = 0;
  std::uint32_t key_id = 0;
  std::array<double, 8> filter_delay{};
  std::array<double, 8> filter_offset{};
  std::array<double, 8> filter_dispersion{};
  int peer_mode = 0;
  std::uint64_t packets_received = 0;
  std::uint64_t packets_sent = 0;
  unsigned flash = 0;
  int refclock_mode = 0;
  unsigned headway = 0;           // s
  double bias = 0;                // s
  std::string host_name;          // `srchost`: as configured; empty if given by number
  double since_received = 0;      // s, `timerec`
  double since_reach_change = 0;  // s, `timereach`
  std::uint64_t bad_authentication = 0;
  std::uint64_t bogus_origin = 0;
  std::uint64_t old_packet = 0;
  std::uint64_t kisses = 0;  // `selbroken`
  int nts_cookies = -1;      // -1: not an NTS association
  // Why there is no time from here, for `ntpq why`; empty if there is nothing to say.
  bool noselect = false;
  std::string source_name;       // as its line in the configuration calls it
  std::uint64_t restricted = 0;  // replies that the access list drops
  std::string dns_error;
  std::string send_error;
  std::string nts_error;
  std::string kiss_code;
};

/// What a reference clock's driver reports.
struct ClockView {
  int report_count = 0;  // status word: reports of the driver so far, 15 at most
  int state = 0;  // status word: 0 well, 1 no reply, 2 bad format, 3 fault, 4 bad signal, …

  std::string name;      // `SHM`
  std::string timecode;  // the last one
  std::uint64_t polls = 0;
  std::uint64_t no_reply = 0;
  std::uint64_t bad_format = 0;
  std::uint64_t bad_data = 0;
  double fudge_time1 = 0;  // s
  double fudge_time2 = 0;  // s
  int stratum = 0;
  RefId reference_id;
  unsigned flags = 0;  // bit 0 is flag1
  std::string device;  // the driver in words
  /// What its driver alone has.
  struct Own {
    std::string name;
    std::string text;
    bool quoted = true;
    bool listed = true;  // also without being asked for by its name
  };
  std::vector<Own> own;
};

/// An entry of the restrict list.
struct RestrictionView {
  Address address;
  Address mask;
  std::uint64_t hits = 0;
  std::string flags;  // words, with blanks between them
};

/// A client that was seen lately.
struct ClientView {
  Endpoint remote;  // of the last packet
  Address local;    // what it asked last
  WallTime first{};
  WallTime last{};
  std::uint64_t count = 0;
  std::uint64_t dropped = 0;
  double score = 0;         // packets a second
  std::uint32_t flags = 0;  // restrict bits in force for the last packet
  int mode = 0;
  int version = 0;
};

/// A local address of the daemon.
struct InterfaceView {
  Endpoint local;
  std::string name;
  bool enabled = true;  // false: packets to it are ignored
  unsigned flags = 0;   // 0x1 up, 0x4 loopback, 0x80 wildcard
  std::uint64_t received = 0;
  std::uint64_t sent = 0;
  std::uint64_t failed = 0;  // that could not be sent
  std::uint64_t peers = 0;   // associations that use it
  double uptime = 0;         // s
};

/// A system variable of the administrator's own (`setvar`).
struct UserVariable {
  std::string text;  // `name=value`, sent as it stands
  bool by_default = false;
};

/// What the daemon offers to mode 6.
class Model {
 public:
  virtual ~Model() = default;
  [[nodiscard]] virtual SystemView system() const = 0;
  /// Identifiers of all associations, newest first.
  [[nodiscard]] virtual std::vector<std::uint16_t> associations() const = 0;
  [[nodiscard]] virtual std::optional<PeerView> peer(std::uint16_t id) const = 0;
  /// The value of a counter variable such as `ss_received`; nothing if the daemon does not count
  /// it.
  [[nodiscard]] virtual std::optional<std::uint64_t> counter(std::string_view name) const = 0;
  /// The same for measured variables such as `koffset`, in the unit the variable has on the wire.
  [[nodiscard]] virtual std::optional<double> quantity(std::string_view /*name*/) const {
    return {};
  }
  /// The driver's report of an association that is a reference clock.
  [[nodiscard]] virtual std::optional<ClockView> clock(std::uint16_t /*id*/) const { return {}; }
  [[nodiscard]] virtual std::vector<UserVariable> user_variables() const { return {}; }
  /// In the order they are tried.
  [[nodiscard]] virtual std::vector<RestrictionView> restrictions() const { return {}; }
  /// Somebody with a key has seen an association's last event.
  virtual void acknowledge_events(std::uint16_t /*id*/) {}

  using ClientVisitor = std::function<bool(const ClientView&)>;
  /// Shows recent clients from the one seen least recently on, or those seen after `after`, until
  /// the visitor says false. It may come back empty-handed: nobody has to be remembered.
  virtual void visit_clients(const std::optional<Address>& /*after*/,
                             const ClientVisitor& /*visitor*/) const {}
  [[nodiscard]] virtual std::optional<ClientView> client(const Address& /*address*/) const {
    return {};
  }
  [[nodiscard]] virtual std::uint64_t client_count() const { return 0; }
  /// The wildcards first.
  [[nodiscard]] virtual std::vector<InterfaceView> interfaces() const { return {}; }

  /// Carries out lines of ntp.conf. Gives what was not taken: `column N WHY` each, N from 0.
  virtual std::vector<std::string> configure(std::string_view /*text*/, const Endpoint& /*from*/) {
    return {};
  }
  /// A request that the restrict list forbids was refused: `what` says which.
  virtual void refused(const Endpoint& /*from*/, std::string_view /*what*/) {}
};

}  // namespace ntp::control
