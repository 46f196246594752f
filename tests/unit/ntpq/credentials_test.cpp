// SPDX-License-Identifier: BSD-2-Clause
#include "ntpq/credentials.h"

#include <gtest/gtest.h>

#include <map>

#include "tests/support/hex.h"
#include "tests/unit/ntpq/scripted_network.h"

namespace ntp::ntpq {
namespace {

class CredentialsTest : public testing::Test {
 protected:
  CredentialsTest() {
    network_.files["keys"] =
        "# keys\n1 AES 00112233445566778899aabbccddeeff\n2 SHA1 sha1-sample-key # two\n";
  }
  /// The trailer for the first request of the captures, READSTAT with sequence 1.
  std::string signature() {
    return test::to_hex(credentials_.sign(test::from_hex("d60100010000000000000000")));
  }

  ScriptedNetwork network_;
  Credentials credentials_{network_};
};

TEST_F(CredentialsTest, TakesTheKeyOfTheFile) {
  ASSERT_TRUE(credentials_.load("keys"));
  credentials_.set_id(2);
  EXPECT_TRUE(credentials_.complete("host"));
  EXPECT_EQ(signature(), "000000024ba167973e93c1d69dcfea6f0cd87b3cb8a6522d");
  EXPECT_TRUE(network_.prompts.empty());
}

TEST_F(CredentialsTest, AsksForWhatIsMissing) {
  network_.answers = {"2", "sha1-sample-key"};
  ASSERT_TRUE(credentials_.set_type("sha-1"));
  EXPECT_TRUE(credentials_.complete("host"));
  EXPECT_EQ(signature(), "000000024ba167973e93c1d69dcfea6f0cd87b3cb8a6522d");
  EXPECT_EQ(network_.prompts, (std::vector<std::string>{"Keyid: ", "SHA1 Password: (hidden)"}));
  EXPECT_TRUE(credentials_.complete("host"));
  EXPECT_EQ(network_.prompts.size(), 2U);
}

TEST_F(CredentialsTest, ReadsTheControlKeyForTheLocalHost) {
  ASSERT_TRUE(credentials_.load("keys"));
  EXPECT_EQ(credentials_.complete("localhost").error().message,
            "***Can't read control key from /etc/ntp.conf\n");
  network_.files["/etc/ntp.conf"] = "keys keys\n";
  EXPECT_EQ(credentials_.complete("localhost").error().message,
            "***No trusted keys have been declared\n");
  network_.files["/etc/ntp.conf"] = "keys keys\ncontrolkey 1\n";
  EXPECT_TRUE(credentials_.complete("localhost"));
  EXPECT_EQ(signature(), "0000000190969ac4ad6d525d44ef5c92f8985138");
}

TEST_F(CredentialsTest, ReadsDebiansConfigurationIfThereIsNoOther) {
  ASSERT_TRUE(credentials_.load("keys"));
  network_.files["/etc/ntpsec/ntp.conf"] = "controlkey 1\n";
  EXPECT_TRUE(credentials_.complete("localhost"));
  credentials_.forget();
  network_.files["/etc/ntp.conf"] = "keys keys\n";
  EXPECT_FALSE(credentials_.complete("localhost"));
}

TEST_F(CredentialsTest, SaysWhatIsWrong) {
  EXPECT_EQ(credentials_.complete("host").error().message, "***Invalid key identifier\n");
  credentials_.set_id(9);
  EXPECT_EQ(credentials_.complete("host").error().message, "***Invalid password\n");
  EXPECT_FALSE(credentials_.load("nothing"));
  EXPECT_FALSE(credentials_.set_type("nonsense"));
  EXPECT_EQ(signature(), "");
}

TEST_F(CredentialsTest, ForgetsNumberAndSecret) {
  ASSERT_TRUE(credentials_.load("keys"));
  credentials_.set_id(1);
  ASSERT_TRUE(credentials_.complete("host"));
  credentials_.forget();
  EXPECT_FALSE(credentials_.id());
  EXPECT_EQ(signature(), "");
  EXPECT_FALSE(credentials_.complete("host"));
}

}  // namespace
}  // namespace ntp::ntpq
