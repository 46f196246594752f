// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/nts/client_exchange.h"

#include <netinet/tcp.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <cerrno>
#include <cstdio>

#include "ntpd/io/socket_options.h"

namespace ntp::ke {
namespace {

std::string seconds_since(std::chrono::steady_clock::time_point start) {
  std::array<char, 32> text{};
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  std::snprintf(text.data(), text.size(), "%.3f", took.count());
  return text.data();
}

std::string_view name_of_step(int step) {
  constexpr std::array<std::string_view, 5> kNames = {
      "DNS lookup", "connecting", "TLS handshake", "sending the request", "waiting for the reply"};
  return kNames.at(static_cast<std::size_t>(step));
}

}  // namespace

ClientExchange::ClientExchange(io::EventLoop& loop, Log& log, Trust& trust, nts::KeRequest request,
                               nts::KeyEstablishment::Callback callback)
    : loop_(loop),
      log_(log),
      trust_(trust),
      request_(std::move(request)),
      callback_(std::move(callback)),
      protocol_(request_.offer),
      timer_(loop.context()),
      socket_(loop.context()) {}

void ClientExchange::begin(Resolver& resolver, Duration deadline) {
  started_ = Clock::now();
  deadline_ = started_ + std::chrono::duration_cast<Clock::duration>(deadline);
  limit(deadline_);
  resolver.resolve(request_.host, request_.family,
                   [weak = weak_from_this()](Result<std::vector<Address>> addresses) {
                     const auto self = weak.lock();
                     if (self) self->take_addresses(std::move(addresses));
                   });
}

void ClientExchange::refuse(std::string reason) {
  boost::asio::post(timer_.get_executor(), [self = shared_from_this(), why = std::move(reason)] {
    if (self->step_ != Step::Ended) self->end(fail(why));
  });
}

void ClientExchange::cancel() {
  callback_ = nullptr;
  step_ = Step::Ended;
  timer_.cancel();
  session_.reset();
  boost::system::error_code ignored;
  socket_.close(ignored);
}

void ClientExchange::limit(Clock::time_point when) {
  timer_.expires_at(when);
  timer_.async_wait([self = shared_from_this()](const boost::system::error_code& error) {
    // One that was set anew while this handler was already under way has more time.
    if (!error && self->step_ != Step::Ended && self->timer_.expiry() <= Clock::now()) {
      self->expire();
    }
  });
}

void ClientExchange::expire() {
  const std::string reason = "timeout: " + std::string(name_of_step(static_cast<int>(step_)));
  step_ == Step::LookingUp ? end(fail(reason)) : fail_address(reason);
}

void ClientExchange::take_addresses(Result<std::vector<Address>> addresses) {
  if (step_ != Step::LookingUp) return;
  if (!addresses) return end(fail("DNS lookup: " + addresses.error().message));
  tell("DNS lookup of " + request_.host + " took " + seconds_since(started_) + " sec");
  addresses_ = std::move(*addresses);
  if (request_.rank) {
    std::stable_sort(
        addresses_.begin(), addresses_.end(),
        [this](const Address& a, const Address& b) { return request_.rank(a) < request_.rank(b); });
  }
  try_next();
}

void ClientExchange::try_next() {
  while (next_ < addresses_.size() && Clock::now() < deadline_) {
    const auto left = static_cast<int>(addresses_.size() - next_);
    address_ = addresses_[next_++];
    tell("connecting to " + request_.host + "+" + std::to_string(request_.port) + " => " +
         Endpoint{address_, request_.port}.to_string());
    protocol_ = nts::KeClient(request_.offer);
    sent_ = received_ = 0;
    const auto connecting = connect(address_);
    if (connecting) {
      const auto now = Clock::now();
      limit(now + (deadline_ - now) / left);
      step_ = Step::Connecting;
      return wait(true);
    }
    last_failure_ = connecting.error().message;
    tell(last_failure_);
  }
  end(fail(last_failure_.empty() ? "no address" : last_failure_));
}

Result<void> ClientExchange::connect(const Address& address) {
  const auto target = io::to_socket_address({address, request_.port});
  os::UniqueFd fd(socket(target.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd) return fail("no socket: " + os::error_text(errno));
  io::set_option(fd.get(), IPPROTO_TCP, TCP_NODELAY, 1);
  if (::connect(fd.get(), target.data(), target.length) != 0 && errno != EINPROGRESS) {
    return fail("connect failed: " + os::error_text(errno));
  }
  auto session = make_session(fd.get());
  if (!session) return Failure<Error>{session.error()};
  session_ = std::move(*session);
  socket_.assign(fd.release());
  return {};
}

void ClientExchange::wait(bool to_write) {
  using io::Descriptor;
  socket_.async_wait(to_write ? Descriptor::wait_write : Descriptor::wait_read,
                     [self = shared_from_this()](const boost::system::error_code& error) {
                       if (!error && self->step_ != Step::Ended) self->advance();
                     });
}

void ClientExchange::advance() {
  bool on = true;
  while (on) {
    switch (step_) {
      case Step::Connecting:
        on = finish_connect();
        break;
      case Step::Handshake:
        on = shake_hands();
        break;
      case Step::Sending:
        on = send_request();
        break;
      case Step::Reading:
        on = read_reply();
        break;
      case Step::LookingUp:
      case Step::Ended:
        return;
    }
  }
}

bool ClientExchange::finish_connect() {
  int error = 0;
  socklen_t size = sizeof error;
  if (getsockopt(socket_.native_handle(), SOL_SOCKET, SO_ERROR, &error, &size) != 0) error = errno;
  if (error != 0) {
    fail_address("connect failed: " + os::error_text(error));
    return false;
  }
  step_ = Step::Handshake;
  return true;
}

bool ClientExchange::shake_hands() {
  const int outcome = SSL_do_handshake(session_.get());
  if (outcome != 1) return wait_or_fail(outcome, "TLS handshake");
  tell("Using " + describe_cipher(session_.get()));
  if (const auto checked = check_peer(); !checked) {
    fail_address(checked.error().message);
    return false;
  }
  step_ = Step::Sending;
  return true;
}

bool ClientExchange::send_request() {
  const ByteView rest = protocol_.request().subspan(sent_);
  const int outcome = SSL_write(session_.get(), rest.data(), static_cast<int>(rest.size()));
  if (outcome <= 0) return wait_or_fail(outcome, "sending the request");
  sent_ += static_cast<std::size_t>(outcome);
  if (sent_ == protocol_.request().size()) step_ = Step::Reading;
  return true;
}

bool ClientExchange::read_reply() {
  std::array<std::uint8_t, 4096> buffer;
  const int outcome = SSL_read(session_.get(), buffer.data(), static_cast<int>(buffer.size()));
  if (outcome <= 0) {
    const int error = SSL_get_error(session_.get(), outcome);
    const bool waits = error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE;
    if (waits || (error == SSL_ERROR_SSL && received_ == 0)) {
      return wait_or_fail(outcome, "reading the reply");
    }
    tls_error();
    protocol_.end();
  } else {
    received_ += static_cast<std::size_t>(outcome);
    protocol_.feed(ByteView(buffer).first(static_cast<std::size_t>(outcome)));
  }
  switch (protocol_.state()) {
    case nts::KeClient::State::Reading:
      return true;
    case nts::KeClient::State::Failed:
      fail_address(protocol_.error());
      return false;
    case nts::KeClient::State::Done:
      succeed();
      return false;
  }
  return false;
}

bool ClientExchange::wait_or_fail(int outcome, const std::string& doing) {
  const int number = errno;
  switch (SSL_get_error(session_.get(), outcome)) {
    case SSL_ERROR_WANT_READ:
      wait(false);
      return false;
    case SSL_ERROR_WANT_WRITE:
      wait(true);
      return false;
    case SSL_ERROR_SYSCALL:
      tls_error();
      fail_address(doing + ": " +
                   (number == 0 ? "the server closed the connection" : os::error_text(number)));
      return false;
    case SSL_ERROR_ZERO_RETURN:
      fail_address(doing + ": the server closed the connection");
      return false;
    default:
      fail_address(doing + ": " + tls_error());
      return false;
  }
}

void ClientExchange::fail_address(const std::string& reason) {
  tell(reason);
  last_failure_ = reason;
  session_.reset();
  boost::system::error_code ignored;
  socket_.close(ignored);
  try_next();
}

void ClientExchange::succeed() {
  const nts::KeAgreement& agreement = protocol_.agreement();
  // RFC 8915 has the server take the number of the AEAD that was agreed on, whatever old servers
  // do.
  auto keys = export_keys(session_.get(), agreement.aead, true);
  if (!keys) return fail_address("exporting keys: " + tls_error());
  SSL_shutdown(session_.get());
  tell("read " + std::to_string(received_) + " bytes");
  tell("Got " + std::to_string(agreement.cookies.size()) + " cookies, length " +
       std::to_string(agreement.cookies[0].size()) +
       ", aead=" + std::to_string(static_cast<int>(agreement.aead)) + ".");
  end(nts::KeResult{agreement, std::move(*keys), address_});
}

void ClientExchange::end(Result<nts::KeResult> result) {
  tell("NTS-KE req to " + request_.host + " took " + seconds_since(started_) + " sec, " +
       (result ? "OK" : "fail"));
  tell_story(result ? LogLevel::Info : LogLevel::Debug);
  const auto callback = std::move(callback_);
  cancel();
  if (callback) callback(std::move(result));
}

void ClientExchange::tell_story(LogLevel level) {
  for (const std::string& line : story_) log_.write(level, line);
  story_.clear();
}

}  // namespace ntp::ke
