// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/association/nts_establisher.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace ntp::association {
namespace {

constexpr std::uint32_t kBroadcast = 0xffffffff;
// Waits are up to this much longer at random, so that clients do not march in step.
constexpr double kJitter = 0.25;

bool is_own(const Address& address, const Context& context) {
  return address.is_loopback() || (context.is_own != nullptr && (*context.is_own)(address));
}

double wait_after(int attempts) {
  // Beyond this exponent it is the longest one anyhow.
  const int exponent = std::clamp(attempts - 1, 0, 30);
  return std::min(NtsEstablisher::kFirstWait * std::pow(NtsEstablisher::kGrowth, exponent),
                  NtsEstablisher::kLongestWait);
}

/// What the line asks for, if OpenSSL on this host has it.
crypto::AeadId offer_of(const config::SourceSettings& source, Actions& actions) {
  const crypto::AeadTraits* wanted = crypto::find_aead(source.nts_aead);
  if (wanted == nullptr) return crypto::AeadId::AesSivCmac256;
  const auto made = crypto::Aead::make(wanted->id);
  if (made) return wanted->id;
  actions.push_back(Note{LogLevel::Notice, "NTSc: " + source.host + ": " + made.error().message +
                                               "; asking for AES_SIV_CMAC_256"});
  return crypto::AeadId::AesSivCmac256;
}

}  // namespace

bool NtsEstablisher::running(MonoTime now) const {
  return stage_ != Stage::Idle && now - started_ < kGuard;
}

void NtsEstablisher::start(const config::SourceSettings& source, const Endpoint& current,
                           const Context& context, Actions& actions) {
  if (running(context.mono) || context.mono < next_try_) return;
  stage_ = Stage::Exchanging;
  started_ = context.mono;
  ++attempts_;
  in_use_already_ = false;
  host_ = source.host;
  family_ = source.family;
  current_ = current;

  nts::KeRequest request;
  request.host = source.host;
  request.port = source.nts_port;
  request.family = source.family;
  request.offer = {doubtful_ ? crypto::AeadId::AesSivCmac256 : offer_of(source, actions)};
  request.accept_any_certificate = source.nts_no_validation;
  request.authorities = source.nts_ca;
  request.rank = [in_use = in_use_, current](const Address& address) {
    if (address == current.address) return 0;
    return in_use({address, kNtpPort}) ? 2 : 1;
  };
  actions.push_back(Establish{std::move(request)});
}

/// Also after a success: keys that bring no genuine reply are no better than none.
void NtsEstablisher::back_off(const Context& context) {
  stage_ = Stage::Idle;
  next_try_ =
      context.mono + from_seconds(wait_after(attempts_) * (1 + kJitter * context.random.uniform()));
}

std::optional<NtsGrant> NtsEstablisher::established(const Result<nts::KeResult>& result,
                                                    const Context& context, Actions& actions) {
  if (stage_ != Stage::Exchanging) return std::nullopt;
  if (!result) {
    fail(result.error().message, context, actions);
    return std::nullopt;
  }
  result_ = *result;
  const std::string& server = result_.agreement.server;
  if (server.empty()) return choose({result_.address}, context, actions);
  if (const auto literal = parse_address(server)) return choose({*literal}, context, actions);
  stage_ = Stage::LookingUp;
  actions.push_back(Resolve{server, family_});
  return std::nullopt;
}

std::optional<NtsGrant> NtsEstablisher::resolved(const Result<std::vector<Address>>& addresses,
                                                 const Context& context, Actions& actions) {
  if (stage_ != Stage::LookingUp) return std::nullopt;
  if (!addresses) {
    fail("server " + result_.agreement.server + ": " + addresses.error().message, context, actions);
    return std::nullopt;
  }
  return choose(*addresses, context, actions);
}

/// A server for key establishment may lead anywhere, but neither to addresses that are nobody's nor
/// to services of this host that only it can reach.
bool NtsEstablisher::acceptable(const Address& address, const Context& context) const {
  if (address.is_multicast() || address.is_wildcard()) return false;
  if (address.is_v4() && address.v4_value() == kBroadcast) return false;
  if (family_ != Family::Any && address.family() != family_) return false;
  return !is_own(address, context) || is_own(result_.address, context);
}

std::optional<NtsGrant> NtsEstablisher::choose(const std::vector<Address>& addresses,
                                               const Context& context, Actions& actions) {
  const nts::KeAgreement& agreement = result_.agreement;
  std::optional<Address> chosen;
  bool usable = false;
  for (const Address& address : addresses) {
    if (!agreement.server.empty() && !acceptable(address, context)) continue;
    usable = true;
    const Endpoint endpoint{address, agreement.port};
    if (endpoint == current_) {
      chosen = address;
      break;
    }
    if (!chosen && !in_use_(endpoint)) chosen = address;
  }
  if (!chosen) {
    in_use_already_ = usable;
    fail(usable ? "All addresses in use."
                : "server " + agreement.server + ": no address that can be used",
         context, actions);
    return std::nullopt;
  }
  if (!agreement.server.empty()) {
    actions.push_back(Note{LogLevel::Info,
                           "NTSc: Using server " + agreement.server + "=>" + chosen->to_string()});
  }
  if (agreement.port != kNtpPort) {
    actions.push_back(Note{LogLevel::Info, "NTSc: Using port " + std::to_string(agreement.port)});
  }
  doubtful_ = agreement.aead == crypto::AeadId::Aes128GcmSiv && !agreement.compliant_gcm_siv;
  back_off(context);
  told_.clear();
  if (context.nts != nullptr) ++context.nts->ke_good;
  NtsGrant grant{{*chosen, agreement.port}, std::move(result_)};
  result_ = {};
  return grant;
}

void NtsEstablisher::fail(const std::string& reason, const Context& context, Actions& actions) {
  back_off(context);
  result_ = {};
  if (context.nts != nullptr) ++context.nts->ke_bad;
  const bool news = reason != told_;
  told_ = reason;
  std::array<char, 48> next{};
  std::snprintf(next.data(), next.size(), "; next try in %.0f s",
                std::max(0.0, to_seconds(next_try_ - context.mono)));
  actions.push_back(Note{news ? LogLevel::Warning : LogLevel::Debug,
                         "NTSc: NTS-KE req to " + host_ + " failed: " + reason + next.data()});
}

}  // namespace ntp::association
