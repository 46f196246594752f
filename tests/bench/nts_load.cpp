// SPDX-License-Identifier: BSD-2-Clause
// Load for a server of NTS over IPv4, for a bounded time:
//   nts_load time ADDRESS SECONDS PID...   one request, asked again and again: a server keeps no
//                                          state for it, so that each copy costs it the whole work
//   nts_load echo ADDRESS SECONDS PID...   the same for what is no server of NTS (udp_echo)
//   nts_load ke ADDRESS SECONDS PID...     sessions of key establishment, one after the other
// and the processor time of the processes PID for each. Certificates are not checked.
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "libntp/nts/client_packets.h"
#include "libntp/nts/cookie_box.h"
#include "libntp/nts/ke_client.h"
#include "ntpd/nts/tls.h"
#include "ntpd/os/random.h"
#include "ntpd/os/unique_fd.h"

namespace {

using namespace ntp;
using Steady = std::chrono::steady_clock;

/// Requests under way on a socket, and sockets, so that a server sees several clients' ports.
constexpr unsigned kWindow = 16;
constexpr int kSockets = 8;
/// Without an answer for so long, s, the requests count as lost.
constexpr double kPatience = 0.05;

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

/// By a session with the server; without one it has the same size, and means nothing to anybody.
std::vector<std::uint8_t> make_request(const std::optional<Established>& session) {
  Established made_up;
  made_up.keys.c2s.assign(std::array<std::uint8_t, 32>{});
  made_up.keys.s2c = made_up.keys.c2s;
  const std::vector<std::uint8_t> cookie(nts::cookie_size(made_up.keys.aead));
  auto client = nts::ClientPackets::make(session ? session->keys : made_up.keys);
  if (!client) return {};
  os::SystemRandom random;
  nts::UniqueId id;
  random.fill(id);
  std::vector<std::uint8_t> packet(nts::kMaxPacket);
  nts::write_client_header(NtpTimestamp(random.u64()), packet);
  packet.resize(client->protect(id, session ? session->cookies[0] : *nts::Cookie::from(cookie), 0,
                                random, packet));
  return packet;
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

/// One socket with its requests under way. Sends and reads in batches and never sleeps: it is the
/// server that is to be busy, and the cost of waking a client is not the server's.
class Asker {
 public:
  Asker(const std::string& address, ByteView request)
      : fd_(connect_to(SOCK_DGRAM | SOCK_NONBLOCK, address, 123)), size_(request.size()) {
    part_ = {const_cast<std::uint8_t*>(request.data()), request.size()};
    for (std::size_t i = 0; i < kWindow; ++i) {
      requests_[i].msg_hdr.msg_iov = &part_;
      requests_[i].msg_hdr.msg_iovlen = 1;
      parts_[i] = {buffers_[i].data(), buffers_[i].size()};
      answers_[i].msg_hdr.msg_iov = &parts_[i];
      answers_[i].msg_hdr.msg_iovlen = 1;
    }
  }
  Asker(const Asker&) = delete;
  Asker& operator=(const Asker&) = delete;

  void ask() {
    if (under_way_ == kWindow) return;
    const int sent = sendmmsg(fd_.get(), requests_.data(), kWindow - under_way_, 0);
    if (sent > 0) under_way_ += static_cast<unsigned>(sent);
  }
  /// Counts answers that are as long as the request, and others.
  void take(long& good, long& others) {
    const int got = recvmmsg(fd_.get(), answers_.data(), kWindow, MSG_DONTWAIT, nullptr);
    for (int i = 0; i < got; ++i) {
      ++(answers_[static_cast<std::size_t>(i)].msg_len + 4 >= size_ ? good : others);
    }
    if (got > 0) under_way_ -= std::min(under_way_, static_cast<unsigned>(got));
  }
  [[nodiscard]] bool waits() const { return under_way_ != 0; }
  void forget() { under_way_ = 0; }

 private:
  os::UniqueFd fd_;
  std::size_t size_;
  iovec part_{};
  std::array<std::array<std::uint8_t, 2048>, kWindow> buffers_;
  std::array<iovec, kWindow> parts_{};
  std::array<mmsghdr, kWindow> requests_{};
  std::array<mmsghdr, kWindow> answers_{};
  unsigned under_way_ = 0;
};

int load_time(ByteView request, const std::string& address, double seconds,
              const std::vector<std::string>& processes) {
  std::vector<std::unique_ptr<Asker>> askers;
  for (int i = 0; i < kSockets; ++i) askers.push_back(std::make_unique<Asker>(address, request));
  long good = 0;
  long others = 0;
  const double before = processor_time(processes);
  const auto begin = Steady::now();
  while (seconds_since(begin) < seconds) {
    for (const auto& asker : askers) asker->ask();
    // The next ones only when all are answered: servers that read several at once find several,
    // however busy this machine is otherwise.
    auto progress = Steady::now();
    while (seconds_since(progress) < kPatience &&
           std::any_of(askers.begin(), askers.end(), [](const auto& a) { return a->waits(); })) {
      const long before_these = good + others;
      for (const auto& asker : askers) asker->take(good, others);
      if (good + others != before_these) progress = Steady::now();
    }
    for (const auto& asker : askers) asker->forget();
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
  if (what != "time" && what != "echo" && what != "ke") {
    std::fputs("usage: nts_load time|echo|ke ADDRESS SECONDS PID...\n", stderr);
    return 2;
  }
  signal(SIGPIPE, SIG_IGN);
  auto context = ke::make_tls_context(ke::Role::Client, {});
  if (!context) return 1;
  // All servers know it, so that all do the same work whatever they would like best.
  SSL_CTX_set1_groups_list(context->get(), "X25519");
  const std::array<unsigned char, 8> alpn{7, 'n', 't', 's', 'k', 'e', '/', '1'};
  SSL_CTX_set_alpn_protos(context->get(), alpn.data(), alpn.size());
  const std::string address = argv[2];
  const double seconds = std::atof(argv[3]);
  const std::vector<std::string> processes(argv + 4, argv + argc);
  if (what == "ke") return load_sessions(context->get(), address, seconds, processes);
  std::optional<Established> session;
  if (what == "time") {
    session = establish(context->get(), address);
    if (!session || session->cookies.empty()) return 1;
  }
  const auto request = make_request(session);
  return request.empty() ? 1 : load_time(request, address, seconds, processes);
}
