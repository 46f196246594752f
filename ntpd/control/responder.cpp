// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/control/responder.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "libntp/wire/control.h"
#include "ntpd/control/query.h"

namespace ntp::control {
namespace {

using wire::ControlError;

/// Of a frame whose data can't be read: everything but the count.
std::optional<wire::ControlHeader> header_alone(ByteView request) {
  if (request.size() < wire::kControlHeaderSize) return std::nullopt;
  std::array<std::uint8_t, wire::kControlHeaderSize> octets{};
  constexpr std::size_t kCountOffset = 10;
  std::copy_n(request.begin(), kCountOffset, octets.begin());
  const auto frame = wire::decode_control(octets);
  if (!frame) return std::nullopt;
  return frame->header;
}

}  // namespace

Responder::Responder(Model& model, Random& random, Identity identity, Authority authority)
    : model_(model),
      random_(random),
      identity_(std::move(identity)),
      authority_(authority),
      nonces_(random) {}

std::vector<std::vector<std::uint8_t>> Responder::respond(ByteView request, const Caller& caller) {
  const auto frame = wire::decode_control_request(request);
  if (!frame) {
    const std::optional<ControlError> code = frame.error().answer;
    std::optional<wire::ControlHeader> header = code ? header_alone(request) : std::nullopt;
    if (!header) return {};
    header->leap = model_.system().leap;
    return {wire::error_reply(*header, *code)};
  }
  const std::uint32_t key = authenticate(request, *frame, authority_.keys);
  const auto right = key == 0                        ? Query::Right::None
                     : key == authority_.control_key ? Query::Right::Control
                                                     : Query::Right::Known;
  const SystemView system = model_.system();
  // A new configuration may take the key away; the answer is still signed where it can be.
  crypto::KeyRing* const keys = authority_.keys;
  Reply answer = Query({model_, random_, nonces_, identity_, system, caller}, frame->header,
                       as_text(frame->data), right)
                     .answer();
  if (key != 0) sign(answer, key, *keys);
  return answer;
}

}  // namespace ntp::control
