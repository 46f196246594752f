// SPDX-License-Identifier: BSD-2-Clause
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/libntp/config/parse_helpers.h"

namespace ntp::config {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(KeyLines, NameFilesAndTheControlKey) {
  const auto settings =
      settings_of("keys /a\nkeys /b\ncontrolkey 9\nntpsigndsocket /run/s\nrequestkey 3\n");
  EXPECT_EQ(settings.keys.file, "/b");
  EXPECT_EQ(settings.keys.control_key, 9);
  EXPECT_EQ(settings.keys.signd_socket, "/run/s");
}

TEST(KeyLines, RefuseUnsignedControlKeys) {
  const auto result = parse("controlkey 0x10\ncontrolkey\n");
  EXPECT_EQ(result.settings.keys.control_key, 0);
  EXPECT_THAT(errors(result), ElementsAre("1:12", "2:11"));
}

TEST(TrustedKeyLines, AddKeysAndRanges) {
  const auto keys = settings_of("trustedkey 1 (10 ... 12) 65535\ntrustedkey 4294967298\n").keys;
  ASSERT_EQ(keys.trusted.size(), 4U);
  EXPECT_EQ(keys.trusted[0].last, 1);
  EXPECT_EQ(keys.trusted[1].first, 10);
  EXPECT_EQ(keys.trusted[1].last, 12);
  EXPECT_EQ(keys.trusted[2].first, 65535);
  EXPECT_EQ(keys.trusted[3].first, 2);
}

TEST(TrustedKeyLines, SkipWhatIsOutOfRange) {
  const auto result = parse("trustedkey 0 7 65536 (9 ... 3) (0 ... 5)\n");
  ASSERT_EQ(result.settings.keys.trusted.size(), 1U);
  EXPECT_EQ(result.settings.keys.trusted[0].first, 7);
  EXPECT_THAT(places(result, Severity::Warning), ElementsAre("1:12", "1:16", "1:22", "1:32"));
}

TEST(TrustedKeyLines, AreVoidAfterABadRange) {
  const auto result = parse(
      "trustedkey 1 (1...5)\ntrustedkey (1 ... 5\ntrustedkey (1 5)\n"
      "trustedkey\ntrustedkey 2 x\n");
  ASSERT_EQ(result.settings.keys.trusted.size(), 1U);
  EXPECT_EQ(result.settings.keys.trusted[0].first, 2);
  EXPECT_THAT(errors(result), ElementsAre("1:15", "2:20", "3:15", "4:11", "5:14"));
}

TEST(NtsLines, SetEveryItem) {
  const auto settings = settings_of(
      "nts enable cert /c key /k cookie /n ca /a aead AES_SIV_CMAC_384\n"
      "nts mintls TLS1.3 maxtls TLS1.3 tlsciphersuites A:B tlsecdhcurves C "
      "tlscipherserverpreference tlscipherserverpreference port 1234\n");
  const NtsSettings& nts = settings.nts;
  EXPECT_TRUE(nts.enable && nts.server_preference);
  EXPECT_EQ(nts.certificate, "/c");
  EXPECT_EQ(nts.key, "/k");
  EXPECT_EQ(nts.cookie, "/n");
  EXPECT_EQ(nts.ca, "/a");
  EXPECT_EQ(nts.aead, "AES_SIV_CMAC_384");
  EXPECT_EQ(nts.min_tls, "TLS1.3");
  EXPECT_EQ(nts.max_tls, "TLS1.3");
  EXPECT_EQ(nts.cipher_suites, "A:B");
  EXPECT_EQ(nts.ecdh_curves, "C");
  EXPECT_EQ(settings.extra_port, 1234);
  EXPECT_FALSE(settings_of("nts enable\nnts disable\n").nts.enable);
}

TEST(NtsLines, AreVoidAfterABadArgument) {
  const auto result = parse("nts enable mintls 1.3\nnts enable key\nnts enable pool 4\nnts x\n");
  EXPECT_FALSE(result.settings.nts.enable);
  EXPECT_THAT(errors(result), ElementsAre("1:19", "2:15", "3:17", "4:5"));
}

TEST(NtsLines, ReportBadValues) {
  const auto result = parse("nts aead X mintls TLS1.2\n");
  EXPECT_EQ(result.settings.nts.aead, "");
  EXPECT_EQ(result.settings.nts.min_tls, "TLS1.2");
  EXPECT_THAT(errors(result), ElementsAre("1:10", "1:19"));
  EXPECT_EQ(result.syntax_errors, 0U);
}

}  // namespace
}  // namespace ntp::config
