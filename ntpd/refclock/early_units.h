// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <memory>
#include <vector>

#include "ntpd/refclock/unit.h"

namespace ntp::refclock {

/// Clocks whose devices were opened before the daemon gave up its rights, until their associations
/// take them over.
class EarlyUnits {
 public:
  /// Opens the device of each clock among the sources. What fails is tried again later, with the
  /// rights that there are then.
  void open(const std::vector<config::SourceSettings>& sources, Devices& devices, MonoTime now);
  /// The unit of this driver and number; null if there is none.
  std::unique_ptr<Unit> take(const config::SourceSettings& settings);

 private:
  std::vector<std::unique_ptr<Unit>> units_;
};

}  // namespace ntp::refclock
