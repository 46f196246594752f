// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "ntpd/nts/client.h"
#include "ntpd/nts/server.h"
#include "ntpd/os/linux_clock.h"
#include "ntpd/os/random.h"
#include "tests/support/memory_files.h"
#include "tests/unit/ntpd/nts/kept_log.h"
#include "tests/unit/ntpd/nts/made_certificate.h"

namespace ntp::ke {

/// Knows some names; answers from the loop, as resolvers do.
class KnownNames final : public Resolver {
 public:
  explicit KnownNames(io::EventLoop& loop) : loop_(loop) {}
  void resolve(const std::string& host, Family, Callback callback) override {
    if (silent) return;
    loop_.post([this, host, callback = std::move(callback)] {
      const auto known = names.find(host);
      known == names.end() ? callback(fail("Name or service not known")) : callback(known->second);
    });
  }
  std::map<std::string, std::vector<Address>> names;
  bool silent = false;

 private:
  io::EventLoop& loop_;
};

/// A client of key establishment, and a server over loopback.
class ClientLab : public testing::Test {
 public:
  ~ClientLab() override { std::filesystem::remove_all(folder_); }

 protected:
  // Tests run side by side.
  ClientLab()
      : folder_(std::filesystem::temp_directory_path() /
                ("regulator_ke_client_test" + std::to_string(getpid()))) {
    std::signal(SIGPIPE, SIG_IGN);  // as the daemon does
    std::filesystem::create_directories(folder_);
    resolver_.names["test"] = {Address::loopback(Family::V4)};
    resolver_.names["other"] = {Address::loopback(Family::V4)};
    request_.host = "test";
    request_.offer = {crypto::AeadId::AesSivCmac256};
  }

  /// Starts a server whose certificate is for `test`, and makes the request one to it.
  void serve(Duration validity = std::chrono::hours(1),
             nts::KeServerOptions negotiation = usual()) {
    made_ = make_certificate(clock_.wall() + validity);
    config::NtsSettings settings;
    files_.put(certificate_file(settings), made_.certificate);
    files_.put(key_file(settings), made_.key);
    ServerOptions options;
    options.port = 0;
    options.ipv6 = false;
    options.limits = limits_;
    auto opened = Server::open(options, log_);
    ASSERT_TRUE(opened) << opened.error().message;
    server_ = std::move(*opened);
    auto certificate = load_certificate(settings, files_);
    ASSERT_TRUE(certificate) << certificate.error().message;
    ASSERT_TRUE(
        server_->start(certificate->context, keys_, std::move(negotiation), random_, report_));
    request_.port = server_->endpoints().front().port;
    request_.authorities = write("ca.pem", made_.certificate);
  }
  static nts::KeServerOptions usual() {
    nts::KeServerOptions options;
    options.aeads = {crypto::AeadId::AesSivCmac256, crypto::AeadId::AesSivCmac512};
    return options;
  }
  std::string write(const std::string& name, const std::string& text) {
    const auto path = folder_ / name;
    std::ofstream(path) << text;
    return path;
  }
  /// A whole exchange; `deadline` is the client's.
  Result<nts::KeResult> exchange(Duration deadline = std::chrono::seconds(10)) {
    Client client(loop_, resolver_, log_, {}, deadline);
    Result<nts::KeResult> outcome = fail("it has not called back");
    const auto guard =
        timers_.at(clock_.mono() + std::chrono::seconds(20), [this] { loop_.stop(); });
    const auto running = client.start(request_, [&](Result<nts::KeResult> result) {
      outcome = std::move(result);
      loop_.stop();
    });
    loop_.run();
    timers_.cancel(guard);
    return outcome;
  }
  std::string failure(Duration deadline = std::chrono::seconds(10)) {
    const auto outcome = exchange(deadline);
    return outcome ? std::string("none") : outcome.error().message;
  }

  std::filesystem::path folder_;
  io::EventLoop loop_;
  io::AsioTimers timers_{loop_};
  os::ReadOnlyClock clock_;
  os::SystemRandom random_;
  KeptLog log_;
  test::MemoryFiles files_;
  KnownNames resolver_{loop_};
  nts::CookieKeys keys_ = nts::CookieKeys::generate(clock_.wall(), random_);
  MadeCertificate made_;
  SessionLimits limits_;  // of the server
  Server::Report report_ = [](const SessionReport&) {};
  std::unique_ptr<Server> server_;
  nts::KeRequest request_;
};

}  // namespace ntp::ke
