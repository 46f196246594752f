// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "libntp/core/result.h"
#include "libntp/core/time.h"

/// The list of clients (mrulist): what is asked for, what came, and in which order it is shown.
namespace ntp::ntpq {

/// One client, as the server sent it.
struct MruEntry {
  std::string address;  // with its port
  std::string last_text;
  NtpTimestamp first;
  NtpTimestamp last;
  std::int64_t count = 0;
  std::int64_t restrictions = 0;
  std::int64_t mode_and_version = 0;
  std::optional<double> score;
  std::optional<std::int64_t> dropped;

  /// Seconds between two packets.
  [[nodiscard]] double average_interval() const;
};

/// The parameters of the command.
struct MruParameters {
  int fragments = 32;
  /// By which the entries are sorted; empty: newest first.
  std::string sort;
  /// The rest of every request, and of the first one.
  std::string every;
  std::string first;

  /// A failure has the line to be shown.
  static Result<MruParameters> parse(std::string_view argument);
};

/// The entries that came so far.
class MruList {
 public:
  /// Takes a reply in. Gives the entries of it, in their order; damaged ones are left out.
  std::vector<MruEntry> add(std::string_view reply);

  /// The server said that this is all, and when.
  [[nodiscard]] std::optional<NtpTimestamp> end() const { return end_; }
  [[nodiscard]] const std::string& nonce() const { return nonce_; }
  /// How many entries came in all.
  [[nodiscard]] std::size_t received() const { return received_; }
  /// How many of them are kept.
  [[nodiscard]] std::size_t size() const { return entries_.size(); }

  /// `addr.i` and `last.i` of the newest entries, as many as fit into so many octets.
  [[nodiscard]] std::string newest(std::size_t room) const;
  /// The server no longer knows the entries that newest() gave: older ones have to do.
  void drop_newest(std::size_t room);
  void clear() { entries_.clear(); }

  /// Each client once, as it was seen last, in the order of the table.
  [[nodiscard]] std::vector<MruEntry> sorted(std::string_view by) const;

 private:
  [[nodiscard]] std::pair<std::string, std::size_t> newest_and_count(std::size_t room) const;

  std::vector<MruEntry> entries_;
  std::optional<NtpTimestamp> end_;
  std::string nonce_;
  std::size_t received_ = 0;
};

/// The heads of these columns and of the address.
inline constexpr std::string_view kMruHeader =
    " lstint avgint rstr r m v  count    score   drop rport remote address";
/// The columns up to the address. Without `now` the first two give the day, the second of it and
/// the seconds between the first packet and the last (`direct`).
std::string mru_columns(const MruEntry& entry, std::optional<NtpTimestamp> now);
/// Host and port of `10.0.0.1:123` or `[::1]:123`.
std::pair<std::string, std::string> split_port(const std::string& address);

}  // namespace ntp::ntpq
