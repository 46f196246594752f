// SPDX-License-Identifier: BSD-2-Clause
#include "ntpq/udp_network.h"

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <fstream>
#include <iostream>
#include <limits>
#include <system_error>
#include <utility>

#include "ntpq/interrupt.h"

namespace ntp::ntpq {
namespace {

constexpr const char* kNtpPort = "123";

class FileDescriptor {
 public:
  explicit FileDescriptor(int descriptor) : descriptor_(descriptor) {}
  FileDescriptor(FileDescriptor&& other) noexcept
      : descriptor_(std::exchange(other.descriptor_, -1)) {}
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;
  FileDescriptor& operator=(FileDescriptor&&) = delete;
  ~FileDescriptor() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  [[nodiscard]] int get() const { return descriptor_; }

 private:
  int descriptor_;
};

MonoTime monotonic_now() {
  return MonoTime(
      std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now().time_since_epoch()));
}

/// Milliseconds for poll(), rounded up so that it never ends before the deadline.
int milliseconds_until(MonoTime deadline) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - monotonic_now());
  return static_cast<int>(
      std::clamp<std::int64_t>(left.count(), 0, std::numeric_limits<int>::max()));
}

class UdpTransport final : public Transport {
 public:
  explicit UdpTransport(FileDescriptor socket) : socket_(std::move(socket)) {}

  Outcome send(ByteView datagram) override {
    const ssize_t sent = ::send(socket_.get(), datagram.data(), datagram.size(), 0);
    return sent == static_cast<ssize_t>(datagram.size()) ? Outcome::Done : Outcome::SocketError;
  }

  Received receive(ByteSpan buffer, MonoTime deadline) override {
    pollfd waiting{socket_.get(), POLLIN, 0};
    int ready = 0;
    do {
      if (interrupt::pending()) return {Outcome::Interrupted, 0};
      ready = ::poll(&waiting, 1, milliseconds_until(deadline));
    } while (ready < 0 && errno == EINTR);
    if (ready == 0) return {Outcome::TimedOut, 0};
    const ssize_t size = ::recv(socket_.get(), buffer.data(), buffer.size(), 0);
    if (size < 0) return {Outcome::SocketError, 0};
    return {Outcome::Done, static_cast<std::size_t>(size)};
  }

 private:
  FileDescriptor socket_;
};

struct FreeAddresses {
  void operator()(addrinfo* list) const { ::freeaddrinfo(list); }
};
using Addresses = std::unique_ptr<addrinfo, FreeAddresses>;

int to_socket_family(Family family) {
  switch (family) {
    case Family::V4:
      return AF_INET;
    case Family::V6:
      return AF_INET6;
    case Family::Any:
      break;
  }
  return AF_UNSPEC;
}

Result<Addresses, int> look_up(const std::string& host, Family family, int flags) {
  addrinfo hints{};
  hints.ai_family = to_socket_family(family);
  hints.ai_socktype = SOCK_DGRAM;
  hints.ai_protocol = IPPROTO_UDP;
  hints.ai_flags = flags;
  addrinfo* list = nullptr;
  const int failure = ::getaddrinfo(host.c_str(), kNtpPort, &hints, &list);
  if (failure != 0) return fail(failure);
  return Addresses(list);
}

Result<std::unique_ptr<Transport>> connect_to(const std::string& host, const addrinfo& to) {
  const auto failed = [&](std::string_view what, int code) {
    return fail(Error{std::string(what) + host + ": " + std::generic_category().message(code) +
                      " [" + std::to_string(code) + "]\n"});
  };
  FileDescriptor socket(::socket(to.ai_family, to.ai_socktype | SOCK_CLOEXEC, to.ai_protocol));
  if (socket.get() < 0) return failed("Error opening ", errno);
  if (::connect(socket.get(), to.ai_addr, to.ai_addrlen) != 0) {
    return failed("Error connecting to ", errno);
  }
  return std::unique_ptr<Transport>(std::make_unique<UdpTransport>(std::move(socket)));
}

sockaddr_storage to_socket_address(const Address& address, socklen_t& length) {
  sockaddr_storage storage{};
  const ByteView octets = address.bytes();
  if (address.is_v4()) {
    auto& v4 = reinterpret_cast<sockaddr_in&>(storage);
    v4.sin_family = AF_INET;
    v4.sin_addr.s_addr = htonl(address.v4_value());
    length = sizeof v4;
  } else {
    auto& v6 = reinterpret_cast<sockaddr_in6&>(storage);
    v6.sin6_family = AF_INET6;
    std::copy(octets.begin(), octets.end(), std::begin(v6.sin6_addr.s6_addr));
    v6.sin6_scope_id = address.scope();
    length = sizeof v6;
  }
  return storage;
}

constexpr const char* kTerminal = "/dev/tty";

