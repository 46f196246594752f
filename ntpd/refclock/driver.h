// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "libntp/config/settings.h"
#include "libntp/core/address.h"
#include "libntp/core/clock_command.h"
#include "libntp/core/refid.h"
#include "libntp/core/result.h"
#include "libntp/core/time.h"
#include "libntp/sync/selection.h"

namespace ntp::refclock {

/// What a clock said at a poll.
struct Reading {
  double offset = 0;      // s, reference minus own clock
  double dispersion = 0;  // s
  Leap leap = Leap::None;
};

/// A reference clock driver. Holds no descriptor of its own: what it needs of the host comes
/// through its constructor.
class Driver {
 public:
  virtual ~Driver() = default;
  /// As `ntpq` shows it: `LOCAL`.
  [[nodiscard]] virtual std::string_view name() const = 0;
  [[nodiscard]] virtual std::string_view description() const = 0;
  /// The type t of the address 127.127.t.u.
  [[nodiscard]] virtual int number() const = 0;
  [[nodiscard]] virtual sync::SourceKind kind() const = 0;
  [[nodiscard]] virtual int default_stratum() const = 0;
  [[nodiscard]] virtual RefId default_refid() const = 0;
  /// The time source code of the system status word.
  [[nodiscard]] virtual int source_code() const = 0;

  /// The reading for a poll at `wall`; nothing if the clock is silent. `others_lead` says that the
  /// system follows another source.
  virtual std::optional<Reading> poll(WallTime wall, bool others_lead) = 0;
};

/// 127.127.t.u.
Address pseudo_address(int number, int unit);

/// The driver that a `refclock` line names, or why there is none.
Result<std::unique_ptr<Driver>> make_driver(const config::SourceSettings& settings);

}  // namespace ntp::refclock
