// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <list>
#include <thread>
#include <vector>

#include "ntpd/os/unique_fd.h"

namespace ntp::ke {

/// Stands between a client and a server on 127.0.0.1, and lets only so much pass one way; the other
/// way is free. It has a thread of its own.
class Relay {
 public:
  enum class Way : std::uint8_t { ToClient, ToServer };
  enum class Then : std::uint8_t { Stall, Close };
  struct Options {
    Way limited = Way::ToClient;
    Then then = Then::Stall;
    /// One octet at a time, with a pause.
    bool crawl = false;
    /// Octets that may pass on the next connection.
    std::function<std::size_t()> limit = [] { return SIZE_MAX; };
  };

  Relay(std::uint16_t server, Options options)
      : options_(std::move(options)),
        server_(server),
        listener_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in where = loopback(0);
    socklen_t size = sizeof where;
    EXPECT_EQ(::bind(listener_.get(), reinterpret_cast<const sockaddr*>(&where), size), 0);
    EXPECT_EQ(::listen(listener_.get(), 1024), 0);
    getsockname(listener_.get(), reinterpret_cast<sockaddr*>(&where), &size);
    port_ = ntohs(where.sin_port);
    thread_ = std::thread([this] { run(); });
  }
  ~Relay() {
    ending_ = true;
    thread_.join();
  }
  Relay(const Relay&) = delete;
  Relay& operator=(const Relay&) = delete;

  [[nodiscard]] std::uint16_t port() const { return port_; }
  /// Octets that have passed the limited way, of all connections.
  [[nodiscard]] std::size_t passed() const { return passed_; }

 private:
  static constexpr int kPause = 10;  // ms
  struct Connection {
    os::UniqueFd client;
    os::UniqueFd server;
    std::size_t left = 0;
    std::vector<std::uint8_t> waiting;  // while it crawls
    bool ended = false;
  };

  static sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in where{};
    where.sin_family = AF_INET;
    where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    where.sin_port = htons(port);
    return where;
  }

  void run() {
    while (!ending_) {
      std::vector<pollfd> waits{{listener_.get(), POLLIN, 0}};
      for (const Connection& each : connections_) {
        waits.push_back({each.client.get(), POLLIN, 0});
        waits.push_back({each.server.get(), POLLIN, 0});
      }
      ::poll(waits.data(), waits.size(), kPause);
      std::size_t place = 1;
      for (Connection& each : connections_) {
        const bool from_client = waits[place++].revents != 0;
        const bool from_server = waits[place++].revents != 0;
        if (from_client) pass(each, Way::ToServer);
        if (from_server && !each.ended) pass(each, Way::ToClient);
        if (!each.waiting.empty() && !each.ended) creep(each);
      }
      connections_.remove_if([](const Connection& each) { return each.ended; });
      if (waits[0].revents != 0) accept();
    }
  }
  void accept() {
    Connection fresh;
    fresh.client = os::UniqueFd(::accept(listener_.get(), nullptr, nullptr));
    fresh.server = os::UniqueFd(::socket(AF_INET, SOCK_STREAM, 0));
    const sockaddr_in where = loopback(server_);
    if (::connect(fresh.server.get(), reinterpret_cast<const sockaddr*>(&where), sizeof where) !=
        0) {
      return;
    }
    fresh.left = options_.limit();
    if (fresh.left == 0 && options_.then == Then::Close) return;
    connections_.push_back(std::move(fresh));
  }
  void pass(Connection& on, Way way) {
    const int from = way == Way::ToClient ? on.server.get() : on.client.get();
    const int to = way == Way::ToClient ? on.client.get() : on.server.get();
    std::array<std::uint8_t, 4096> buffer;
    const ssize_t got = ::recv(from, buffer.data(), buffer.size(), 0);
    if (got <= 0) {
      // Who stalls does not tell that there is nothing more to come.
      const bool silent = way == options_.limited && options_.then == Then::Stall;
      if (silent) {
        (way == Way::ToClient ? on.server : on.client) = os::UniqueFd();
      } else {
        on.ended = true;
      }
      return;
    }
    const auto size = static_cast<std::size_t>(got);
    if (way != options_.limited) {
      send(to, buffer.data(), size);
    } else if (options_.crawl) {
      on.waiting.insert(on.waiting.end(), buffer.begin(), buffer.begin() + got);
    } else {
      const std::size_t some = std::min(size, on.left);
      passed_ += some;
      send(to, buffer.data(), some);
      on.left -= some;
      if (on.left == 0 && options_.then == Then::Close) on.ended = true;
    }
  }
  void creep(Connection& on) {
    send(options_.limited == Way::ToClient ? on.client.get() : on.server.get(), on.waiting.data(),
         1);
    on.waiting.erase(on.waiting.begin());
  }
  static void send(int to, const std::uint8_t* data, std::size_t size) {
    if (size != 0) (void)::send(to, data, size, MSG_NOSIGNAL);
  }

  const Options options_;
  const std::uint16_t server_;
  os::UniqueFd listener_;
  std::uint16_t port_ = 0;
  std::atomic<bool> ending_{false};
  std::atomic<std::size_t> passed_{0};
  std::list<Connection> connections_;
  std::thread thread_;
};

}  // namespace ntp::ke
