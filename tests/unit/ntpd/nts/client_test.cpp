// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/nts/client.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <array>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <thread>

#include "ntpd/nts/trust.h"
#include "ntpd/os/unique_fd.h"
#include "tests/unit/ntpd/nts/client_lab.h"

namespace ntp::ke {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

/// A TCP socket that listens on 127.0.0.1, and that nobody serves unless the test does.
class Listener {
 public:
  Listener() : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in where{};
    where.sin_family = AF_INET;
    where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof where;
    EXPECT_EQ(::bind(fd_.get(), reinterpret_cast<const sockaddr*>(&where), size), 0);
    EXPECT_EQ(::listen(fd_.get(), 8), 0);
    getsockname(fd_.get(), reinterpret_cast<sockaddr*>(&where), &size);
    port_ = ntohs(where.sin_port);
  }
  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] os::UniqueFd accept() const {
    return os::UniqueFd(::accept(fd_.get(), nullptr, nullptr));
  }

 private:
  os::UniqueFd fd_;
  std::uint16_t port_ = 0;
};

using ClientTest = ClientLab;

TEST_F(ClientTest, GetsKeysAndCookiesThatItsServerKnows) {
  serve();
  const auto result = exchange();
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(result->address, Address::loopback(Family::V4));
  EXPECT_EQ(result->agreement.cookies.size(), 8U);
  EXPECT_EQ(result->agreement.port, 123);
  EXPECT_TRUE(result->agreement.server.empty());
  auto box = nts::CookieBox::make(keys_);
  nts::SessionKeys inside;
  for (const nts::Cookie& cookie : result->agreement.cookies) {
    ASSERT_TRUE(box->open(cookie.view(), inside));
    EXPECT_EQ(inside, result->keys);
  }
  EXPECT_EQ(log_.count("NTSc: connecting to test+"), 1);
  EXPECT_EQ(log_.count("NTSc: Using TLSv1.3, TLS_"), 1);
  EXPECT_EQ(log_.count("NTSc: certificate is valid."), 1);
  EXPECT_EQ(log_.count("NTSc: Got 8 cookies, length 104, aead=15."), 1);
  EXPECT_EQ(log_.count("sec, OK"), 1);
}

TEST_F(ClientTest, TakesTheAeadThatItOffersFirst) {
  serve();
  request_.offer = {crypto::AeadId::AesSivCmac512, crypto::AeadId::AesSivCmac256};
  const auto result = exchange();
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(result->keys.aead, crypto::AeadId::AesSivCmac512);
  EXPECT_EQ(result->keys.c2s.size(), 64U);
}

TEST_F(ClientTest, TellsWhereItsServerLeads) {
  nts::KeServerOptions options = usual();
  options.server = "time.test";
  options.port = 1123;
  serve(hours(1), options);
  const auto result = exchange();
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(result->agreement.server, "time.test");
  EXPECT_EQ(result->agreement.port, 1123);
}

TEST_F(ClientTest, WantsAValidCertificateForTheName) {
  serve();
  request_.host = "other";
  EXPECT_EQ(failure(), "certificate invalid: 62=>hostname mismatch");
  request_.host = "test";
  request_.authorities = write("ca2.pem", make_certificate(clock_.wall() + hours(1)).certificate);
  EXPECT_EQ(failure(), "certificate invalid: 18=>self-signed certificate");
  request_.authorities.clear();
  EXPECT_EQ(failure(), "certificate invalid: 18=>self-signed certificate");
  serve(-hours(1));
  EXPECT_EQ(failure(), "certificate invalid: 10=>certificate has expired");
  EXPECT_EQ(server_->counts().good.count, 0U) << "nothing was asked of it";
}

TEST_F(ClientTest, TakesAnyCertificateWhereToldTo) {
  serve(-hours(1));
  request_.host = "other";
  request_.accept_any_certificate = true;
  EXPECT_TRUE(exchange());
  EXPECT_EQ(log_.count("NTSc: certificate invalid: "), 1);
  EXPECT_EQ(log_.count("NTSc: noval - accepting invalid cert."), 1);
}

