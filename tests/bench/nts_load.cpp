// SPDX-License-Identifier: BSD-2-Clause
// Load for a server of NTS over IPv4, for a bounded time:
//   nts_load time ADDRESS SECONDS PID...   one request, asked again and again: a server keeps no
//                                          state for it, so that each copy costs it the whole work
//   nts_load ke ADDRESS SECONDS PID...     sessions of key establishment, one after the other
// and the processor time of the processes PID for each. Certificates are not checked.
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

#include "libntp/nts/client_packets.h"
#include "libntp/nts/ke_client.h"
#include "ntpd/nts/tls.h"
#include "ntpd/os/random.h"
#include "ntpd/os/unique_fd.h"

namespace {

using namespace ntp;
using Steady = std::chrono::steady_clock;

/// Requests under way on a socket, and sockets, so that a server sees several clients' ports.
constexpr int kWindow = 16;
constexpr int kSockets = 8;

double seconds_since(Steady::time_point begin) {
  return std::chrono::duration<double>(Steady::now() - begin).count();
}

/// Of all threads of these processes, s.
double processor_time(const std::vector<std::string>& processes) {
  double nanoseconds = 0;
  for (const std::string& process : processes) {
    std::error_code ignored;
    for (const auto& task :
         std::filesystem::directory_iterator("/proc/" + process + "/task", ignored)) {
      std::ifstream file(task.path() / "schedstat");
      double running = 0;
      if (file >> running) nanoseconds += running;
    }
  }
  return nanoseconds * 1e-9;
}

sockaddr_in at(const std::string& address, std::uint16_t port) {
  sockaddr_in result{};
  result.sin_family = AF_INET;
  result.sin_port = htons(port);
  inet_pton(AF_INET, address.c_str(), &result.sin_addr);
  return result;
}

os::UniqueFd connect_to(int type, const std::string& address, std::uint16_t port) {
  os::UniqueFd fd(::socket(AF_INET, type, 0));
  const sockaddr_in where = at(address, port);
  const timeval patience{5, 0};
  const int on = 1;
  setsockopt(fd.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  if (type == SOCK_STREAM) setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&where), sizeof where) != 0) fd.reset();
  return fd;
}

struct Established {
  nts::SessionKeys keys;
  nts::CookieList cookies;
};

std::optional<Established> establish(ssl_ctx_st* context, const std::string& address) {
  const os::UniqueFd fd = connect_to(SOCK_STREAM, address, nts::kKePort);
  if (!fd) return std::nullopt;
  const ke::TlsSession tls(SSL_new(context));
  SSL_set_fd(tls.get(), fd.get());
  if (SSL_connect(tls.get()) != 1) return std::nullopt;
  nts::KeClient exchange({crypto::AeadId::AesSivCmac256});
  const ByteView request = exchange.request();
  SSL_write(tls.get(), request.data(), static_cast<int>(request.size()));
  std::array<std::uint8_t, 4096> buffer;
  while (exchange.state() == nts::KeClient::State::Reading) {
    const int got = SSL_read(tls.get(), buffer.data(), static_cast<int>(buffer.size()));
    if (got <= 0) return std::nullopt;
    exchange.feed(ByteView(buffer).first(static_cast<std::size_t>(got)));
  }
  if (exchange.state() != nts::KeClient::State::Done) return std::nullopt;
  auto keys = ke::export_keys(tls.get(), exchange.agreement().aead, true);
  SSL_shutdown(tls.get());
  if (!keys) return std::nullopt;
  return Established{*keys, exchange.agreement().cookies};
}

