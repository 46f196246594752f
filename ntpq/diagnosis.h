// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ntpq/record.h"
#include "ntpq/variables.h"

/// Why a clock is not synchronized, or does not use a source: what the variables of mode 6 say, put
/// together (the command `why`). ntpq(1) lists the codes of the causes.
namespace ntp::ntpq {

/// What the driver of a reference clock says (READCLOCK), with its own status word.
struct ClockFacts {
  std::uint16_t status = 0;
  Variables variables;
};

/// One association, by its variables and status word.
struct SourceFacts {
  std::uint16_t association = 0;
  std::uint16_t status = 0;
  /// All that were read; those a daemon does not know are missing.
  Variables variables;
  /// Of a reference clock, if the daemon tells of it.
  std::optional<ClockFacts> clock = std::nullopt;

  [[nodiscard]] bool is_clock() const;
};

struct SystemFacts {
  std::uint16_t status = 0;
  Variables variables;
};

/// What the daemon makes of a source.
struct SourceVerdict {
  /// It takes part in setting the clock.
  bool used = false;
  /// It passes all tests of its own; what is left is the choice between sources.
  bool sound = false;
  /// What keeps it from being used; the first one is the one to see to.
  std::vector<Cause> causes;
};

/// The clock follows something, or has followed it lately.
bool is_synchronized(const SystemFacts& system);

SourceVerdict judge_source(const SourceFacts& source, const SystemFacts& system);

/// What the clock waits for; empty if there is nothing. `verdicts` are those of all sources.
std::vector<Cause> judge_system(const SystemFacts& system,
                                const std::vector<SourceVerdict>& verdicts);

}  // namespace ntp::ntpq
