// SPDX-License-Identifier: BSD-2-Clause
#include "ntpq/completion.h"

#include <gtest/gtest.h>

namespace ntp::ntpq {
namespace {

using List = std::vector<std::string>;

TEST(Completion, OffersCommands) {
  EXPECT_EQ(completions("mr"), (List{"mreadlist", "mreadvar", "mrl", "mrulist", "mrv"}));
  EXPECT_EQ(completions("help sysi"), List{"sysinfo"});
  EXPECT_EQ(completions("zz"), List{});
}

TEST(Completion, OffersVariablesWhereTheyAreRead) {
  EXPECT_EQ(completions("rv 0 rootd"), (List{"rootdelay", "rootdisp", "rootdist"}));
  EXPECT_EQ(completions("readv &1 rootd"), (List{"rootdelay", "rootdisp"}));
  EXPECT_EQ(completions("rv 0 leap,strat"), List{"leap,stratum"});
  EXPECT_EQ(completions("cv &3 fudge"), (List{"fudgetime1", "fudgetime2"}));
  EXPECT_EQ(completions("peers x"), List{});
  EXPECT_EQ(completions("rv "), List{});
}

}  // namespace
}  // namespace ntp::ntpq
