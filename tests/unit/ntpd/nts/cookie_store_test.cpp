// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/nts/cookie_store.h"

#include <gtest/gtest.h>

#include "tests/support/fixed_host.h"
#include "tests/support/memory_files.h"
#include "tests/unit/ntpd/nts/kept_log.h"

namespace ntp::ke {
namespace {

using std::chrono::hours;

constexpr const char* kPath = "/var/lib/ntp/nts-keys";

class CookieStoreTest : public testing::Test {
 protected:
  nts::CookieKeys in_file() { return *nts::CookieKeys::parse(*files_.content(kPath)); }
  void feed(const nts::CookieKeys& keys) { files_.put(kPath, keys.to_text()); }
  nts::CookieKeys fresh() { return nts::CookieKeys::generate(clock_.wall(), random_); }

  test::FixedClock clock_;
  test::SeededRandom random_;
  test::MemoryFiles files_;
  KeptLog log_;
  CookieStore store_{kPath, clock_, random_, files_, log_};
};

TEST_F(CookieStoreTest, MakesAFileWhereThereIsNone) {
  ASSERT_TRUE(store_.load());
  EXPECT_EQ(in_file(), store_.keys());
  EXPECT_EQ(log_.count("NTS: Wrote new cookie file, 1 keys"), 1);
  EXPECT_FALSE(store_.refresh());
  EXPECT_EQ(files_.saves(), 1U);
}

TEST_F(CookieStoreTest, TakesTheKeysOfItsFile) {
  const auto keys = fresh();
  feed(keys);
  ASSERT_TRUE(store_.load());
  EXPECT_EQ(store_.keys(), keys);
  EXPECT_EQ(log_.count("NTS: Read cookie file, 1 keys"), 1);
  EXPECT_EQ(files_.saves(), 0U);
}

TEST_F(CookieStoreTest, FailsIfThereIsAFileThatItCantRead) {
  feed(fresh());
  files_.fail_loads("Permission denied");
  const auto loaded = store_.load();
  ASSERT_FALSE(loaded);
  EXPECT_NE(loaded.error().message.find("nts-keys: Permission denied"), std::string::npos);
}

TEST_F(CookieStoreTest, ReplacesAFileThatMakesNoSense) {
  files_.put(kPath, "T: never\n");
  ASSERT_TRUE(store_.load());
  EXPECT_EQ(in_file(), store_.keys());
  EXPECT_EQ(log_.count("making new keys"), 1);
}

TEST_F(CookieStoreTest, RotatesOnceADayAndKeepsTheOldKeys) {
  ASSERT_TRUE(store_.load());
  for (int day = 1; day <= 12; ++day) {
    const auto before = store_.keys().keys();
    for (int hour = 0; hour < 23; ++hour) {
      clock_.advance(hours(1));
      EXPECT_FALSE(store_.refresh());
    }
    clock_.advance(hours(1));
    EXPECT_TRUE(store_.refresh());
    EXPECT_EQ(store_.keys().keys()[1], before[0]);
    EXPECT_EQ(in_file(), store_.keys());
  }
  EXPECT_EQ(store_.keys().keys().size(), nts::CookieKeys::kKept);
}

TEST_F(CookieStoreTest, RotatesAtTheStartIfItIsTime) {
  feed(fresh());
  clock_.advance(hours(50));
  ASSERT_TRUE(store_.load());
  EXPECT_EQ(store_.keys().keys().size(), 2U);
  EXPECT_EQ(in_file(), store_.keys());
}

TEST_F(CookieStoreTest, TakesKeysThatAnotherHasFed) {
  ASSERT_TRUE(store_.load());
  const auto others = fresh();
  feed(others);
  EXPECT_TRUE(store_.refresh());
  EXPECT_EQ(store_.keys(), others);
  EXPECT_FALSE(store_.refresh());
  EXPECT_EQ(files_.saves(), 1U);
}

TEST_F(CookieStoreTest, LeavesRotationToWhoFeedsItUnlessHeIsLate) {
  ASSERT_TRUE(store_.load());
  feed(fresh());
  ASSERT_TRUE(store_.refresh());
  clock_.advance(hours(24) + CookieStore::kPatience - std::chrono::seconds(1));
  EXPECT_FALSE(store_.refresh());
  clock_.advance(hours(1));
  EXPECT_TRUE(store_.refresh());
  EXPECT_EQ(store_.keys().keys().size(), 2U);
}

TEST_F(CookieStoreTest, KeepsItsKeysWhenTheFileIsSpoilt) {
  ASSERT_TRUE(store_.load());
  const auto keys = store_.keys();
  files_.put(kPath, "nonsense");
  EXPECT_FALSE(store_.refresh());
  EXPECT_EQ(store_.keys(), keys);
  EXPECT_EQ(files_.content(kPath), "nonsense");
  EXPECT_EQ(log_.count("the keys in use stay"), 1);
}

TEST_F(CookieStoreTest, WritesTheFileAgainWhenItIsGone) {
  ASSERT_TRUE(store_.load());
  ASSERT_TRUE(files_.remove(kPath));
  EXPECT_FALSE(store_.refresh());
  EXPECT_EQ(in_file(), store_.keys());
}

TEST_F(CookieStoreTest, GoesOnInMemoryWhereItCantWrite) {
  files_.fail_saves("Read-only file system");
  ASSERT_TRUE(store_.load());
  EXPECT_EQ(
      log_.count("Trouble writing cookie file: " + std::string(kPath) + ": Read-only file system"),
      1);
  clock_.advance(hours(24));
  EXPECT_TRUE(store_.refresh());
  EXPECT_FALSE(store_.refresh());
  EXPECT_EQ(store_.keys().keys().size(), 2U);
  EXPECT_EQ(log_.count("Trouble writing"), 1);
  files_.fail_saves(std::nullopt);
  EXPECT_FALSE(store_.refresh());
  EXPECT_EQ(in_file(), store_.keys());
}

TEST_F(CookieStoreTest, TellsNoKeyInTheLog) {
  feed(fresh());
  ASSERT_TRUE(store_.load());
  clock_.advance(hours(24));
  store_.refresh();
  const std::string text = *files_.content(kPath);
  const std::string secret = text.substr(text.rfind("K: ") + 3, 64);
  EXPECT_EQ(log_.count(secret), 0);
}

}  // namespace
}  // namespace ntp::ke
