// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/daemon/without_effect.h"

#include <gtest/gtest.h>

#include "libntp/config/parser.h"

namespace ntp::daemon {
namespace {

TEST(WithoutEffect, NamesNothingInAnOrdinaryConfiguration) {
  const auto parsed = config::parse_text(
      "driftfile /d\nserver a iburst\nrestrict default kod limited\ntos minclock 4\ndscp 10\n",
      "ntp.conf");
  EXPECT_TRUE(without_effect(parsed.settings).empty());
}

TEST(WithoutEffect, NamesWhatIsOnlyRead) {
  const auto parsed = config::parse_text("tinker huffpuff 7200 allan 9\n", "ntp.conf");
  EXPECT_EQ(without_effect(parsed.settings),
            (std::vector<std::string>{"tinker allan", "tinker huffpuff"}));
}

}  // namespace
}  // namespace ntp::daemon
