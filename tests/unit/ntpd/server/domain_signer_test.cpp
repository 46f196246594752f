// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/server/domain_signer.h"

#include <gtest/gtest.h>

#include <optional>

#include "libntp/wire/signing.h"
#include "tests/support/fixed_host.h"

namespace ntp::server {
namespace {

using Answer = Result<std::vector<std::uint8_t>, SigningFailure>;

struct FakeSocket final : SigningSocket {
  void ask(const std::string& path, ByteView request, Callback callback) override {
    paths.push_back(path);
    requests.emplace_back(request.begin(), request.end());
    callbacks.push_back(std::move(callback));
  }
  std::vector<std::string> paths;
  std::vector<std::vector<std::uint8_t>> requests;
  std::vector<Callback> callbacks;
};

class DomainSignerTest : public testing::Test {
 protected:
  void sign() {
    const std::vector<std::uint8_t> key{1, 2, 3, 4};
    const std::vector<std::uint8_t> reply(wire::kHeaderSize, 0x24);
    signer_->sign("/run/s", key, reply,
                  [this](ByteView octets) { sent_.emplace_back(octets.begin(), octets.end()); });
  }
  /// What Samba answers to the n-th request, from 0.
  static Answer answer(std::uint32_t operation, std::uint32_t number) {
    std::vector<std::uint8_t> octets(operation == 3 ? wire::kSigningAnswer : wire::kSigningRefusal,
                                     7);
    ByteWriter writer(octets);
    writer.u32(0);
    writer.u32(operation);
    writer.u32(number + 1);
    return octets;
  }
  std::uint64_t count(std::string_view name) { return signer_->counter(name).value(); }

  FakeSocket socket_;
  test::FixedClock clock_;
  std::vector<std::string> troubles_;
  std::vector<std::vector<std::uint8_t>> sent_;
  std::optional<DomainSigner> signer_{
      std::in_place, socket_, clock_,
      [this](const std::string& reason) { troubles_.push_back(reason); }};
};

TEST_F(DomainSignerTest, SendsWhatIsSigned) {
  sign();
  EXPECT_EQ(socket_.paths.at(0), "/run/s/socket");
  EXPECT_EQ(socket_.requests.at(0).size(), wire::kSigningRequest);
  clock_.advance(std::chrono::milliseconds(250));
  socket_.callbacks.at(0)(answer(3, 0));
  ASSERT_EQ(sent_.size(), 1U);
  EXPECT_EQ(sent_[0], std::vector<std::uint8_t>(68, 7));
  EXPECT_EQ(count("mssntp_serves"), 1U);
  EXPECT_EQ(count("mssntp_serves_good"), 1U);
  EXPECT_DOUBLE_EQ(*signer_->quantity("mssntp_serves_good_wall"), 0.25);
  EXPECT_DOUBLE_EQ(*signer_->quantity("mssntp_serves_good_slowest"), 0.25);
  EXPECT_TRUE(troubles_.empty());
}

TEST_F(DomainSignerTest, CountsEachFailureAndSendsNothing) {
  for (int i = 0; i < 3; ++i) sign();
  socket_.callbacks[0](answer(4, 0));
  socket_.callbacks[1](fail(SigningFailure{false, "no such file"}));
  socket_.callbacks[2](fail(SigningFailure{true, "closed"}));
  EXPECT_TRUE(sent_.empty());
  EXPECT_EQ(troubles_, (std::vector<std::string>{"refused with 4", "no such file", "closed"}));
  EXPECT_EQ(count("mssntp_serves_bad"), 1U);
  EXPECT_EQ(count("mssntp_serves_no"), 1U);
  EXPECT_EQ(count("mssntp_serves_err"), 1U);
  EXPECT_EQ(count("mssntp_serves_good"), 0U);
}

TEST_F(DomainSignerTest, LetsABoundedNumberWait) {
  for (std::size_t i = 0; i < DomainSigner::kMostWaiting + 5; ++i) sign();
  EXPECT_EQ(socket_.requests.size(), DomainSigner::kMostWaiting);
  EXPECT_EQ(count("mssntp_serves_err"), 5U);
  socket_.callbacks[0](answer(3, 0));
  sign();
  EXPECT_EQ(socket_.requests.size(), DomainSigner::kMostWaiting + 1);
}

TEST_F(DomainSignerTest, CountsAnewWhenThePeriodDoes) {
  sign();
  signer_->start_period();
  sign();
  EXPECT_EQ(count("mssntp_serves"), 2U);
  EXPECT_EQ(count("mssntp_serves_r"), 1U);
  EXPECT_FALSE(signer_->counter("mssntp_serves_x"));
  EXPECT_FALSE(signer_->counter("ss_received"));
  EXPECT_FALSE(signer_->quantity("mssntp_serves_good"));
}

TEST_F(DomainSignerTest, IgnoresAnswersAfterItsEnd) {
  sign();
  signer_.reset();
  socket_.callbacks[0](answer(3, 0));
  EXPECT_TRUE(sent_.empty());
}

}  // namespace
}  // namespace ntp::server
