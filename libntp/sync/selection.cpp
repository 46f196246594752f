// SPDX-License-Identifier: BSD-2-Clause
#include "libntp/sync/selection.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>

namespace ntp::sync {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kPpsRange = 0.4;  // s: a PPS signal says nothing about the second it belongs to

// The ways there and back differ by some share of the delay that no measurement shows.
constexpr double kAsymmetry = 0.005;
// Of the root distance of the source: README.md.
constexpr double kUpstream = 0.1;
constexpr double kLeastVariance = 1e-20;  // s² and (s/s)²: for division

/// A candidate that is still in the game.
struct Contender {
  std::size_t index = 0;
  const Candidate* candidate = nullptr;
  double distance = 0;          // s, root distance, never below mindist
  double jitter = 0;            // s
  double selection_jitter = 0;  // s, RMS distance to the others
};
using Contenders = ForEachSource<Contender>;

template <class Predicate>
void drop(Contenders& contenders, Predicate unwanted) {
  contenders.erase(std::remove_if(contenders.begin(), contenders.end(), unwanted),
                   contenders.end());
}

double square(double x) { return x * x; }

bool is_finite(const Candidate& c) {
  return std::isfinite(c.offset) && std::isfinite(c.jitter) && std::isfinite(c.root_distance);
}

struct Interval {
  double low = 0;
  double high = 0;
  [[nodiscard]] bool is_empty() const { return !(low < high); }
  [[nodiscard]] bool overlaps(const Contender& c) const {
    return !is_empty() && c.candidate->offset + c.distance >= low &&
           c.candidate->offset - c.distance <= high;
  }
};

/// The smallest interval that holds a point of each of the most contenders, if that is a majority
/// (RFC 5905 section 11.2.1; NTPsec counts no midpoints). Empty if there is none.
Interval intersect(const Contenders& contenders) {
  struct Edge {
    double at;
    int step;  // +1 where an interval begins, -1 where it ends
  };
  boost::container::small_vector<Edge, 2 * kUsualSources> edges;
  edges.reserve(2 * contenders.size());
  for (const Contender& c : contenders) {
    edges.push_back({c.candidate->offset - c.distance, +1});
    edges.push_back({c.candidate->offset + c.distance, -1});
  }
  std::ranges::sort(edges, [](const Edge& a, const Edge& b) {
    return std::tuple(a.at, -a.step) < std::tuple(b.at, -b.step);
  });

  const int total = static_cast<int>(contenders.size());
  for (int falsetickers = 0; 2 * falsetickers < total; ++falsetickers) {
    const int wanted = total - falsetickers;
    Interval found{kInfinity, -kInfinity};
    int depth = 0;
    for (auto edge = edges.begin(); edge != edges.end() && depth < wanted; ++edge) {
      depth += edge->step;
      if (depth >= wanted) found.low = edge->at;
    }
    depth = 0;
    for (auto edge = edges.rbegin(); edge != edges.rend() && depth < wanted; ++edge) {
      depth -= edge->step;
      if (depth >= wanted) found.high = edge->at;
    }
    if (!found.is_empty()) return found;
  }
  return {};
}

/// Updates the selection jitter of each and gives the place of the worst.
Contenders::iterator judge(Contenders& contenders) {
  auto worst = contenders.begin();
  double worst_metric = -1;
  for (auto c = contenders.begin(); c != contenders.end(); ++c) {
    double squares = 0;
    for (const Contender& other : contenders) {
      squares += square(other.candidate->offset - c->candidate->offset);
    }
    const double others = static_cast<double>(std::max<std::size_t>(contenders.size(), 2) - 1);
    c->selection_jitter = std::sqrt(squares / others);
    if (const double metric = c->selection_jitter * c->distance; metric > worst_metric) {
      worst_metric = metric;
      worst = c;
    }
  }
  return worst;
}

/// Votes outliers off until the rest agrees within its own jitter (RFC 5905 section 11.2.2).
void cluster(Contenders& contenders, const SelectionLimits& limits, ForEachSource<Tally>& tallies) {
  while (!contenders.empty()) {
    const auto worst = judge(contenders);
    const double least_jitter = std::ranges::min(contenders, {}, &Contender::jitter).jitter;
    const int count = static_cast<int>(contenders.size());
    if (count <= std::max(1, limits.min_clock) || worst->selection_jitter <= least_jitter ||
        worst->candidate->prefer || worst->candidate->truechimer) {
      return;
    }
    // NTPsec: whoever is above maxclock is a backup, the others are outliers; "excess" is unused.
    if (count > limits.max_clock) tallies[worst->index] = Tally::Backup;
    contenders.erase(worst);
  }
}

/// Distance weighed by disagreement; a stratum counts as much as mindist.
double metric(const Contender& c, const SelectionLimits& limits) {
  return c.selection_jitter * c.distance + c.candidate->stratum * limits.min_distance;
}

/// The best contender, or the one that was it before if it is as good but for noise: hopping
/// between equals moves the clock by their difference.
const Contender& lead(const Contenders& contenders, const SelectionLimits& limits,
                      std::uint16_t previous) {
  const auto by_metric = [&](const Contender& c) { return metric(c, limits); };
  const Contender& best = *std::ranges::min_element(contenders, {}, by_metric);
  const auto old = std::ranges::find_if(
      contenders, [&](const Contender& c) { return previous != 0 && c.candidate->id == previous; });
  if (old == contenders.end()) return best;
  const bool agree =
      std::abs(old->candidate->offset - best.candidate->offset) < limits.min_distance;
  const bool as_good = by_metric(*old) - by_metric(best) < limits.min_distance / 2;
  return agree && as_good ? *old : best;
}

/// Mean of the offsets weighed by the inverse of their variances (RFC 5905 section 11.2.3 takes
/// the inverse of the distance, which is mostly what can't be known).
void combine(const Contenders& contenders, const Contender& leader, SelectionResult& result) {
  double weights = 0;
  double offsets = 0;
  double frequency_weights = 0;
  double frequencies = 0;
  double squares = 0;
  for (const Contender& c : contenders) {
    const double weight = 1 / (c.candidate->variance + square(kAsymmetry * c.candidate->delay) +
                               square(kUpstream * c.candidate->upstream) + kLeastVariance);
    weights += weight;
    offsets += weight * c.candidate->offset;
    const double frequency_weight = 1 / (c.candidate->frequency_variance + kLeastVariance);
    frequency_weights += frequency_weight;
    frequencies += frequency_weight * c.candidate->frequency;
    squares += weight * square(c.candidate->offset - leader.candidate->offset);
  }
  result.offset = offsets / weights;
  result.deviation = std::sqrt(1 / weights);
  result.frequency = frequencies / frequency_weights;
  result.frequency_deviation = std::sqrt(1 / frequency_weights);
  result.jitter = std::sqrt(squares / weights + square(leader.selection_jitter));
}

void follow(const Contender& c, Tally tally, SelectionResult& result) {
  result.system_peer = c.index;
  result.tallies[c.index] = tally;
  result.offset = c.candidate->offset;
  result.deviation = std::sqrt(c.candidate->variance);
  result.frequency = c.candidate->frequency;
  result.frequency_deviation = std::sqrt(c.candidate->frequency_variance);
  result.walk = c.candidate->walk;
  result.jitter = c.candidate->jitter;
  result.poll_wish = c.candidate->poll_wish;
}

/// Survivors that have leapt alike are right: it was the own clock that leapt.
double doubt(const Contenders& survivors, const Candidate& peer) {
  double apart = survivors.size() == 1 ? std::abs(peer.leap) : 0;
  for (const Contender& c : survivors) {
    apart = std::max(apart, std::abs(c.candidate->leap - peer.leap));
  }
  return apart + peer.stray;
}

/// The first PPS source that the majority contains gives the time within the second, if it or a
/// preferred source numbers the seconds, or if nobody is asked for (tos minsane 0).
void consider_pps(const Contender& pps, bool has_prefer, const SelectionLimits& limits,
                  SelectionResult& result) {
  const bool has_peer = result.system_peer.has_value();
  const bool wanted = pps.candidate->numbers_seconds || has_prefer ||
                      (has_peer && pps.candidate->prefer) || (!has_peer && limits.min_sane == 0);
  if (!wanted || std::abs(result.offset) >= kPpsRange) return;
  follow(pps, Tally::PpsPeer, result);
  result.doubt = std::abs(pps.candidate->leap) + pps.candidate->stray;
}

}  // namespace

