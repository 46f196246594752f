// SPDX-License-Identifier: BSD-2-Clause
// A stranger's request to the mode 6 responder: whatever it holds, the answer is silence or a few
// well-formed frames that belong to it.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "libntp/wire/control.h"
#include "ntpd/control/lists.h"
#include "ntpd/control/responder.h"
#include "tests/support/fakes.h"
#include "tests/unit/ntpd/control/fake_model.h"

namespace {

using ntp::ByteView;

void require(bool condition) {
  if (!condition) std::abort();
}

ntp::control::FakeModel make_model() {
  ntp::control::FakeModel model;
  for (std::uint16_t id = 1; id <= 120; ++id) model.add_peer(id);
  ntp::control::PeerView& clock = model.peers[2];
  clock.refclock = true;
  clock.host_name = "SHM(0)";
  model.clocks[2].name = "SHM";
  model.system_view.peer = 1;
  model.counters = {{"ss_received", 1}, {"mru_depth", 2}};
  model.quantities = {{"koffset", 0.5}};
  for (std::uint32_t i = 0; i < 1000; ++i) {
    ntp::control::ClientView client;
    client.remote = {ntp::Address::v4(0x0a000000 + i), 123};
    client.last = ntp::WallTime(std::chrono::seconds(i + 1));
    client.count = i;
    model.clients.push_back(client);
  }
  model.user = {{"note=hello world", true}, {"x=" + std::string(1000, 'y'), false}};
  return model;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static ntp::control::FakeModel model = make_model();
  static ntp::test::CountingRandom random;
  static ntp::control::Responder responder(model, random, {"m", "s", "r", "v"});
  const ByteView request(data, size);
  const auto answer = responder.respond(request, ntp::control::some_caller());
  std::size_t offset = 0;
  for (const auto& datagram : answer) {
    require(datagram.size() % 4 == 0);
    require(datagram.size() <= ntp::wire::kControlHeaderSize + ntp::wire::kControlDataLimit);
    const auto frame = ntp::wire::decode_control(datagram);
    require(frame.has_value());
    require(frame->header.response && frame->header.more == (&datagram != &answer.back()));
    require(frame->header.offset == offset);
    require(datagram[2] == data[2] && datagram[3] == data[3]);
    offset += frame->data.size();
  }
  // A stranger can't guess a nonce, but who has one may ask for anything.
  const auto query = ntp::control::ClientQuery::parse(ntp::as_text(request));
  if (query && query->has_valid_limits()) {
    ntp::control::TextWriter text;
    const auto prior = ntp::control::find_prior(model, *query);
    ntp::control::write_clients(model, *query, prior, "n", {}, random, text);
    require(text.frames({}).size() <= std::max<std::size_t>(query->frames, 128));
    ntp::control::write_named_clients(model, *query, "n", {}, random, text);
  }
  return 0;
}
