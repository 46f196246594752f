// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <map>
#include <memory>
#include <optional>

#include "libntp/crypto/random_pool.h"
#include "libntp/nts/cookie_box.h"
#include "ntpd/nts/cpu_meter.h"
#include "ntpd/nts/server.h"

/// What the files of the server share; heavy, and for them alone.
namespace ntp::ke {

class Session;

/// Counts that one thread writes and others read.
struct AtomicKind {
  std::atomic<std::uint64_t> count{0};
  std::atomic<std::int64_t> wall{0};  // ns
  std::atomic<std::int64_t> cpu{0};   // ns

  [[nodiscard]] nts::KeServerCounts::Kind read() const {
    return {count.load(), to_seconds(Duration(wall.load())), to_seconds(Duration(cpu.load()))};
  }
};

/// All that belongs to the server's thread.
struct ServerCore {
  explicit ServerCore(const SessionLimits& of_sessions) : limits(of_sessions), table(of_sessions) {}

  boost::asio::io_context io{1};
  const SessionLimits limits;
  SessionTable table;
  std::map<SessionTable::Id, Session*> sessions;
  // From here on set before the thread starts.
  std::optional<crypto::RandomPool> pool;
  SharedTlsContext context;
  std::optional<nts::CookieBox> cookies;
  std::shared_ptr<const nts::KeServerOptions> negotiation;
  Server::Report report;
  bool stopping = false;

  AtomicKind good, failed, no_tls;
  std::atomic<std::uint64_t> cookies_made{0};

  /// Counts and reports.
  void finish(SessionReport session);
  /// Reports what is wrong with the listening itself.
  void complain(std::string trouble);

 private:
  [[nodiscard]] bool may_report();

  std::uint64_t unreported_ = 0;
  double budget_ = 0;
  MonoTime budget_at_{};
};

/// One client, from the first octet to the last.
class Session : public std::enable_shared_from_this<Session> {
 public:
  using Socket = boost::asio::ip::tcp::socket;

  Session(ServerCore& core, Socket socket, const Endpoint& remote);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  boost::asio::awaitable<void> run();
  /// Ends the session now, for others' sake.
  void give_way();
  /// Ends it because all ends.
  void close();

 private:
  enum class Direction { In, Out };

  boost::asio::awaitable<void> serve();
  boost::asio::awaitable<bool> establish_tls();
  boost::asio::awaitable<void> negotiate();
  /// Waits for the client to close. A connection that is closed while there is something to be read
  /// is reset, and what was sent last may be lost.
  boost::asio::awaitable<void> drain();
  /// False if time is up or the connection broken.
  boost::asio::awaitable<bool> wait(Direction direction);
  /// Reads what has come and gives it to TLS; waits if nothing has.
  boost::asio::awaitable<bool> fill();
  /// Sends what TLS wants to send. When time is up it takes what goes without waiting.
  boost::asio::awaitable<bool> flush();
  void grant(nts::KeServer& exchange);
  void arm_deadline();
  /// There is nothing more to be got from this session; the first reason counts.
  void give_up(std::string reason);
  /// Nor is there any waiting for its connection.
  void stop(std::string_view reason);
  [[nodiscard]] bool wants_more(int outcome) const;

  ServerCore& core_;
  Socket socket_;
  const Endpoint remote_;
  const SessionTable::Id id_;
  const MonoTime began_;
  std::shared_ptr<const nts::KeServerOptions> negotiation_;
  boost::asio::steady_timer deadline_;
  CpuMeter meter_;
  TlsSession tls_;
  SessionReport report_;
  std::string trouble_;  // why it failed, as far as the connection and TLS know
  std::size_t received_ = 0;
  bool stopped_ = false;
};

}  // namespace ntp::ke
