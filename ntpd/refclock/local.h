// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include "ntpd/refclock/driver.h"

namespace ntp::refclock {

/// The undisciplined local clock, type 1: claims that the own clock is right, as long as no other
/// source leads. NTPsec: stratum 5 unless fudged, dispersion 10 ms.
class LocalDriver final : public Driver {
 public:
  [[nodiscard]] std::string_view name() const override { return "LOCAL"; }
  [[nodiscard]] std::string_view description() const override {
    return "Undisciplined local clock";
  }
  [[nodiscard]] int number() const override { return 1; }
  [[nodiscard]] sync::SourceKind kind() const override { return sync::SourceKind::Local; }
  [[nodiscard]] int default_stratum() const override { return 5; }
  [[nodiscard]] RefId default_refid() const override { return refid::kLocal; }
  [[nodiscard]] int source_code() const override { return 5; }

  std::optional<Reading> poll(WallTime wall, bool others_lead) override;
};

}  // namespace ntp::refclock