TEST_F(ClientTest, TrustsTheSystemsRootsAndHashedDirectories) {
  // Before there is another thread.
  const std::string roots = folder_ / "ca.pem";
  setenv("SSL_CERT_FILE", roots.c_str(), 1);  // NOLINT(concurrency-mt-unsafe)
  serve();
  request_.authorities.clear();
  EXPECT_TRUE(exchange());

  const auto hashed = folder_ / "hashed";
  std::filesystem::create_directories(hashed);
  request_.authorities = hashed;
  EXPECT_EQ(failure(), "certificate invalid: 18=>self-signed certificate");
  BIO* text = BIO_new_mem_buf(made_.certificate.data(), static_cast<int>(made_.certificate.size()));
  X509* certificate = PEM_read_bio_X509(text, nullptr, nullptr, nullptr);
  std::array<char, 16> name{};
  std::snprintf(name.data(), name.size(), "%08lx.0", X509_subject_name_hash(certificate));
  X509_free(certificate);
  BIO_free(text);
  write("hashed/" + std::string(name.data()), made_.certificate);
  EXPECT_TRUE(exchange());
  EXPECT_GE(log_.count("NTSc: Using dir " + hashed.string() + " for root certificates."), 1);
  server_.reset();
  unsetenv("SSL_CERT_FILE");  // NOLINT(concurrency-mt-unsafe)
}

TEST_F(ClientTest, NamesTheHostItAsks) {
  serve();
  const Listener listener;
  request_.port = listener.port();
  const auto certificate = load_certificate({}, files_);
  ASSERT_TRUE(certificate);
  const auto named = [&](const std::string& host) {
    request_.host = host;
    resolver_.names[host] = {Address::loopback(Family::V4)};
    std::string name = "nothing";
    std::thread server([&] {
      const os::UniqueFd taken = listener.accept();
      const TlsSession session(SSL_new(certificate->context.get()));
      SSL_set_fd(session.get(), taken.get());
      SSL_accept(session.get());
      const char* told = SSL_get_servername(session.get(), TLSEXT_NAMETYPE_host_name);
      if (told != nullptr) name = told;
    });
    failure();
    server.join();
    return name;
  };
  EXPECT_EQ(named("test"), "test");
  EXPECT_EQ(named("test."), "test");
  EXPECT_EQ(named("127.0.0.1"), "nothing") << "RFC 6066: no addresses";
}

TEST_F(ClientTest, SaysWhichRootsCanNotBeRead) {
  serve();
  request_.authorities = write("nonsense.pem", "nonsense");
  EXPECT_NE(failure().find("nonsense.pem as file for root certificates"), std::string::npos);
  request_.authorities = folder_ / "absent.pem";
  EXPECT_NE(failure().find("absent.pem as file for root certificates"), std::string::npos);
}

TEST_F(ClientTest, FailsWhereNothingSuitsBoth) {
  nts::KeServerOptions options;
  options.aeads = {crypto::AeadId::AesSivCmac512};
  serve(hours(1), options);
  EXPECT_EQ(failure(), "the server has none of the AEADs offered");
}

TEST_F(ClientTest, TriesAllAddressesInTheOrderOfTheirRank) {
  serve();
  // The server has IPv4 only.
  const Address refusing = Address::loopback(Family::V6);
  const Address good = Address::loopback(Family::V4);
  resolver_.names["test"] = {refusing, good};
  EXPECT_TRUE(exchange());
  EXPECT_EQ(log_.count("NTSc: connecting to test+"), 2);
  log_.lines.clear();
  request_.rank = [&](const Address& address) { return address == good ? 0 : 1; };
  EXPECT_TRUE(exchange());
  EXPECT_EQ(log_.count("NTSc: connecting to test+"), 1);
}