SelectionResult select(std::span<const Candidate> candidates, const SelectionLimits& limits,
                       std::uint16_t previous) {
  SelectionResult result;
  result.tallies.assign(candidates.size(), Tally::Reject);
  const double floor = limits.min_distance > 0 ? limits.min_distance : 1e-9;

  Contenders contenders;
  contenders.reserve(candidates.size());
  std::optional<Contender> local;
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    const Candidate& c = candidates[i];
    if (!is_finite(c)) continue;
    const Contender contender{i, &c, std::max(c.root_distance, floor), c.jitter, 0};
    if (c.kind == SourceKind::Local && !c.prefer) {
      if (!local) local = Contender{i, &c, floor, 0, 0};
      continue;
    }
    result.tallies[i] = Tally::Falseticker;
    contenders.push_back(contender);
  }

  const Interval majority = intersect(contenders);
  drop(contenders,
       [&](const Contender& c) { return !majority.overlaps(c) && !c.candidate->truechimer; });
  const auto is_pps = [](const Contender& c) { return c.candidate->kind == SourceKind::Pps; };
  std::optional<Contender> pps;
  if (const auto p = std::ranges::find_if(contenders, is_pps); p != contenders.end()) pps = *p;
  drop(contenders, is_pps);
  if (contenders.empty() && local && limits.local_may_lead) contenders.push_back(*local);

  for (const Contender& c : contenders) result.tallies[c.index] = Tally::Outlier;
  cluster(contenders, limits, result.tallies);
  const Contender* prefer = nullptr;
  for (const Contender& c : contenders) {
    result.tallies[c.index] = Tally::Candidate;
    if (c.candidate->prefer) prefer = &c;
  }
  result.survivors = static_cast<int>(contenders.size());

  if (!contenders.empty() && result.survivors >= limits.min_sane) {
    if (prefer != nullptr) {
      follow(*prefer, Tally::SystemPeer, result);
    } else {
      const Contender& leader = lead(contenders, limits, previous);
      follow(leader, Tally::SystemPeer, result);
      combine(contenders, leader, result);
    }
    result.doubt = doubt(contenders, candidates[*result.system_peer]);
  }
  if (pps) consider_pps(*pps, prefer != nullptr, limits, result);
  return result;
}

}  // namespace ntp::sync
