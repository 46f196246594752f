// SPDX-License-Identifier: BSD-2-Clause
// Exchanges captured from NTPsec 1.2.5, played again: the values of each captured reply go into the
// model, and the responder has to write the same octets. Exceptions, each where it is made:
//   - padding is zeros, and an error has offset 0, where NTPsec leaves what was there (tidy)
//   - 127.0.0.2 is answered, where NTPsec has no socket (play)
//   - `srcadr` is there as 0.0.0.0, where NTPsec leaves out an address it does not know yet
//     (compare_but_address)
//   - the last digits of `clock`, which is kept in nanoseconds (with_clock)
// Lists are in golden_lists_test.cpp, which has exceptions of its own.
#include <string>

#include <gtest/gtest.h>

#include "captures.h"
#include "keys.h"
#include "learn.h"
#include "libntp/wire/control.h"
#include "ntpd/control/responder.h"
#include "tests/support/fakes.h"
#include "tests/support/hex.h"

namespace ntp::control {
namespace {

/// Without what NTPsec leaves behind by mistake, and without a MAC: zeros in the padding, and no
/// offset in an error.
Bytes tidy(const Bytes& reply) {
  const auto frame = wire::decode_control(reply);
  if (!frame) return {};
  wire::ControlHeader header = frame->header;
  if (header.error) header.offset = 0;
  return wire::encode_control(header, frame->data);
}

std::string hex_of(const std::vector<Bytes>& datagrams) {
  std::string text;
  for (const Bytes& datagram : datagrams) text += test::to_hex(datagram) + '\n';
  return text;
}

class Replay {
 public:
  Replay() { give_golden_keys(keys_); }

  void run(const std::string& name) {
    for (const Exchange& exchange : load(name)) {
      SCOPED_TRACE(name + ": " + exchange.title + ": " + test::to_hex(exchange.request));
      play(exchange);
    }
  }

  [[nodiscard]] int compared() const { return compared_; }
  [[nodiscard]] int with_mac() const { return with_mac_; }

 private:
  void play(const Exchange& exchange) {
    if (exchange.request.size() >= wire::kControlHeaderSize && is_list(exchange)) return;
    // There NTPsec has no socket; ours answers on every address of the host.
    if (exchange.title.ends_with("127.0.0.2")) return;
    if (exchange.replies.empty()) {
      EXPECT_TRUE(respond(exchange).empty());
      ++compared_;
    } else {
      learn(exchange);
      const std::vector<Bytes> answer = respond(exchange);
      compare_macs(exchange, answer);
      if (lacks_address(exchange)) {
        compare_but_address(exchange, answer);
      } else {
        std::vector<Bytes> expected;
        std::vector<Bytes> bare;
        for (const Bytes& reply : exchange.replies) expected.push_back(tidy(reply));
        for (const Bytes& datagram : answer) bare.push_back(tidy(datagram));
        EXPECT_EQ(hex_of(bare), with_clock(hex_of(expected)));
      }
      ++compared_;
    }
  }

  std::vector<Bytes> respond(const Exchange& exchange) {
    return Responder(model_, random_, identity_, {&keys_, 1})
        .respond(exchange.request, some_caller());
  }

  /// A MAC is there where the captured reply has one, at the same place, and it is good; of the
  /// captured one, too.
  void compare_macs(const Exchange& exchange, const std::vector<Bytes>& answer) {
    if (answer.size() != exchange.replies.size()) return;
    for (std::size_t i = 0; i < answer.size(); ++i) {
      const auto expected = mac_of(exchange.replies[i]);
      EXPECT_EQ(mac_of(answer[i]), expected);
      with_mac_ += expected.first != 0;
    }
  }

  /// The key of a reply's good MAC and its distance from the padded data; zeros without.
  std::pair<std::uint32_t, std::size_t> mac_of(const Bytes& reply) {
    const auto frame = wire::decode_control(reply);
    for (const std::size_t gap : {0U, 4U}) {
      if (!frame || frame->rest.size() < gap + 4) continue;
      const std::size_t begin = reply.size() - frame->rest.size() + gap;
      ByteReader in(ByteView(reply).subspan(begin));
      const std::uint32_t key = in.u32();
      if (keys_.verify(key, ByteView(reply).first(begin), in.take(in.remaining()))) {
        return {key, gap};
      }
    }
    return {0, 0};
  }

  /// What is compared by items, since these come in any order: golden_lists_test.cpp does.
  static bool is_list(const Exchange& exchange) {
    const auto opcode = opcode_of(exchange.request);
    return opcode == ControlOpcode::Configure || opcode == ControlOpcode::ReadOrderedList ||
           opcode == ControlOpcode::RequestNonce || opcode == ControlOpcode::ReadMru;
  }