TEST_F(ClientTest, LeavesTimeToTheOtherAddressesOfASilentOne) {
  serve();
  // One that takes connections on the same port, and says nothing.
  const os::UniqueFd silent(::socket(AF_INET6, SOCK_STREAM, 0));
  const int on = 1;
  setsockopt(silent.get(), IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
  sockaddr_in6 where{};
  where.sin6_family = AF_INET6;
  where.sin6_addr = in6addr_loopback;
  where.sin6_port = htons(request_.port);
  if (::bind(silent.get(), reinterpret_cast<const sockaddr*>(&where), sizeof where) != 0) {
    GTEST_SKIP() << "this host lacks IPv6";
  }
  ASSERT_EQ(::listen(silent.get(), 1), 0);
  resolver_.names["test"] = {Address::loopback(Family::V6), Address::loopback(Family::V4)};
  EXPECT_TRUE(exchange(seconds(4)));
  EXPECT_EQ(log_.count("NTSc: timeout: TLS handshake"), 1);
}

TEST_F(ClientTest, SaysWhyItHasNoConnection) {
  request_.host = "nowhere";
  EXPECT_EQ(failure(), "DNS lookup: Name or service not known");
  resolver_.names["nowhere"] = {};
  EXPECT_EQ(failure(), "no address");
  request_.host = "test";
  request_.port = Listener().port();  // which is closed by now
  EXPECT_EQ(failure(), "connect failed: Connection refused");
  request_.port = 0;
  EXPECT_NE(failure().find("connect failed: "), std::string::npos);
  resolver_.silent = true;
  EXPECT_EQ(failure(milliseconds(50)), "timeout: DNS lookup");
}

TEST_F(ClientTest, GivesUpOnAServerThatSaysNothing) {
  const Listener listener;
  request_.port = listener.port();
  EXPECT_EQ(failure(milliseconds(100)), "timeout: TLS handshake");
}

TEST_F(ClientTest, FailsWhereTheOtherSideSpeaksNoTls) {
  const Listener listener;
  request_.port = listener.port();
  // What comes is there before the client asks, and so is the end.
  os::UniqueFd taken;
  const auto answer = [&](std::string_view octets) {
    timers_.at(clock_.mono() + milliseconds(20), [&, octets] {
      taken = listener.accept();
      if (!octets.empty()) {
        EXPECT_GT(::send(taken.get(), octets.data(), octets.size(), MSG_NOSIGNAL), 0);
      }
      ::shutdown(taken.get(), SHUT_WR);
    });
    return failure();
  };
  EXPECT_NE(answer("HTTP/1.1 400 Bad Request\r\n\r\n").find("TLS handshake: wrong version number"),
            std::string::npos);
  EXPECT_NE(answer("").find("TLS handshake: "), std::string::npos);
}

TEST_F(ClientTest, IsNotHeldUpByAServerThatNeverStopsSending) {
  serve();
  const Listener listener;
  request_.port = listener.port();
  const auto certificate = load_certificate({}, files_);
  ASSERT_TRUE(certificate);
  // Messages that TLS deals with itself, as fast as they go.
  std::atomic<bool> ended = false;
  std::uint64_t sent = 0;
  std::thread flood([&] {
    const os::UniqueFd taken = listener.accept();
    const TlsSession session(SSL_new(certificate->context.get()));
    SSL_set_fd(session.get(), taken.get());
    EXPECT_EQ(SSL_accept(session.get()), 1);
    while (!ended && SSL_new_session_ticket(session.get()) == 1) SSL_do_handshake(session.get());
    sent = BIO_number_written(SSL_get_wbio(session.get()));
  });
  int turns = 0;
  std::function<void()> turn = [&] {
    ++turns;
    timers_.at(clock_.mono() + milliseconds(10), turn);
  };
  turn();
  const MonoTime begin = clock_.mono();
  EXPECT_EQ(failure(milliseconds(500)), "timeout: waiting for the reply");
  EXPECT_LE(clock_.mono() - begin, seconds(2));
  EXPECT_GE(turns, 10) << "the loop stood still";
  ended = true;
  flood.join();
  EXPECT_GT(sent, 100'000U);
  // Where the server is the faster one that is due to this.
  Trust trust({}, log_);
  EXPECT_EQ(SSL_get_mode(trust.new_session(request_.authorities)->get()) & SSL_MODE_AUTO_RETRY, 0);
}

TEST_F(ClientTest, RunsManyExchangesAtOnce) {
  serve();
  Client client(loop_, resolver_, log_, {});
  int done = 0;
  std::vector<std::unique_ptr<nts::KeExchange>> running;
  for (int i = 0; i < 20; ++i) {
    running.push_back(client.start(request_, [&](Result<nts::KeResult> result) {
      EXPECT_TRUE(result);
      if (++done == 20) loop_.stop();
    }));
  }
  timers_.at(clock_.mono() + seconds(20), [this] { loop_.stop(); });
  loop_.run();
  EXPECT_EQ(done, 20);
}

TEST_F(ClientTest, CallsNobodyBackWhoHasGivenUp) {
  const Listener listener;
  request_.port = listener.port();
  Client client(loop_, resolver_, log_, {}, milliseconds(50));
  auto early = client.start(request_, [](auto) { ADD_FAILURE(); });
  early.reset();
  auto late = client.start(request_, [](auto) { ADD_FAILURE(); });
  timers_.at(clock_.mono() + milliseconds(20), [&] { late.reset(); });
  timers_.at(clock_.mono() + milliseconds(150), [this] { loop_.stop(); });
  loop_.run();
}

TEST_F(ClientTest, MayBeDestroyedByItsCallback) {
  serve();
  Client client(loop_, resolver_, log_, {});
  std::unique_ptr<nts::KeExchange> running;
  running = client.start(request_, [&](const Result<nts::KeResult>& result) {
    EXPECT_TRUE(result);
    running.reset();
    loop_.stop();
  });
  loop_.run();
}

}  // namespace
}  // namespace ntp::ke
