// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/nts/server.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/resource.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <thread>

#include "ntpd/nts/server_core.h"
#include "ntpd/os/linux_clock.h"

namespace ntp::ke {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

/// Niceness of the thread: where there is one processor only, the time service comes first.
constexpr int kNiceness = 5;
constexpr Duration kRoomPause = std::chrono::milliseconds(20);
constexpr Duration kTroublePause = std::chrono::milliseconds(200);
/// Reports a second, and at once after a quiet time.
constexpr double kReportRate = 10;
constexpr double kReportBurst = 200;

Endpoint to_endpoint(const tcp::endpoint& from) {
  if (from.address().is_v4()) {
    return {Address::v4(from.address().to_v4().to_uint()), from.port()};
  }
  const auto v6 = from.address().to_v6();
  const auto octets = v6.to_bytes();
  return {Address::from_bytes(octets, static_cast<std::uint32_t>(v6.scope_id())), from.port()};
}

/// These say that the host does not have the family, not that somebody is in the way.
bool is_absent_family(const boost::system::error_code& error) {
  return error == asio::error::address_family_not_supported ||
         error == boost::system::errc::address_not_available ||
         error == boost::system::errc::protocol_not_supported ||
         error == boost::system::errc::invalid_argument;
}

boost::system::error_code listen_on(tcp::acceptor& acceptor, const tcp::endpoint& where) {
  boost::system::error_code error;
  acceptor.open(where.protocol(), error);
  if (error) return error;
  if (where.address().is_v6()) acceptor.set_option(asio::ip::v6_only(true), error);
  if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor.bind(where, error);
  if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
  return error;
}

asio::awaitable<void> pause(ServerCore& core, Duration span) {
  asio::steady_timer timer(core.io, span);
  boost::system::error_code ignored;
  co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
}

/// Comes back when there is room for one more session in all.
asio::awaitable<void> wait_for_room(ServerCore& core) {
  while (!core.stopping) {
    const auto room = core.table.room(os::mono_now());
    if (room.free) co_return;
    if (room.evict) {
      // Its end takes a turn or two of the loop, and no time.
      core.sessions.at(*room.evict)->give_way();
      co_await asio::post(core.io, asio::use_awaitable);
    } else {
      co_await pause(core, kRoomPause);
    }
  }
}

void refuse(ServerCore& core, const Endpoint& remote) {
  SessionReport report;
  report.remote = remote;
  report.tls = "too many sessions from this address";
  core.finish(std::move(report));
}

void admit(ServerCore& core, tcp::socket socket, const Endpoint& remote) {
  const auto room = core.table.room_for(remote.address, os::mono_now());
  if (!room.free && !room.evict) {
    refuse(core, remote);
    return;
  }
  if (room.evict) core.sessions.at(*room.evict)->give_way();
  boost::system::error_code error;
  socket.native_non_blocking(true, error);
  if (error) return;
  socket.set_option(tcp::no_delay(true), error);
  auto session = std::make_shared<Session>(core, std::move(socket), remote);
  // The coroutine keeps the session; one that runs out of memory ends alone.
  asio::co_spawn(
      core.io, [session]() { return session->run(); }, asio::detached);
}

asio::awaitable<void> accept_sessions(ServerCore& core, tcp::acceptor& acceptor) {
  while (!core.stopping) {
    co_await wait_for_room(core);
    tcp::socket socket(core.io);
    tcp::endpoint peer;
    boost::system::error_code error;
    co_await acceptor.async_accept(socket, peer, asio::redirect_error(asio::use_awaitable, error));
    if (core.stopping) co_return;
    if (!error) {
      admit(core, std::move(socket), to_endpoint(peer));
    } else if (error != asio::error::connection_aborted) {
      core.complain("can't accept: " + error.message());
      co_await pause(core, kTroublePause);
    }
  }
}

/// What the daemon's main thread has asked for is not for this one.
void settle_thread() {
  pthread_setname_np(pthread_self(), "ntske");
  const sched_param usual{};
  sched_setscheduler(0, SCHED_OTHER, &usual);
  setpriority(PRIO_PROCESS, 0, kNiceness);
}

}  // namespace

void ServerCore::finish(SessionReport session) {
  AtomicKind& kind = session.outcome == SessionOutcome::Good     ? good
                     : session.outcome == SessionOutcome::Failed ? failed
                                                                 : no_tls;
  ++kind.count;
  kind.wall += session.wall.count();
  kind.cpu += (session.user + session.system).count();
  if (!may_report()) {
    ++unreported_;
    return;
  }
  session.unreported = std::exchange(unreported_, 0);
  report(std::move(session));
}