int load_sessions(ssl_ctx_st* context, const std::string& address, double seconds,
                  const std::vector<std::string>& processes) {
  const double before = processor_time(processes);
  const auto begin = Steady::now();
  long good = 0;
  long bad = 0;
  while (seconds_since(begin) < seconds && bad < 10) {
    ++(establish(context, address) ? good : bad);
  }
  const double took = seconds_since(begin);
  const double spent = processor_time(processes) - before;
  std::printf("%ld sessions, %ld failed, %.0f/s, %.0f us of processor time each\n", good, bad,
              static_cast<double>(good) / took,
              1e6 * spent / static_cast<double>(std::max(good, 1L)));
  return good > 0 ? 0 : 1;
}

/// One socket with its requests under way.
class Asker {
 public:
  Asker(const std::string& address, ByteView request)
      : fd_(connect_to(SOCK_DGRAM | SOCK_NONBLOCK, address, 123)), request_(request) {}
  [[nodiscard]] int fd() const { return fd_.get(); }

  void ask() {
    for (; under_way_ < kWindow; ++under_way_) {
      if (::send(fd_.get(), request_.data(), request_.size(), 0) < 0) return;
    }
  }
  /// Answers that are as long as the request, and others.
  void take(long& good, long& others) {
    std::array<std::uint8_t, 2048> buffer;
    for (;;) {
      const ssize_t got = ::recv(fd_.get(), buffer.data(), buffer.size(), 0);
      if (got < 0) return;
      --under_way_;
      const bool whole = static_cast<std::size_t>(got) + 4 >= request_.size();
      ++(whole ? good : others);
    }
  }
  void forget() { under_way_ = 0; }

 private:
  os::UniqueFd fd_;
  ByteView request_;
  int under_way_ = 0;
};

int load_time(ssl_ctx_st* context, const std::string& address, double seconds,
              const std::vector<std::string>& processes) {
  const auto session = establish(context, address);
  if (!session || session->cookies.empty()) return 1;
  auto client = nts::ClientPackets::make(session->keys);
  if (!client) return 1;
  os::SystemRandom random;
  nts::UniqueId id;
  random.fill(id);
  std::array<std::uint8_t, nts::kMaxPacket> packet;
  nts::write_client_header(NtpTimestamp(random.u64()), packet);
  const std::size_t size = client->protect(id, session->cookies[0], 0, random, packet);
  const ByteView request = ByteView(packet).first(size);

  std::vector<Asker> askers;
  for (int i = 0; i < kSockets; ++i) askers.emplace_back(address, request);
  std::vector<pollfd> waiting;
  for (const Asker& asker : askers) waiting.push_back({asker.fd(), POLLIN, 0});
  long good = 0;
  long others = 0;
  const double before = processor_time(processes);
  const auto begin = Steady::now();
  while (seconds_since(begin) < seconds) {
    for (Asker& asker : askers) asker.ask();
    const bool lost = ::poll(waiting.data(), waiting.size(), 50) == 0;
    for (Asker& asker : askers) {
      if (lost) asker.forget();
      asker.take(good, others);
    }
  }
  const double took = seconds_since(begin);
  const double spent = processor_time(processes) - before;
  std::printf("%ld answers, %ld others, %.0f/s, %.2f us of processor time each\n", good, others,
              static_cast<double>(good) / took,
              1e6 * spent / static_cast<double>(std::max(good, 1L)));
  return good > 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string what = argc > 3 ? argv[1] : "";
  if (what != "time" && what != "ke") {
    std::fputs("usage: nts_load time|ke ADDRESS SECONDS PID...\n", stderr);
    return 2;
  }
  signal(SIGPIPE, SIG_IGN);
  auto context = ke::make_tls_context(ke::Role::Client, {});
  if (!context) return 1;
  const std::array<unsigned char, 8> alpn{7, 'n', 't', 's', 'k', 'e', '/', '1'};
  SSL_CTX_set_alpn_protos(context->get(), alpn.data(), alpn.size());
  const std::vector<std::string> processes(argv + 4, argv + argc);
  const auto load = what == "ke" ? load_sessions : load_time;
  return load(context->get(), argv[2], std::atof(argv[3]), processes);
}
