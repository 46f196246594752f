// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "libntp/core/time.h"
#include "ntpq/variables.h"

namespace ntp::ntpq {

/// The forms of the peers table: with the reference id, the association id, the local address, or
/// turned round with the name last.
enum class PeersForm : std::uint8_t { Peers, Apeers, Opeers, Rpeers };

struct PeersOptions {
  PeersForm form = PeersForm::Peers;
  /// Names longer than their column stand on a line of their own.
  bool wide = false;
  bool units = false;
  /// Columns of the terminal. What is beyond 80 goes to the name, up to 24; a narrower terminal
  /// gets the table of 80.
  std::size_t width = 80;
  /// What the address of a peer is shown as. Empty: as itself.
  std::function<std::string(const std::string& address)> name_of;
};

/// Renders the header, the rule and the rows of a peers table (ntpq -p).
class PeersTable {
 public:
  explicit PeersTable(PeersOptions options);

  /// Without a line end.
  [[nodiscard]] std::string header() const;
  /// Columns of the rule.
  [[nodiscard]] std::size_t width() const;
  /// One row, in wide form perhaps two lines, with its line end. `now` is the client's clock.
  [[nodiscard]] std::string row(std::uint16_t association, std::uint16_t status,
                                const Variables& variables, WallTime now) const;

 private:
  struct Peer;

  [[nodiscard]] Peer read(const Variables& variables) const;
  [[nodiscard]] std::string remote_name(const Peer& peer) const;
  [[nodiscard]] std::string numbers(const Peer& peer, WallTime now) const;
  [[nodiscard]] std::string value(const Variable* variable, bool six_decimals) const;
  [[nodiscard]] std::string front(char mark, const std::string& name) const;
  [[nodiscard]] std::string second_column(const std::string& text, std::uint16_t association) const;

  PeersOptions options_;
  std::size_t name_width_;
};

/// A span in whole seconds as the columns `when` and `poll` show it: `-`, `64`, `68m`, `9h`, `4d`.
std::string pretty_interval(std::int64_t seconds);

/// Milliseconds in eight columns with as many decimals as fit, four at most, or three.
std::string eight_columns(double value, int most_decimals);

}  // namespace ntp::ntpq
