// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/nts/client.h"

#include "libntp/crypto/aead.h"
#include "ntpd/nts/client_exchange.h"

namespace ntp::ke {
namespace {

/// Gives the exchange up when it goes.
class Handle final : public nts::KeExchange {
 public:
  explicit Handle(std::shared_ptr<ClientExchange> exchange) : exchange_(std::move(exchange)) {}
  ~Handle() override { exchange_->cancel(); }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;

 private:
  std::shared_ptr<ClientExchange> exchange_;
};

}  // namespace

Client::Client(io::EventLoop& loop, Resolver& resolver, Log& log,
               const config::NtsSettings& settings, Duration deadline)
    : loop_(loop), resolver_(resolver), log_(log), trust_(settings, log), deadline_(deadline) {}

std::unique_ptr<nts::KeExchange> Client::start(nts::KeRequest request, Callback callback) {
  auto exchange = std::make_shared<ClientExchange>(loop_, log_, trust_, std::move(request),
                                                   std::move(callback));
  if (!known_) known_ = crypto::known_answer_test();
  if (*known_) {
    exchange->begin(resolver_, deadline_);
  } else {
    exchange->refuse("NTS can't be used: " + known_->error().message);
  }
  return std::make_unique<Handle>(std::move(exchange));
}

}  // namespace ntp::ke