/// While it lasts a terminal does not show what is typed, and then begins a line of its own.
class Silence {
 public:
  Silence(int terminal, std::ostream& out, bool wanted)
      : terminal_(terminal), out_(out), silent_(wanted && ::tcgetattr(terminal, &before_) == 0) {
    if (!silent_) return;
    termios silent = before_;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    ::tcsetattr(terminal_, TCSAFLUSH, &silent);
  }
  ~Silence() {
    if (!silent_) return;
    ::tcsetattr(terminal_, TCSAFLUSH, &before_);
    out_ << '\n' << std::flush;
  }
  Silence(const Silence&) = delete;
  Silence& operator=(const Silence&) = delete;

 private:
  int terminal_;
  std::ostream& out_;
  termios before_{};
  bool silent_;
};

std::optional<std::string> next_line(std::istream& from) {
  std::string line;
  return std::getline(from, line) ? std::optional(line) : std::nullopt;
}

}  // namespace

Result<std::unique_ptr<Transport>> UdpNetwork::open(const std::string& host, Family family) {
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  const std::string name = bracketed ? host.substr(1, host.size() - 2) : host;
  if (auto numeric = look_up(name, family, AI_NUMERICHOST)) return connect_to(host, **numeric);
  auto found = look_up(name, family, 0);
  if (found) return connect_to(host, **found);
  const int failure = found.error();
  const std::string reason = ::gai_strerror(failure);
  std::string text = "ntpq: standard-mode lookup of " + name + " failed, " + reason + "\n";
  // NTPsec: it asks again if there is no such name, and says so again.
  if (failure == EAI_NONAME) text += "ntpq: ndp lookup failed, " + reason + "\n";
  return fail(Error{text});
}

std::optional<std::string> UdpNetwork::name_of(const Address& address) {
  socklen_t length = 0;
  const sockaddr_storage storage = to_socket_address(address, length);
  std::array<char, NI_MAXHOST> name{};
  if (::getnameinfo(reinterpret_cast<const sockaddr*>(&storage), length, name.data(), name.size(),
                    nullptr, 0, NI_NAMEREQD) != 0) {
    return std::nullopt;
  }
  return std::string(name.data());
}

std::optional<std::string> UdpNetwork::read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  constexpr std::size_t kLargest = 1U << 24;
  std::string text(kLargest, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (file.bad()) return std::nullopt;
  text.resize(static_cast<std::size_t>(file.gcount()));
  return text;
}

std::optional<std::string> UdpNetwork::ask(const std::string& prompt, bool hidden) {
  if (::isatty(STDIN_FILENO) != 0) {
    std::cout << prompt << std::flush;
    const Silence silence(STDIN_FILENO, std::cout, hidden);
    return next_line(std::cin);
  }
  // NTPsec: only passwords are asked for elsewhere.
  if (!hidden) return std::nullopt;
  const FileDescriptor terminal(::open(kTerminal, O_RDWR | O_CLOEXEC | O_NOCTTY));
  if (terminal.get() < 0) {
    std::cerr << prompt << std::flush;
    return next_line(std::cin);
  }
  std::ofstream out(kTerminal);
  std::ifstream in(kTerminal);
  out << prompt << std::flush;
  const Silence silence(terminal.get(), out, hidden);
  return next_line(in);
}

std::vector<Address> UdpNetwork::addresses_of(const std::string& name) {
  const auto found = look_up(name, Family::Any, 0);
  std::vector<Address> addresses;
  if (!found) return addresses;
  for (const addrinfo* each = found->get(); each != nullptr; each = each->ai_next) {
    if (each->ai_family == AF_INET) {
      const auto& v4 = reinterpret_cast<const sockaddr_in&>(*each->ai_addr);
      addresses.push_back(Address::v4(ntohl(v4.sin_addr.s_addr)));
    } else if (each->ai_family == AF_INET6) {
      const auto& v6 = reinterpret_cast<const sockaddr_in6&>(*each->ai_addr);
      addresses.push_back(
          Address::from_bytes(ByteView(v6.sin6_addr.s6_addr, 16), v6.sin6_scope_id));
    }
  }
  return addresses;
}

bool UdpNetwork::interrupted() const { return interrupt::pending(); }
void UdpNetwork::forget_interrupt() { interrupt::forget(); }
void UdpNetwork::begin_command() { interrupt::set_busy(true); }
void UdpNetwork::end_command() { interrupt::set_busy(false); }

std::uint64_t UdpNetwork::memory_used() const {
  rusage usage{};
  if (::getrusage(RUSAGE_SELF, &usage) != 0) return 0;
  constexpr std::uint64_t kKibibyte = 1024;
  return static_cast<std::uint64_t>(usage.ru_maxrss) * kKibibyte;
}

MonoTime UdpNetwork::mono() const { return monotonic_now(); }

WallTime UdpNetwork::wall() const {
  return WallTime(
      std::chrono::duration_cast<Duration>(std::chrono::system_clock::now().time_since_epoch()));
}

}  // namespace ntp::ntpq
