// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "libntp/config/settings.h"
#include "libntp/crypto/key_ring.h"
#include "libntp/sync/clock_filter.h"
#include "libntp/sync/correction_line.h"
#include "libntp/sync/selection.h"
#include "ntpd/association/actions.h"
#include "ntpd/association/poll_schedule.h"
#include "ntpd/association/sanity.h"
#include "ntpd/control/events.h"
#include "ntpd/control/model.h"

namespace ntp::association {

using Id = std::uint16_t;

/// What NTS clients of this daemon have done since it started.
struct NtsClientCounters {
  std::uint64_t sent = 0;     // requests: nts_client_send
  std::uint64_t good = 0;     // genuine replies: nts_client_recv_good
  std::uint64_t bad = 0;      // all others, NAKs included: nts_client_recv_bad
  std::uint64_t ke_good = 0;  // key establishments: nts_ke_probes_good
  std::uint64_t ke_bad = 0;   // nts_ke_probes_bad
};

/// What an association may know of the rest of the daemon at the moment of a call.
struct Context {
  MonoTime mono;
  WallTime wall;
  /// log2 s: the interval at which the controller wants its sources asked.
  int system_poll = 6;
  /// log2 s, of the own clock.
  int precision = -20;
  /// What steering has added to the own clock; null: nothing.
  const sync::CorrectionLine* corrections = nullptr;
  /// What is known of the own oscillator before a source has told.
  sync::FrequencyPrior frequency{0, 50e-6};
  /// s: what a server is ahead by that has yet to do the leap second; 0: there was none just now.
  int late_leap = 0;
  /// The system has the time from some source.
  bool synchronized = false;
  /// The system peer, 0 if there is none.
  Id system_peer = 0;
  /// Sources that the selection kept.
  int survivors = 0;
  /// Counts the sources that count towards `tos maxclock`; null: none do.
  const std::function<int()>* active_sources = nullptr;
  /// How many of them are dead; null: none.
  const std::function<int()>* dead_sources = nullptr;
  const config::TosSettings& limits;
  Random& random;
  /// Null if there are no keys at all.
  crypto::KeyRing* keys = nullptr;
  /// Null: nothing is counted.
  NtsClientCounters* nts = nullptr;
  /// Whether an address is one of this host's; null if it can't be told.
  const std::function<bool(const Address&)>* is_own = nullptr;
};

/// What one of the counts of a context says.
inline int count(const std::function<int()>* of) { return of != nullptr ? (*of)() : 0; }

/// One row of `ntpq -p`: a server, a pool, a reference clock. Holds what is known of the source and
/// says what to do next; it does nothing itself.
class Association {
 public:
  Association(Id id, const config::SourceSettings& settings, const Context& context,
              MonoTime first);
  virtual ~Association() = default;
  Association(const Association&) = delete;
  Association& operator=(const Association&) = delete;

  /// The time to call on_timer().
  [[nodiscard]] virtual MonoTime due() const { return schedule_.due(); }
  virtual Actions on_timer(const Context& context) = 0;
  /// A name was looked up.
  virtual Actions resolved(const Result<std::vector<Address>>& addresses, const Context& context);
  /// A key establishment has ended.
  virtual Actions established(const Result<nts::KeResult>& result, const Context& context);
  /// The network or the configuration may be better now: what waits for a retry tries at once.
  virtual void hurry(const Context&) {}
  /// The clock was stepped: all samples are void. Asks again soon.
  virtual void clock_stepped(const Context& context);

  /// Other options of the same source, which it takes over as it runs
  /// (config::SourceFate::Changed).
  virtual void reconfigure(const config::SourceSettings& settings, const Context& context);

  [[nodiscard]] Id id() const { return id_; }
  [[nodiscard]] const config::SourceSettings& settings() const { return settings_; }
  /// Not set while unknown, and for pools.
  [[nodiscard]] const Address& address() const { return address_; }
  /// Where requests go to.
  [[nodiscard]] Endpoint remote() const { return {address_, port_}; }
  /// As log lines name it: the address, the configured name, or the clock.
  [[nodiscard]] virtual std::string name() const;

  /// The source as the selection sees it; nothing if a sanity test forbids it (then flash says
  /// which).
  virtual std::optional<sync::Candidate> candidate(const Context& context);
  void set_tally(sync::Tally tally) { tally_ = tally; }
  [[nodiscard]] sync::Tally tally() const { return tally_; }
  /// Counts towards `tos maxclock`.
  [[nodiscard]] virtual bool active() const { return !settings_.noselect; }
  /// Silent for so long that a pool may take another in its place.
  [[nodiscard]] virtual bool dead() const { return false; }

  control::EventCounter& events() { return events_; }
  [[nodiscard]] const control::EventCounter& events() const { return events_; }
  [[nodiscard]] virtual control::PeerView view(const Context& context) const;

  // What the system takes over from its peer.
  [[nodiscard]] Leap leap() const { return leap_; }
  [[nodiscard]] int stratum() const { return stratum_; }
  [[nodiscard]] RefId reference_id() const { return reference_id_; }
  [[nodiscard]] WallTime last_received() const { return last_received_; }
  [[nodiscard]] double root_delay() const;                             // s, this hop included
  [[nodiscard]] double root_dispersion(const Context& context) const;  // s, this hop included
  [[nodiscard]] const sync::Estimate& estimate() const { return filter_.estimate(); }
  /// Enough is measured for an estimate.
  [[nodiscard]] bool has_estimate() const { return filter_.has_estimate(); }
  [[nodiscard]] int min_poll() const { return schedule_.min_poll(); }
  [[nodiscard]] int max_poll() const { return schedule_.max_poll(); }
  [[nodiscard]] bool in_burst() const { return schedule_.in_burst(); }
  [[nodiscard]] std::uint8_t reach() const { return reach_; }
  [[nodiscard]] virtual bool is_refclock() const { return false; }

 protected:
  /// A new poll round: the reach register shifts. Appends what follows from lost reachability.
  void shift_reach(const Context& context, Actions& actions);
  /// A good sample came: reach, filter, selection.
  void take_sample(const sync::Sample& sample, const Context& context, Actions& actions);
  void forget(const Context& context, RefId reference_id);
  [[nodiscard]] unsigned peer_tests(const Context& context) const;
  [[nodiscard]] virtual bool loops(const Context&) const { return false; }
  [[nodiscard]] double root_distance(const Context& context) const;

  const Id id_;
  config::SourceSettings settings_;
  Address address_;
  std::uint16_t port_ = kNtpPort;
  PollSchedule schedule_;
  sync::ClockFilter filter_;
  sync::Tally tally_ = sync::Tally::Reject;
  control::EventCounter events_;

  Leap leap_ = Leap::Unsynchronized;
  int stratum_ = wire::kStratumUnsynchronized;
  int precision_ = 0;
  double source_root_delay_ = 0;
  double source_root_dispersion_ = 0;
  RefId reference_id_ = refid::kInit;
  NtpTimestamp reference_time_;
  WallTime last_received_{};
  std::optional<MonoTime> last_received_mono_;
  MonoTime reach_changed_;

  std::uint8_t reach_ = 0;
  unsigned unreach_ = 0;
  unsigned flash_ = 0;
  std::uint64_t received_ = 0;
  std::uint64_t sent_ = 0;
};

}  // namespace ntp::association
