// SPDX-License-Identifier: BSD-2-Clause
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <array>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>

#include "ntpd/nts/server_core.h"
#include "ntpd/os/linux_clock.h"
#include "ntpd/os/unique_fd.h"

namespace ntp::ke {
namespace {

namespace asio = boost::asio;

constexpr std::string_view kTimeIsUp = "Timeout";
constexpr std::string_view kClosed = "closed by the client";
constexpr std::string_view kGaveWay = "gave way to others";
constexpr std::string_view kEnding = "the server ends";

/// Octets that a session may send: no handshake and no request comes near.
constexpr std::size_t kMostReceived = 65536;

/// As NTPsec tells it: `TLSv1.3:TLS_AES_256_GCM_SHA384(256)`.
std::string describe_tls(const SSL* session) {
  const SSL_CIPHER* cipher = SSL_get_current_cipher(session);
  return std::string(SSL_get_version(session)) + ':' + SSL_CIPHER_get_name(cipher) + '(' +
         std::to_string(SSL_CIPHER_get_bits(cipher, nullptr)) + ')';
}

bool has_protocol(const SSL* session) {
  const unsigned char* name = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(session, &name, &size);
  return size != 0;
}

TlsSession make_session(ssl_ctx_st* context) {
  TlsSession session(SSL_new(context));
  BIO* in = BIO_new(BIO_s_mem());
  BIO* out = BIO_new(BIO_s_mem());
  if (!session || in == nullptr || out == nullptr) {
    BIO_free(in);
    BIO_free(out);
    return nullptr;
  }
  SSL_set_bio(session.get(), in, out);
  return session;
}

}  // namespace

Session::Session(ServerCore& core, Socket socket, const Endpoint& remote)
    : core_(core),
      socket_(std::move(socket)),
      remote_(remote),
      id_(core.table.add(remote.address, os::mono_now())),
      began_(os::mono_now()),
      negotiation_(core.negotiation),
      deadline_(core.io) {
  core_.sessions.emplace(id_, this);
  report_.remote = remote;
}

Session::~Session() {
  core_.sessions.erase(id_);
  core_.table.remove(id_);
}

void Session::give_up(std::string reason) {
  if (trouble_.empty()) trouble_ = std::move(reason);
}

void Session::stop(std::string_view reason) {
  give_up(std::string(reason));
  stopped_ = true;
  boost::system::error_code ignored;
  socket_.cancel(ignored);
}

void Session::give_way() { stop(kGaveWay); }
void Session::close() { stop(kEnding); }

void Session::arm_deadline() {
  deadline_.expires_after(core_.limits.deadline);
  deadline_.async_wait([weak = weak_from_this()](const boost::system::error_code& error) {
    const auto self = weak.lock();
    if (!error && self) self->stop(kTimeIsUp);
  });
}

asio::awaitable<void> Session::run() {
  const auto self = shared_from_this();
  arm_deadline();
  meter_.resume();
  co_await serve();
  meter_.pause();
  report_.wall = os::mono_now() - began_;
  report_.user = meter_.user();
  report_.system = meter_.system();
  core_.finish(std::move(report_));
  tls_.reset();
  co_await drain();
  deadline_.cancel();
}

asio::awaitable<void> Session::serve() {
  const bool established = co_await establish_tls();
  if (established) {
    report_.outcome = SessionOutcome::Failed;
    report_.tls = describe_tls(tls_.get());
    if (has_protocol(tls_.get())) {
      co_await negotiate();
    } else {
      report_.error = "the client offers no ALPN";
    }
    ERR_clear_error();
    SSL_shutdown(tls_.get());
  } else {
    report_.tls = trouble_;
  }
  // In one piece: the reply and the end of TLS; or the alert that says why there is no TLS.
  if (tls_) co_await flush();
}

asio::awaitable<bool> Session::establish_tls() {
  // Until something comes a connection costs little.
  if (!co_await wait(Direction::In)) co_return false;
  tls_ = make_session(core_.context.get());
  if (!tls_) {
    stop("no memory for TLS");
    co_return false;
  }
  for (;;) {
    if (!co_await fill()) co_return false;
    ERR_clear_error();
    const int outcome = SSL_accept(tls_.get());
    if (outcome == 1) co_return true;
    if (!wants_more(outcome)) {
      give_up(tls_error());
      co_return false;
    }
    if (!co_await flush()) co_return false;
  }
}

asio::awaitable<void> Session::negotiate() {
  nts::KeServer exchange(*negotiation_);
  std::array<std::uint8_t, 1024> buffer{};
  while (exchange.state() == nts::KeServer::State::Reading) {
    ERR_clear_error();
    const int got = SSL_read(tls_.get(), buffer.data(), static_cast<int>(buffer.size()));
    if (got > 0) {
      exchange.feed(ByteView(buffer).first(static_cast<std::size_t>(got)));
      continue;
    }
    const bool more = wants_more(got);
    if (!more) give_up(tls_error());
    if (!more || !co_await fill()) exchange.expire();
  }
  if (exchange.state() == nts::KeServer::State::Agreed) grant(exchange);
  if (exchange.outcome() == nts::KeServer::Outcome::Granted) {
    report_.outcome = SessionOutcome::Good;
  } else {
    report_.error = exchange.reason() + (trouble_.empty() ? "" : " (" + trouble_ + ')');
  }
  const ByteView reply = exchange.reply();
  ERR_clear_error();
  SSL_write(tls_.get(), reply.data(), static_cast<int>(reply.size()));
}

void Session::grant(nts::KeServer& exchange) {
  const auto keys = export_keys(tls_.get(), exchange.aead(), true);
  if (!keys) {
    exchange.refuse("the keys can't be exported: " + tls_error());
    return;
  }
  exchange.grant(*keys, *core_.cookies, *core_.pool);
  core_.cookies_made.store(core_.cookies->counters().made);
}

bool Session::wants_more(int outcome) const {
  return SSL_get_error(tls_.get(), outcome) == SSL_ERROR_WANT_READ;
}

asio::awaitable<void> Session::drain() {
  boost::system::error_code ignored;
  socket_.shutdown(Socket::shutdown_send, ignored);
  std::array<std::uint8_t, 512> buffer{};
  while (received_ < kMostReceived) {
    const ssize_t got = ::recv(socket_.native_handle(), buffer.data(), buffer.size(), 0);
    if (got > 0) {
      received_ += static_cast<std::size_t>(got);
      continue;
    }
    if (got == 0 || (errno != EAGAIN && errno != EINTR)) co_return;
    if (!co_await wait(Direction::In)) co_return;
  }
}

asio::awaitable<bool> Session::wait(Direction direction) {
  if (stopped_) co_return false;
  meter_.pause();
  boost::system::error_code error;
  co_await socket_.async_wait(direction == Direction::In ? Socket::wait_read : Socket::wait_write,
                              asio::redirect_error(asio::use_awaitable, error));
  meter_.resume();
  if (error) stop(error.message());
  co_return !stopped_;
}

asio::awaitable<bool> Session::fill() {
  std::array<std::uint8_t, 4096> buffer;
  while (received_ < kMostReceived) {
    const ssize_t got = ::recv(socket_.native_handle(), buffer.data(), buffer.size(), 0);
    if (got > 0) {
      received_ += static_cast<std::size_t>(got);
      BIO_write(SSL_get_rbio(tls_.get()), buffer.data(), static_cast<int>(got));
      co_return true;
    }
    if (got == 0) {
      stop(kClosed);
      co_return false;
    }
    if (errno != EAGAIN && errno != EINTR) {
      stop(os::error_text(errno));
      co_return false;
    }
    if (!co_await wait(Direction::In)) co_return false;
  }
  give_up("more than " + std::to_string(kMostReceived) + " octets");
  co_return false;
}

asio::awaitable<bool> Session::flush() {
  BIO* out = SSL_get_wbio(tls_.get());
  char* data = nullptr;
  const long size = BIO_get_mem_data(out, &data);
  ByteView rest(reinterpret_cast<const std::uint8_t*>(data), static_cast<std::size_t>(size));
  while (!rest.empty()) {
    const ssize_t sent = ::send(socket_.native_handle(), rest.data(), rest.size(), MSG_NOSIGNAL);
    if (sent >= 0) {
      rest = rest.subspan(static_cast<std::size_t>(sent));
    } else if (errno == EAGAIN) {
      if (!co_await wait(Direction::Out)) co_return false;
    } else if (errno != EINTR) {
      stop(os::error_text(errno));
      co_return false;
    }
  }
  BIO_reset(out);
  co_return true;
}

}  // namespace ntp::ke
