// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <map>
#include <string>
#include <vector>

#include "libntp/core/seams.h"
#include "tests/sim/world.h"

namespace ntp::sim {

/// Names from a table; numeric addresses resolve to themselves.
class SimResolver : public Resolver {
 public:
  explicit SimResolver(World& world) : world_(world) {}

  void resolve(const std::string& host, Family family, Callback callback) override;

  void set(const std::string& host, std::vector<Address> addresses);
  /// The name can't be looked up now, for this reason.
  void fail_lookups(const std::string& host, const std::string& reason);
  /// How long an answer takes.
  void set_delay(Duration delay) { delay_ = delay; }
  /// Lookups of that name so far.
  [[nodiscard]] int lookups(const std::string& host) const;

 private:
  [[nodiscard]] Result<std::vector<Address>> answer(const std::string& host, Family family) const;

  World& world_;
  std::map<std::string, std::vector<Address>> names_;
  std::map<std::string, std::string> failures_;
  std::map<std::string, int> lookups_;
  Duration delay_ = std::chrono::milliseconds(5);
};

}  // namespace ntp::sim
