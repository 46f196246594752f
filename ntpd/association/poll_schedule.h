// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <optional>

#include "libntp/core/seams.h"
#include "libntp/core/time.h"

namespace ntp::association {

/// When to ask next: the poll interval between minpoll and maxpoll, bursts with their spacing, and
/// the guard that keeps the mean distance of packets (NTPsec's constants throughout).
class PollSchedule {
 public:
  /// Least distance of two packets to one server.
  static constexpr Duration kSpacing = std::chrono::seconds(2);
  /// Packets of an initial burst.
  static constexpr int kInitialBurst = 7;
  /// Packets of a burst at most.
  static constexpr int kFullBurst = 8;
  /// Greatest distance of two packets of a burst that spreads.
  static constexpr Duration kWidestSpacing = std::chrono::seconds(16);
  /// Of a burst that spreads, so many follow the first at kSpacing.
  static constexpr int kCloseTogether = 2;
  /// Polls that an unanswered burst is tried at minpoll for.
  static constexpr int kBurstRetries = 3;

  PollSchedule(int min_poll, int max_poll, MonoTime first);

  /// When the next packet is due.
  [[nodiscard]] MonoTime due() const { return due_; }
  void set_due(MonoTime when) { due_ = when; }

  /// log2 s.
  [[nodiscard]] int poll() const { return poll_; }
  [[nodiscard]] int min_poll() const { return min_poll_; }
  [[nodiscard]] int max_poll() const { return max_poll_; }
  /// The average distance of packets that the guard still owes, in whole s (variable `headway`).
  [[nodiscard]] unsigned headway(MonoTime now) const;

  /// True while the packets of a burst go out.
  [[nodiscard]] bool in_burst() const { return burst_left_ > 0; }
  /// A regular poll begins now, counted from `now`.
  void begin_poll(MonoTime now) {
    poll_began_ = now;
    longer_.reset();
  }
  /// The next answer starts a burst. It is waited for at minpoll for kBurstRetries polls, and at
  /// the poll interval from then on: who is silent for long does not get more packets for it.
  void arm_burst();
  [[nodiscard]] bool burst_armed() const { return burst_armed_; }
  /// A packet goes out: counts down bursts, loads the guard. Returns true if it ended a burst.
  bool packet_sent(MonoTime now);
  /// An answer came: an armed burst begins, with `count` packets in all. To `spread` it means that
  /// its packets go ever farther apart, from which a frequency is learnt sooner.
  void answer_received(MonoTime now, int count, bool spread);

  /// Sets the interval (held between minpoll and maxpoll) and works out when the next packet is
  /// due.
  void update(MonoTime now, int poll, Random& random);
  /// The server asked for fewer packets: no more bursts, and at least 2^`poll` s between polls.
  void slow_down(MonoTime now, int poll, Random& random);
  /// The interval (held between minpoll and maxpoll) from the next poll on.
  void follow(int poll);
  /// Other limits, log2 s, from now on.
  void set_limits(MonoTime now, int min_poll, int max_poll, Random& random);
  /// Back to minpoll, with a first poll at `first`.
  void restart(MonoTime first);

 private:
  [[nodiscard]] double throttle(MonoTime now) const;

  int min_poll_;
  int max_poll_;
  int poll_;
  int burst_left_ = 0;
  bool burst_armed_ = false;
  int retries_left_ = 0;
  Duration burst_spacing_ = kSpacing;
  int close_left_ = 0;  // packets that still follow at kSpacing in a burst that spreads
  bool spreading_ = false;
  MonoTime due_;
  MonoTime poll_began_;
  std::optional<double> longer_;  // share of the interval, once it is drawn for this poll
  // Seconds of credit used up; one is given back each second.
  double throttle_ = 0;
  MonoTime throttle_at_;
};

}  // namespace ntp::association
