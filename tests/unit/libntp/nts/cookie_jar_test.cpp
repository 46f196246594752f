// SPDX-License-Identifier: BSD-2-Clause
#include "libntp/nts/cookie_jar.h"

#include <gtest/gtest.h>

#include <vector>

namespace ntp::nts {
namespace {

using Octets = std::vector<std::uint8_t>;

CookieList cookies(std::size_t count, std::uint8_t first, std::size_t size = 104) {
  CookieList list;
  for (std::size_t i = 0; i < count; ++i) {
    EXPECT_TRUE(list.add(Octets(size, static_cast<std::uint8_t>(first + i))));
  }
  return list;
}

TEST(Cookie, HasASizeThatFitsIntoAField) {
  for (const std::size_t size : {0U, 4U, 11U, 13U, 102U, 257U, 260U, 65531U}) {
    EXPECT_FALSE(Cookie::from(Octets(size))) << size;
  }
  for (const std::size_t size : {12U, 64U, 100U, 104U, 168U, 256U}) {
    const auto cookie = Cookie::from(Octets(size, 7));
    ASSERT_TRUE(cookie) << size;
    EXPECT_EQ(cookie->view().size(), size);
    EXPECT_EQ(cookie->view().back(), 7);
  }
}

TEST(CookieList, HoldsEight) {
  CookieList list = cookies(8, 0);
  EXPECT_FALSE(list.add(Octets(104)));
  EXPECT_EQ(list.size(), 8U);
}

TEST(CookieJar, GivesEachCookieOnceOldestFirst) {
  CookieJar jar;
  jar.add(cookies(3, 10));
  jar.add(cookies(2, 20));
  for (const int expected : {10, 11, 12, 20, 21}) {
    const auto cookie = jar.take();
    ASSERT_TRUE(cookie);
    EXPECT_EQ(cookie->view().front(), expected);
  }
  EXPECT_FALSE(jar.take());
  EXPECT_TRUE(jar.empty());
}

TEST(CookieJar, KeepsEightAndThrowsAwayTheRest) {
  CookieJar jar;
  jar.add(cookies(5, 0));
  jar.take();
  jar.add(cookies(8, 50));
  EXPECT_EQ(jar.size(), 8U);
  int last = -1;
  while (const auto cookie = jar.take()) last = cookie->view().front();
  EXPECT_EQ(last, 53);
  jar.add(cookies(1, 99));
  jar.clear();
  EXPECT_FALSE(jar.take());
}

TEST(CookieJar, AsksForAsManyAsFillItAgain) {
  CookieJar jar;
  jar.add(cookies(8, 0));
  for (std::size_t lost = 0; lost < 8; ++lost) {
    const auto taken = jar.take();
    ASSERT_TRUE(taken);
    EXPECT_EQ(jar.placeholders(*taken), lost);
  }
}

TEST(CookieJar, KeepsRequestsSmall) {
  // 48 + 36 + 40 octets and for each cookie 4 more than its size, 1024 at most.
  const auto most = [](std::size_t size) {
    return CookieJar().placeholders(*Cookie::from(Octets(size)));
  };
  EXPECT_EQ(most(64), 7U);
  EXPECT_EQ(most(104), 7U);
  EXPECT_EQ(most(108), 7U);
  EXPECT_EQ(most(112), 6U);
  EXPECT_EQ(most(168), 4U);
  EXPECT_EQ(most(256), 2U);
}

}  // namespace
}  // namespace ntp::nts