void ServerCore::complain(std::string trouble) {
  if (!may_report()) return;
  SessionReport message;
  message.error = std::move(trouble);
  report(std::move(message));
}

bool ServerCore::may_report() {
  const MonoTime now = os::mono_now();
  budget_ = budget_at_ == MonoTime{}
                ? kReportBurst
                : std::min(kReportBurst, budget_ + kReportRate * to_seconds(now - budget_at_));
  budget_at_ = now;
  if (budget_ < 1) return false;
  budget_ -= 1;
  return true;
}

struct Server::Impl {
  explicit Impl(const SessionLimits& limits) : core(limits) {}

  void run() {
    settle_thread();
    for (auto& acceptor : acceptors) {
      asio::co_spawn(core.io, accept_sessions(core, acceptor), asio::detached);
    }
    core.io.run();
  }

  /// All that waits comes back with an error, so that the loop runs out of work.
  void stop() {
    core.stopping = true;
    boost::system::error_code ignored;
    for (auto& acceptor : acceptors) acceptor.close(ignored);
    for (const auto& [id, session] : core.sessions) session->close();
    guard.reset();
  }

  ServerCore core;
  std::vector<tcp::acceptor> acceptors;
  asio::executor_work_guard<asio::io_context::executor_type> guard{core.io.get_executor()};
  std::thread thread;
};

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Server::~Server() {
  if (!impl_->thread.joinable()) return;
  asio::post(impl_->core.io, [impl = impl_.get()] { impl->stop(); });
  impl_->thread.join();
}

Result<std::unique_ptr<Server>> Server::open(const ServerOptions& options, Log& log) {
  auto impl = std::make_unique<Impl>(options.limits);
  for (const auto& [wanted, protocol] :
       {std::pair(options.ipv6, tcp::v6()), std::pair(options.ipv4, tcp::v4())}) {
    if (!wanted) continue;
    tcp::acceptor acceptor(impl->core.io);
    const tcp::endpoint where(protocol, options.port);
    const auto error = listen_on(acceptor, where);
    if (!error) {
      log.info("NTSs: listening on " + to_endpoint(acceptor.local_endpoint()).to_string());
      impl->acceptors.push_back(std::move(acceptor));
    } else if (is_absent_family(error)) {
      log.info("NTSs: no listener: " + error.message());
    } else {
      return fail("can't listen on TCP port " + std::to_string(options.port) + ": " +
                  error.message());
    }
  }
  if (impl->acceptors.empty()) return fail("no network family to listen on");
  return std::unique_ptr<Server>(new Server(std::move(impl)));
}

Result<void> Server::start(SharedTlsContext context, const nts::CookieKeys& keys,
                           nts::KeServerOptions negotiation, Random& random, Report report) {
  auto cookies = nts::CookieBox::make(keys);
  if (!cookies) return fail(cookies.error().message);
  ServerCore& core = impl_->core;
  core.pool.emplace(random);
  core.cookies.emplace(std::move(*cookies));
  core.context = std::move(context);
  core.negotiation = std::make_shared<const nts::KeServerOptions>(std::move(negotiation));
  core.report = std::move(report);
  // Signals are the main thread's.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  impl_->thread = std::thread([impl = impl_.get()] { impl->run(); });
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return {};
}

void Server::set_context(SharedTlsContext context) {
  asio::post(impl_->core.io, [&core = impl_->core, context = std::move(context)]() mutable {
    core.context = std::move(context);
  });
}

void Server::set_keys(const nts::CookieKeys& keys) {
  asio::post(impl_->core.io, [&core = impl_->core, keys] {
    const auto taken = core.cookies->set_keys(keys);
    if (!taken) core.complain("new cookie keys: " + taken.error().message);
  });
}

void Server::set_negotiation(nts::KeServerOptions negotiation) {
  auto shared = std::make_shared<const nts::KeServerOptions>(std::move(negotiation));
  asio::post(impl_->core.io, [&core = impl_->core, shared = std::move(shared)]() mutable {
    core.negotiation = std::move(shared);
  });
}

nts::KeServerCounts Server::counts() const {
  const ServerCore& core = impl_->core;
  return {core.good.read(), core.failed.read(), core.no_tls.read(), core.cookies_made.load()};
}

std::vector<Endpoint> Server::endpoints() const {
  std::vector<Endpoint> result;
  for (const auto& acceptor : impl_->acceptors) {
    result.push_back(to_endpoint(acceptor.local_endpoint()));
  }
  return result;
}

}  // namespace ntp::ke
