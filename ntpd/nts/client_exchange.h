// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <string>
#include <vector>

#include "libntp/nts/key_establishment.h"
#include "ntpd/io/descriptor.h"
#include "ntpd/io/event_loop.h"
#include "ntpd/nts/trust.h"

namespace ntp::ke {

/// One key establishment: the host's addresses in turn, one non-blocking TLS connection at a time.
/// Each has an equal share of the time that is left, so that a silent one leaves some to the
/// others. Lives as long as a handler waits for it. (Not for the headers of others: Asio.)
class ClientExchange : public std::enable_shared_from_this<ClientExchange> {
 public:
  ClientExchange(io::EventLoop& loop, Log& log, Trust& trust, nts::KeRequest request,
                 nts::KeyEstablishment::Callback callback);

  void begin(Resolver& resolver, Duration deadline);
  /// Ends at once, for this reason, without asking anybody.
  void refuse(std::string reason);
  /// No callback comes from now on.
  void cancel();

 private:
  using Clock = std::chrono::steady_clock;
  enum class Step : std::uint8_t { LookingUp, Connecting, Handshake, Sending, Reading, Ended };

  void take_addresses(Result<std::vector<Address>> addresses);
  void limit(Clock::time_point when);
  void expire();
  void try_next();
  Result<void> connect(const Address& address);
  void wait(bool to_write);
  void advance();
  /// Each does what can be done now; false where it has to wait, or this address has failed.
  bool finish_connect();
  bool shake_hands();
  bool send_request();
  bool read_reply();
  /// What a TLS call that did not succeed says: to wait, or that all is over.
  bool wait_or_fail(int outcome, const std::string& doing);

  Result<TlsSession> make_session(int descriptor);
  Result<void> check_peer();
  Result<void> check_certificate();
  void fail_address(const std::string& reason);
  void succeed();
  void end(Result<nts::KeResult> result);
  /// A line for the log, if all ends well; else for those who look for the cause.
  void tell(std::string line) { story_.push_back("NTSc: " + std::move(line)); }
  void tell_story(LogLevel level);

  io::EventLoop& loop_;
  Log& log_;
  Trust& trust_;
  nts::KeRequest request_;
  nts::KeyEstablishment::Callback callback_;
  nts::KeClient protocol_;
  Step step_ = Step::LookingUp;
  Clock::time_point started_;
  Clock::time_point deadline_;
  boost::asio::steady_timer timer_;
  io::Descriptor socket_;
  TlsSession session_;
  std::vector<Address> addresses_;
  std::size_t next_ = 0;
  Address address_;
  std::string last_failure_;
  std::size_t sent_ = 0;
  std::size_t received_ = 0;
  std::vector<std::string> story_;
};

}  // namespace ntp::ke
