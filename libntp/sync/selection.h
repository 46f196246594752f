// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <boost/container/small_vector.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "libntp/core/time.h"

namespace ntp::sync {

/// What the selection made of a source; the values are those of mode 6's peer status word.
enum class Tally : std::uint8_t {
  Reject = 0,
  Falseticker = 1,
  Excess = 2,
  Outlier = 3,
  Candidate = 4,
  Backup = 5,
  SystemPeer = 6,
  PpsPeer = 7,
};

enum class SourceKind : std::uint8_t { Network, Refclock, Pps, Local };

/// A source as the selection sees it. Only sources that passed the sanity tests are offered.
struct Candidate {
  std::uint16_t id = 0;
  SourceKind kind = SourceKind::Network;
  int stratum = 16;
  double offset = 0;     // s
  double variance = 0;   // s², of the offset
  double frequency = 0;  // s/s, against the free-running clock
  double frequency_variance = 0;
  double walk = 0;             // (s/s)² per second, of the frequency
  double stray = 0;            // s, as an Estimate has it
  double leap = 0;             // s, as well
  double delay = 0;            // s, to the source alone
  double upstream = 0;         // s, root distance that the source says of itself
  double jitter = 0;           // s
  int poll_wish = 6;           // log2 s
  double root_distance = 0;    // s, all included, as of now
  double root_delay = 0;       // s, this hop included
  double root_dispersion = 0;  // s, this hop included
  bool prefer = false;
  bool truechimer = false;  // the option `true`
  /// Of a Pps: it knows the second, too, so that nobody has to tell it.
  bool numbers_seconds = false;
};

/// The `tos` options that the selection obeys.
struct SelectionLimits {
  int min_clock = 3;            // tos minclock: clustering keeps at least so many
  int max_clock = 10;           // tos maxclock
  int min_sane = 1;             // tos minsane
  double min_distance = 0.001;  // tos mindist, s
  double max_distance = 1.5;    // tos maxdist, s; for the sanity tests before the selection
  /// A local clock without prefer may lead where nobody else does (tos orphanwait is over).
  bool local_may_lead = true;
};

/// A vector that needs no memory of its own for as many as there usually are.
inline constexpr std::size_t kUsualSources = 8;
template <class T>
using ForEachSource = boost::container::small_vector<T, kUsualSources>;

struct SelectionResult {
  /// One for each candidate, in their order.
  ForEachSource<Tally> tallies;
  /// Index of the system peer; none if no majority was found.
  std::optional<std::size_t> system_peer;
  /// Sources that the combination is made of.
  int survivors = 0;
  double offset = 0;               // s, combined
  double deviation = 0;            // s, of that offset
  double frequency = 0;            // s/s, combined
  double frequency_deviation = 0;  // s/s
  double walk = 0;                 // (s/s)² per second
  /// s: if the system peer, which has leapt where other survivors have not, is wrong, then by this.
  double doubt = 0;
  int poll_wish = 6;  // log2 s, of the system peer
  double jitter = 0;  // s, of the combination
};

/// Intersection, clustering and combining (RFC 5905 section 11.2) with NTPsec's constants and its
/// rules for prefer, local clocks and PPS. `previous` is the id of the last system peer (0: none),
/// which is kept while nothing speaks against it. A candidate with a value that is not finite is
/// rejected.
SelectionResult select(std::span<const Candidate> candidates, const SelectionLimits& limits,
                       std::uint16_t previous);

}  // namespace ntp::sync
