// SPDX-License-Identifier: BSD-2-Clause
#include <algorithm>
#include <cstdlib>
#include <string>

#include "libntp/wire/control.h"

namespace {

bool inside(std::string_view part, std::string_view whole) {
  return part.empty() ||
         (part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size());
}

void check_variables(std::string_view text) {
  ntp::wire::TextReply reply;
  for (const auto& variable : ntp::wire::parse_variables(text)) {
    if (!inside(variable.name, text)) std::abort();
    if (variable.value && !inside(*variable.value, text)) std::abort();
    reply.add(variable.name, variable.value.value_or(""));
  }
  std::size_t offset = 0;
  const auto datagrams = reply.frames({});
  for (const auto& datagram : datagrams) {
    const auto frame = ntp::wire::decode_control(datagram);
    if (!frame || frame->data.size() > ntp::wire::kControlDataLimit) std::abort();
    if (frame->header.offset != (offset & 0xffff)) std::abort();
    if (frame->header.more != (&datagram != &datagrams.back())) std::abort();
    offset += frame->data.size();
  }
}

}  // namespace

// Any octets as a frame, as a request and as a text: a frame comes back from its encoding, and
// every text is cut into frames that follow each other.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ntp::ByteView datagram(data, size);
  const auto frame = ntp::wire::decode_control(datagram);
  if (frame && frame->data.size() <= ntp::wire::kControlDataLimit) {
    const auto octets = ntp::wire::encode_control(frame->header, frame->data);
    const auto again = ntp::wire::decode_control(octets);
    if (!again || !(again->header == frame->header)) std::abort();
    if (!std::equal(again->data.begin(), again->data.end(), frame->data.begin(),
                    frame->data.end())) {
      std::abort();
    }
  }
  const auto request = ntp::wire::decode_control_request(datagram);
  if (request && !frame) std::abort();
  check_variables(frame ? ntp::as_text(frame->data) : ntp::as_text(datagram));
  return 0;
}
