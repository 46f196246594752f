// SPDX-License-Identifier: BSD-2-Clause
#include "libntp/config/keywords.h"

#include <gtest/gtest.h>

namespace ntp::config {
namespace {

TEST(Keywords, AreSortedAndUnique) {
  for (std::size_t i = 1; i < kKeywords.size(); ++i) {
    EXPECT_LT(kKeywords[i - 1].text, kKeywords[i].text);
  }
}

TEST(Keywords, AreAllFound) {
  for (const auto& entry : kKeywords) {
    const auto* found = find_keyword(entry.text);
    ASSERT_NE(found, nullptr) << entry.text;
    EXPECT_EQ(found->keyword, entry.keyword);
  }
}

TEST(Keywords, AreNeitherAbbreviatedNorCapitalised) {
  for (const char* word : {"", "serv", "servers", "Server", "SERVER", "zzz", "false"}) {
    EXPECT_EQ(find_keyword(word), nullptr) << word;
  }
}

TEST(Keywords, CoverBothDialects) {
  for (const char* word : {"holdover", "tick", "extra", "port", "ntsstats", "ntskestats",
                           "ntskelog", "tlsecdhcurves", "tlscipherserverpreference"}) {
    EXPECT_NE(find_keyword(word), nullptr) << word;
  }
}

}  // namespace
}  // namespace ntp::config
