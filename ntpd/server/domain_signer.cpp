// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/server/domain_signer.h"

#include <algorithm>
#include <utility>

#include "libntp/wire/signing.h"

namespace ntp::server {

DomainSigner::DomainSigner(SigningSocket& socket, const Clock& clock, Trouble trouble)
    : socket_(socket),
      clock_(clock),
      trouble_(std::move(trouble)),
      self_(std::make_shared<DomainSigner*>(this)) {}

void DomainSigner::sign(const std::string& directory, ByteView key, ByteView reply, Send send) {
  ++counts_.requests;
  if (waiting_ >= kMostWaiting) {
    ++counts_.failed;
    trouble_("too many requests are waiting");
    return;
  }
  ++waiting_;
  ++number_;
  socket_.ask(directory + "/socket", wire::signing_request(number_, key, reply),
              [weak = std::weak_ptr(self_), number = number_, asked = clock_.mono(),
               send = std::move(send)](const auto& answer) {
                if (const auto self = weak.lock()) (*self)->take(answer, number, asked, send);
              });
}

void DomainSigner::take(const Result<std::vector<std::uint8_t>, SigningFailure>& answer,
                        std::uint32_t number, MonoTime asked, const Send& send) {
  --waiting_;
  if (!answer) {
    ++(answer.error().connected ? counts_.failed : counts_.unreachable);
    trouble_(answer.error().reason);
    return;
  }
  const auto reply = wire::signed_reply(*answer, number);
  Kind& kind = reply ? counts_.good : counts_.bad;
  const Duration took = clock_.mono() - asked;
  ++kind.count;
  kind.wall += took;
  kind.slowest = std::max(kind.slowest, took);
  if (reply) {
    send(*reply);
  } else {
    trouble_(reply.error().message);
  }
}

namespace {

constexpr std::string_view kPrefix = "mssntp_serves";

/// Takes prefix and `_r` off; false if it is none of these variables.
bool take_affixes(std::string_view& name, bool& period) {
  if (!name.starts_with(kPrefix)) return false;
  name.remove_prefix(kPrefix.size());
  period = name.ends_with("_r");
  if (period) name.remove_suffix(2);
  return true;
}

}  // namespace

std::optional<std::uint64_t> DomainSigner::counter(std::string_view name) const {
  bool period = false;
  if (!take_affixes(name, period)) return std::nullopt;
  const auto since = [period](std::uint64_t now, std::uint64_t before) {
    return now - (period ? before : 0);
  };
  if (name.empty()) return since(counts_.requests, before_.requests);
  if (name == "_no") return since(counts_.unreachable, before_.unreachable);
  if (name == "_err") return since(counts_.failed, before_.failed);
  if (name == "_good") return since(counts_.good.count, before_.good.count);
  if (name == "_bad") return since(counts_.bad.count, before_.bad.count);
  return std::nullopt;
}

std::optional<double> DomainSigner::quantity(std::string_view name) const {
  bool period = false;
  if (!take_affixes(name, period)) return std::nullopt;
  const auto of = [&](const Kind& now, const Kind& before,
                      std::string_view rest) -> std::optional<double> {
    if (rest == "_wall") return to_seconds(now.wall - (period ? before.wall : Duration{}));
    // The slowest before the period began tells nothing of what came since.
    if (rest == "_slowest") return to_seconds((period ? before : now).slowest);
    return std::nullopt;
  };
  if (name.starts_with("_good")) return of(counts_.good, before_.good, name.substr(5));
  if (name.starts_with("_bad")) return of(counts_.bad, before_.bad, name.substr(4));
  return std::nullopt;
}

}  // namespace ntp::server