  void learn(const Exchange& exchange) {
    const wire::ControlHeader header = header_of(exchange.replies.back());
    model_.system_view.leap = header.leap;
    if (header.error) return;
    const bool defaults = header_of(exchange.request).count == 0;
    const std::vector<Item> items = split_items(text_of(exchange.replies));
    const auto opcode = static_cast<ControlOpcode>(header.opcode);
    if (opcode == ControlOpcode::ReadClock) {
      const std::uint16_t id =
          header.association != 0 ? header.association : model_.system_view.peer;
      learn_clock(model_, id, header.status, items);
    } else if (header.association != 0) {
      learn_peer(model_, header.association, items);
      learn_peer_status(model_, header.association, header.status);
    } else {
      learn_system_status(model_, header.status);
      if (opcode == ControlOpcode::ReadStatus) {
        learn_list(text_of(exchange.replies));
      } else {
        learn_system(model_, items, defaults);
        learn_identity(identity_, items);
      }
    }
  }

  void learn_list(const std::string& records) {
    model_.order.clear();
    ByteReader in(as_bytes(records));
    while (in.remaining() >= 4) {
      const std::uint16_t id = in.u16();
      model_.order.push_back(id);
      learn_peer_status(model_, id, in.u16());
    }
  }

  /// The model's clock is in nanoseconds, so the last digits of `clock` don't survive.
  std::string with_clock(std::string expected) const {
    const std::string tag = test::to_hex(Bytes{'c', 'l', 'o', 'c', 'k', '=', '0', 'x'});
    const std::size_t found = expected.find(tag);
    if (found == std::string::npos) return expected;
    const std::uint64_t stamp = NtpTimestamp::from_wall(model_.system_view.clock).raw();
    std::string text;
    for (int shift = 60; shift >= 0; shift -= 4) {
      text += "0123456789abcdef"[stamp >> shift & 0xf];
      if (shift == 32) text += '.';
    }
    const std::string octets = test::to_hex(as_bytes(text));
    // The low octet of the fraction is what rounding may change.
    EXPECT_EQ(expected.substr(found + tag.size(), octets.size() - 4),
              octets.substr(0, octets.size() - 4));
    return expected.replace(found + tag.size(), octets.size(), octets);
  }

  /// NTPsec 1.2.5 leaves `srcadr` out where it is not known.
  static bool lacks_address(const Exchange& exchange) {
    return text_of(exchange.replies).starts_with("srcport=0, dstadr=0.0.0.0");
  }

  void compare_but_address(const Exchange& exchange, const std::vector<Bytes>& answer) {
    const std::vector<Item> expected = split_items(text_of(exchange.replies));
    const std::vector<Item> items = split_items(text_of(answer));
    ASSERT_EQ(items.size(), expected.size() + 1);
    EXPECT_EQ(items[0].name + '=' + items[0].value, "srcadr=0.0.0.0");
    for (std::size_t i = 0; i < expected.size(); ++i) {
      EXPECT_EQ(items[i + 1].name, expected[i].name);
      EXPECT_EQ(items[i + 1].value, expected[i].value);
    }
    ++compared_;
  }

  FakeModel model_;
  test::CountingRandom random_;
  Identity identity_;
  crypto::KeyRing keys_;
  int compared_ = 0;
  int with_mac_ = 0;
};

class Golden : public testing::TestWithParam<const char*> {};

TEST_P(Golden, RepliesAreThoseOfNtpsec) {
  Replay replay;
  replay.run(GetParam());
  EXPECT_GT(replay.compared(), 0);
}

TEST(GoldenMacs, AreMadeWhereNtpsecMakesThem) {
  Replay replay;
  replay.run("authenticated-read");
  EXPECT_GE(replay.with_mac(), 10);
}

INSTANTIATE_TEST_SUITE_P(Captures, Golden,
                         testing::Values("handmade", "rv-system", "rv-system-vars", "rv-system-raw",
                                         "rv-peers", "rv-peers-vars", "associations", "peers",
                                         "apeers", "no-peers", "synced-to-ntp", "clockvar",
                                         "sysinfo", "kerninfo", "iostats", "sysstats", "monstats",
                                         "authinfo", "timerstats", "pstats", "ntsinfo", "mrv",
                                         "uservars", "authenticated-read", "nts-server", "debug",
                                         "errors", "lopeers", "lpeers", "mssntpinfo", "multi",
                                         "opeers", "peers-backup", "peers-n", "peers-nw", "peers-u",
                                         "peers-w", "peers-width", "rpeers", "rv-peers-raw",
                                         "rv-peers-u", "rv-system-u", "build-options", "restrict"),
                         [](const auto& capture) {
                           std::string name = capture.param;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

}  // namespace
}  // namespace ntp::control
