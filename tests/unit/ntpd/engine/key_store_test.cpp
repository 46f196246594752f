// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/engine/key_store.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "tests/support/memory_files.h"

namespace ntp::engine {
namespace {

class OneFile final : public test::MemoryFiles {
 public:
  Result<std::string> load(const std::string& path) override {
    if (!text) return fail(path + ": Permission denied");
    return *text;
  }
  Result<void> save(const std::string&, std::string_view) override { return fail("read only"); }

  std::optional<std::string> text;
};

class LineLog final : public Log {
 public:
  void write(LogLevel level, std::string_view text) override {
    lines.push_back(std::to_string(static_cast<int>(level)) + " " + std::string(text));
  }

  std::vector<std::string> lines;
};

class KeyStoreTest : public testing::Test {
 protected:
  KeyStoreTest() {
    settings_.file = "F";
    settings_.trusted = {{1, 3, {}}};
    settings_.control_key = 2;
  }
  void start(std::string text) {
    files_.text = std::move(text);
    store_.emplace(settings_, files_, log_);
    EXPECT_TRUE(store_->load());
  }
  std::size_t sign(std::uint32_t id) {
    std::array<std::uint8_t, crypto::KeyRing::kMaxTrailer> trailer{};
    return store_->ring().sign(id, as_bytes("message"), trailer);
  }

  config::KeySettings settings_;
  OneFile files_;
  LineLog log_;
  std::optional<KeyStore> store_;
};

TEST_F(KeyStoreTest, ReadsTheFileAndTrustsWhatTheSettingsSay) {
  start("1 AES 00112233445566778899aabbccddeeff\n9 MD5 secret\n");
  EXPECT_EQ(sign(1), 20U);
  EXPECT_EQ(sign(9), 0U);
  EXPECT_EQ(store_->control_key(), 2U);
  EXPECT_EQ(log_.lines, (std::vector<std::string>{"0 AUTH: authreadkeys: reading F",
                                                  "0 AUTH: authreadkeys: added 2 keys"}));
}

TEST_F(KeyStoreTest, NamesTheLinesItCanNotUse) {
  start("1 AES short\n\n2 SHA1\n");
  EXPECT_EQ(
      log_.lines,
      (std::vector<std::string>{
          "0 AUTH: authreadkeys: reading F",
          "1 AUTH: authreadkeys: CMAC key 1 will be padded with zeros 5=>16 bytes in F line 1",
          "0 AUTH: authreadkeys: no key for key 2, expected NUMBER TYPE KEY; the line is "
          "ignored in F line 3",
          "0 AUTH: authreadkeys: added 1 keys"}));
}

TEST_F(KeyStoreTest, KeepsItsKeysWhenTheFileCanNotBeReadAnyMore) {
  start("1 MD5 secret\n");
  files_.text.reset();
  EXPECT_FALSE(store_->load());
  EXPECT_EQ(log_.lines.back(), "0 AUTH: authreadkeys: file F: Permission denied");
  EXPECT_EQ(sign(1), 20U);
}

TEST_F(KeyStoreTest, TakesTheNewKeysForTheOld) {
  start("1 MD5 secret\n");
  files_.text = "2 SHA1 other\n";
  EXPECT_TRUE(store_->load());
  EXPECT_EQ(sign(1), 0U);
  EXPECT_EQ(sign(2), 24U);
}

TEST_F(KeyStoreTest, WithoutAFileThereIsNothingToSay) {
  settings_.file.clear();
  start("1 MD5 secret\n");
  EXPECT_TRUE(log_.lines.empty());
  EXPECT_EQ(sign(1), 0U);
}

}  // namespace
}  // namespace ntp::engine
