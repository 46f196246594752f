// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/nts/service.h"

#include <gtest/gtest.h>

#include "ntpd/os/random.h"
#include "tests/support/fixed_host.h"
#include "tests/support/memory_files.h"
#include "tests/unit/ntpd/nts/kept_log.h"
#include "tests/unit/ntpd/nts/made_certificate.h"

namespace ntp::ke {
namespace {

using std::chrono::hours;

constexpr const char* kCertificate = "/etc/ntp/cert-chain.pem";
constexpr const char* kKey = "/etc/ntp/key.pem";
constexpr const char* kCookies = "/var/lib/ntp/nts-keys";
constexpr Duration kDay = hours(24);

class ServiceTest : public testing::Test {
 protected:
  ServiceTest() {
    settings_.nts.enable = true;
    put(made_);
  }
  void put(const MadeCertificate& made) {
    files_.put(kCertificate, made.certificate);
    files_.put(kKey, made.key);
  }
  Result<std::unique_ptr<Service>> open() {
    ServerOptions options;
    options.port = 0;
    options.ipv6 = false;
    return Service::open(settings_, options, {clock_, random_, files_, log_});
  }
  /// A running one.
  std::unique_ptr<Service> run() {
    auto opened = open();
    EXPECT_TRUE(opened) << opened.error().message;
    const auto started =
        (*opened)->start([this](const nts::CookieKeys& keys) { told_.push_back(keys); },
                         [](const SessionReport&) {});
    EXPECT_TRUE(started);
    return std::move(*opened);
  }

  test::FixedClock clock_;
  os::SystemRandom random_;
  test::MemoryFiles files_;
  KeptLog log_;
  config::Settings settings_;
  std::vector<nts::CookieKeys> told_;
  MadeCertificate made_ = make_certificate(clock_.wall() + 90 * kDay);
};

TEST_F(ServiceTest, LoadsItsFilesAndTellsTheKeys) {
  const auto service = run();
  ASSERT_EQ(told_.size(), 1U);
  EXPECT_EQ(*nts::CookieKeys::parse(*files_.content(kCookies)), told_[0]);
  EXPECT_EQ(log_.count("NTSs: loaded certificate (chain) from /etc/ntp/cert-chain.pem"), 1);
  EXPECT_EQ(log_.count("NTSs: loaded private key from /etc/ntp/key.pem"), 1);
  EXPECT_EQ(log_.count("expire"), 0);
}

TEST_F(ServiceTest, DoesNotStartWithoutAGoodPair) {
  const auto complaint = [this] {
    const auto opened = open();
    return opened ? std::string() : opened.error().message;
  };
  const auto contains = [&](const std::string& part) {
    const std::string text = complaint();
    EXPECT_NE(text.find(part), std::string::npos) << text;
  };
  ASSERT_TRUE(files_.remove(kCertificate));
  contains("can't load certificate (chain) from /etc/ntp/cert-chain.pem: No such file");
  files_.put(kCertificate, "no certificate");
  contains("can't load certificate (chain) from /etc/ntp/cert-chain.pem: no start line");
  files_.put(kCertificate, made_.certificate + "-----BEGIN CERTIFICATE-----\nnonsense\n");
  contains("can't load certificate (chain) from /etc/ntp/cert-chain.pem: ");
  put(made_);
  files_.put(kKey, "");
  contains("can't load private key from /etc/ntp/key.pem: ");
  files_.put(kKey, make_certificate(clock_.wall() + kDay).key);
  contains("can't load private key from /etc/ntp/key.pem: key values mismatch");
  put(made_);
  settings_.nts.cipher_suites = "TLS_NONE";
  contains("tlsciphersuites");
}

TEST_F(ServiceTest, TakesARenewedPairOnce) {
  const auto service = run();
  service->refresh();
  EXPECT_EQ(log_.count("loaded certificate"), 1);
  put(make_certificate(clock_.wall() + 180 * kDay));
  service->refresh();
  service->refresh();
  EXPECT_EQ(log_.count("loaded certificate"), 2);
}

TEST_F(ServiceTest, TakesAPairWhoseKeyComesLater) {
  const auto service = run();
  const auto renewed = make_certificate(clock_.wall() + 180 * kDay);
  files_.put(kCertificate, renewed.certificate);
  service->refresh();
  EXPECT_EQ(log_.count("the certificate in use stays"), 1);
  files_.put(kKey, renewed.key);
  service->refresh();
  EXPECT_EQ(log_.count("loaded certificate"), 2);
}

TEST_F(ServiceTest, KeepsThePairInUseAndSaysSoOnce) {
  const auto service = run();
  files_.put(kKey, "nonsense");
  for (int i = 0; i < 5; ++i) service->refresh();
  EXPECT_EQ(log_.count("the certificate in use stays"), 1);
  ASSERT_TRUE(files_.remove(kKey));
  for (int i = 0; i < 5; ++i) service->refresh();
  EXPECT_EQ(log_.count("the certificate in use stays"), 2);
  put(made_);
  service->refresh();
  files_.put(kKey, "nonsense");
  service->refresh();
  EXPECT_EQ(log_.count("the certificate in use stays"), 3);
}

TEST_F(ServiceTest, WarnsInTimeOfTheEndOnceADay) {
  const auto service = run();
  clock_.advance(75 * kDay);
  service->refresh();
  EXPECT_EQ(log_.count("will expire"), 0);
  clock_.advance(2 * kDay);
  for (int hour = 0; hour < 24; ++hour) {
    service->refresh();
    clock_.advance(hours(1));
  }
  EXPECT_EQ(log_.count("will expire on "), 1);
  service->refresh();
  EXPECT_EQ(log_.count("will expire on "), 2);
  clock_.advance(20 * kDay);
  service->refresh();
  EXPECT_EQ(log_.count("has expired on "), 1);
}

TEST_F(ServiceTest, HandsOnTheKeysOfANewDay) {
  const auto service = run();
  clock_.advance(kDay);
  service->refresh();
  ASSERT_EQ(told_.size(), 2U);
  EXPECT_EQ(told_[1].keys().size(), 2U);
  service->refresh();
  EXPECT_EQ(told_.size(), 2U);
}

TEST_F(ServiceTest, FollowsOtherSettings) {
  const auto service = run();
  config::Settings other = settings_;
  other.nts.cookie = "/elsewhere/nts-keys";
  service->reconfigure(other);
  ASSERT_EQ(told_.size(), 2U);
  EXPECT_NE(told_[0], told_[1]);
  EXPECT_TRUE(files_.content("/elsewhere/nts-keys"));
  other.nts.certificate = "/nowhere.pem";
  service->reconfigure(other);
  EXPECT_EQ(log_.count("/nowhere.pem: No such file or directory: the certificate in use stays"), 1);
  service->refresh();
  EXPECT_EQ(log_.count("the certificate in use stays"), 1);
}

TEST_F(ServiceTest, SaysThatItCanNotReadItsFilesAgain) {
  auto opened = open();
  ASSERT_TRUE(opened);
  // As after the root's rights have gone.
  ASSERT_TRUE(files_.remove(kKey));
  ASSERT_TRUE((*opened)->start([](const nts::CookieKeys&) {}, [](const SessionReport&) {}));
  EXPECT_EQ(log_.count("a renewed certificate will be used after a restart only"), 1);
  (*opened)->refresh();
  EXPECT_EQ(log_.count("the certificate in use stays"), 0);
}

}  // namespace
}  // namespace ntp::ke
