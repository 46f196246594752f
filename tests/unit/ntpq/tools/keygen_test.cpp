// SPDX-License-Identifier: BSD-2-Clause
#include "ntpq/tools/keygen.h"

#include <gtest/gtest.h>

#include <random>
#include <set>

#include "libntp/config/key_file.h"
#include "ntpq/credentials.h"

namespace ntp::tools {
namespace {

class Seeded final : public Random {
 public:
  void fill(ByteSpan out) override {
    for (auto& octet : out) octet = static_cast<std::uint8_t>(dice_());
  }

 private:
  std::minstd_rand dice_{7};
};

NewKeys keys(const std::string& host = "vm") {
  ::setenv("TZ", "UTC", 1);
  ::tzset();
  Seeded random;
  return make_keys(host, WallTime(std::chrono::milliseconds(1'795'401'958'700)), random);
}

TEST(Keygen, NamesFileAndDate) {
  EXPECT_EQ(keys().file_name, "ntpkey_AES_vm.1795401958");
  EXPECT_EQ(keys().text.substr(0, 55), "# ntpkey_AES_vm.1795401958\n# Mon Nov 23 02:45:58 2026\n ");
  EXPECT_EQ(keys("../a").file_name, "ntpkey_AES_.._a.1795401958");
}

TEST(Keygen, WritesTwentyKeysThatTheDaemonReads) {
  const auto file = config::parse_key_file(keys().text, "ntp.keys", ntpq::key_type_of);
  EXPECT_TRUE(file.diagnostics.empty());
  ASSERT_EQ(file.keys.size(), 20U);
  std::set<std::vector<std::uint8_t>> secrets;
  for (const auto& key : file.keys) {
    EXPECT_EQ(key.type, "AES");
    EXPECT_EQ(key.secret.size(), 16U) << key.id;
    secrets.insert(key.secret);
    for (const std::uint8_t octet : key.secret) {
      EXPECT_TRUE(key.id > 10 || (octet >= 0x24 && octet <= 0x7d));
    }
  }
  EXPECT_EQ(secrets.size(), 20U);
}

TEST(Keygen, HasTwoOptions) {
  const auto early = [](const std::vector<std::string>& arguments) {
    return parse_keygen_options(arguments).error();
  };
  EXPECT_TRUE(parse_keygen_options({}));
  EXPECT_EQ(early({"-x"}).text, "option -x not recognized\n");
  EXPECT_EQ(early({"-x"}).status, 1);
  EXPECT_EQ(early({"--help"}).status, 0);
  EXPECT_EQ(early({"-V"}).text.substr(0, 20), "ntpkeygen regulator-");
}

}  // namespace
}  // namespace ntp::tools
