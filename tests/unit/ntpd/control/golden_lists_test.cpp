// SPDX-License-Identifier: BSD-2-Clause
// The captured requests for nonces, lists and configuration: each gets the same kind of answer, and
// lists have the same items, whose order is random.
#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "captures.h"
#include "keys.h"
#include "learn.h"
#include "ntpd/control/lists.h"
#include "ntpd/control/responder.h"
#include "tests/support/fakes.h"

namespace ntp::control {
namespace {

using Items = std::map<std::string, std::string>;

/// Titles of requests that are answered in another way than NTPsec's, and why.
const std::map<std::string, std::string> kExceptions = {
    {"ORDLIST ifstats, MAC on an 8 octet boundary", "we look for MACs at both boundaries"},
    {"ORDLIST, empty data, MAC on an 8 octet boundary", "we look for MACs at both boundaries"},
    {"READ_MRU, right address, stale last",
     "NTPsec goes on from an entry that has moved, and its client misses what lies between"},
};

/// Without the items of random name, and without what depends on the moment.
Items items_of(const std::vector<Bytes>& replies) {
  Items items;
  for (const Item& item : split_items(text_of(replies))) {
    const std::size_t dot = item.name.find('.');
    const bool noise = dot == 3 && item.name.find_first_not_of("0123456789", 4) == item.name.npos;
    if (!noise && item.name != "nonce" && item.name != "now") items[item.name] = item.value;
  }
  return items;
}

std::string kind_of(const std::vector<Bytes>& replies) {
  if (replies.empty()) return "silence";
  const wire::ControlHeader header = header_of(replies.front());
  return header.error ? "error " + std::to_string(header.status >> 8) : "data";
}

class ListReplay {
 public:
  ListReplay() { give_golden_keys(keys_); }

  void play(const Exchange& exchange) {
    SCOPED_TRACE(exchange.title);
    model_ = {};
    learn(exchange);
    Caller caller = some_caller();
    if (exchange.title.ends_with("(restrict 127.0.0.1 nomodify nomrulist)")) {
      caller.may_list_clients = caller.may_modify = false;
    }
    caller.received = NtpTimestamp(0xeeae'260b'0000'0000U).to_wall(caller.received);
    const Bytes request = with_fresh_nonce(exchange, caller);
    const auto answer = responder_.respond(request, caller);
    ++compared_;
    if (kExceptions.contains(exchange.title)) {
      EXPECT_NE(kind_of(answer), kind_of(exchange.replies));
      ++excepted_;
      return;
    }
    ASSERT_EQ(kind_of(answer), kind_of(exchange.replies));
    if (kind_of(answer) != "data") return;
    EXPECT_EQ(header_of(answer.front()).status, header_of(exchange.replies.front()).status);
    EXPECT_EQ(items_of(answer), items_of(exchange.replies));
    const auto has_end = [](const std::vector<Bytes>& replies) {
      return text_of(replies).find("now=0x") != std::string::npos;
    };
    EXPECT_EQ(has_end(answer), has_end(exchange.replies));
  }

  [[nodiscard]] int compared() const { return compared_; }
  [[nodiscard]] std::size_t excepted() const { return excepted_; }

 private:
  /// The request with a nonce of ours in place of the captured one, unless that was to be wrong.
  Bytes with_fresh_nonce(const Exchange& exchange, Caller& caller) {
    Bytes request = exchange.request;
    const std::string text(as_text(request));
    const std::size_t at = text.find("nonce=");
    if (at == std::string::npos || exchange.title.find("wrong nonce") != std::string::npos) {
      return request;
    }
    wire::ControlHeader ask;
    ask.opcode = static_cast<std::uint8_t>(ControlOpcode::RequestNonce);
    const std::string nonce = text_of(responder_.respond(wire::encode_control(ask, {}), caller));
    constexpr std::size_t kDigits = 24;
    const std::size_t name = std::string("nonce=").size();
    std::copy_n(nonce.begin() + static_cast<std::ptrdiff_t>(name), kDigits,
                request.begin() + static_cast<std::ptrdiff_t>(at + name));
    if (exchange.title.find("another source port") != std::string::npos) ++caller.remote.port;
    if (exchange.title.find("17 s old") != std::string::npos) {
      caller.received += std::chrono::seconds(17);
    }
    return request;
  }

  void learn(const Exchange& exchange) {
    const Items items = items_of(exchange.replies);
    if (exchange.replies.empty()) return;
    if (items.contains("mask.0")) return learn_restrictions(items);
    if (items.contains("en.0")) return learn_interfaces(items);
    if (text_of(exchange.replies).starts_with("column"))
      model_.rejections = {"column 0 syntax error"};
    learn_clients(items);
    // Where the reply does not end the list there are more clients.
    if (text_of(exchange.replies).find("now=0x") == std::string::npos) {
      ClientView more;
      more.remote = {Address::v4(0x0a4d0063), 123};
      for (int i = 0; i < 2; ++i) model_.clients.push_back(more);
    }
  }

  static WallTime time_of(const std::string& stamp) {
    const std::uint64_t seconds = std::stoull(stamp.substr(0, 10), nullptr, 16);
    const std::uint64_t fraction = std::stoull(stamp.substr(11), nullptr, 16);
    return NtpTimestamp(seconds << 32 | fraction).to_wall(some_caller().received);
  }

  static Endpoint endpoint_of(const std::string& text) {
    const std::size_t colon = text.rfind(':');
    const auto address = parse_address(text.substr(0, colon));
    EXPECT_TRUE(address) << text;
    return {address.value_or(Address()),
            static_cast<std::uint16_t>(std::stoi(text.substr(colon + 1)))};
  }

  void learn_clients(const Items& items) {
    if (items.contains("addr.older")) {
      ClientView prior;
      prior.remote = endpoint_of(items.at("addr.older"));
      prior.last = time_of(items.at("last.older"));
      model_.clients.push_back(prior);
    }
    for (int i = 0; items.contains("ct." + std::to_string(i)); ++i) {
      const auto value = [&](const std::string& stem) {
        return items.at(stem + '.' + std::to_string(i));
      };
      ClientView client;
      client.remote = endpoint_of(value("addr"));
      client.first = time_of(value("first"));
      client.last = time_of(value("last"));
      client.count = std::stoull(value("ct"));
      client.dropped = std::stoull(value("dr"));
      client.score = std::stod(value("sc"));
      client.flags = static_cast<std::uint32_t>(std::stoul(value("rs"), nullptr, 16));
      client.mode = std::stoi(value("mv")) & 7;
      client.version = std::stoi(value("mv")) >> 3;
      model_.clients.push_back(client);
    }
  }

  void learn_interfaces(const Items& items) {
    for (int i = 0; items.contains("addr." + std::to_string(i)); ++i) {
      const auto value = [&](const std::string& stem) {
        return items.at(stem + '.' + std::to_string(i));
      };
      InterfaceView local;
      local.local = endpoint_of(value("addr"));
      local.name = value("name").substr(1, value("name").size() - 2);
      local.enabled = value("en") == "1";
      local.flags = static_cast<unsigned>(std::stoul(value("flags"), nullptr, 16));
      local.received = std::stoull(value("rx"));
      local.sent = std::stoull(value("tx"));
      local.failed = std::stoull(value("txerr"));
      local.peers = std::stoull(value("pc"));
      local.uptime = std::stod(value("up"));
      model_.local.push_back(local);
    }
  }

  void learn_restrictions(const Items& items) {
    for (int i = 0; items.contains("addr." + std::to_string(i)); ++i) {
      const auto value = [&](const std::string& stem) {
        return items.at(stem + '.' + std::to_string(i));
      };
      model_.entries.push_back({*parse_address(value("addr")), *parse_address(value("mask")),
                                std::stoull(value("hits")), value("flags")});
    }
  }

  FakeModel model_;
  test::CountingRandom random_;
  crypto::KeyRing keys_;
  Responder responder_{model_, random_, {}, {&keys_, 1}};
  int compared_ = 0;
  std::size_t excepted_ = 0;
};

bool is_list_request(const Exchange& exchange) {
  if (exchange.request.size() < wire::kControlHeaderSize) return false;
  const auto opcode = opcode_of(exchange.request);
  return opcode == ControlOpcode::Configure || opcode == ControlOpcode::ReadOrderedList ||
         opcode == ControlOpcode::RequestNonce || opcode == ControlOpcode::ReadMru;
}

TEST(GoldenLists, HandmadeRequestsGetTheSameKindOfAnswer) {
  ListReplay replay;
  for (const Exchange& exchange : load("handmade")) {
    if (is_list_request(exchange)) replay.play(exchange);
  }
  EXPECT_GE(replay.compared(), 45);
  EXPECT_EQ(replay.excepted(), kExceptions.size());
}

class GoldenListCapture : public testing::TestWithParam<const char*> {};

TEST_P(GoldenListCapture, HasTheItemsOfNtpsecs) {
  ListReplay replay;
  for (const Exchange& exchange : load(GetParam())) {
    if (is_list_request(exchange)) replay.play(exchange);
  }
  EXPECT_GT(replay.compared(), 0);
}

INSTANTIATE_TEST_SUITE_P(Captures, GoldenListCapture,
                         testing::Values("reslist", "ifstats", "config", "mrulist", "mrulist-n",
                                         "restrict"));

TEST(GoldenLists, TheRestrictListRefusesAsNtpsecDoes) {
  FakeModel model;
  test::CountingRandom random;
  crypto::KeyRing keys;
  give_golden_keys(keys);
  Responder responder(model, random, {}, {&keys, 1});
  Caller caller = some_caller();
  caller.may_list_clients = caller.may_modify = false;
  for (const Exchange& exchange : load("handmade")) {
    if (exchange.title == "CONFIGURE, control key, good") {
      EXPECT_EQ(text_of(responder.respond(exchange.request, caller)),
                "runtime configuration prohibited by restrict ... nomodify\r\n");
    }
    if (exchange.title == "READ_MRU, frags=4") {
      EXPECT_EQ(kind_of(responder.respond(exchange.request, caller)), "error 1");
    }
  }
  EXPECT_TRUE(model.configured.empty());
  EXPECT_EQ(model.refusals.size(), 2U);
}

TEST(RecentClients, ALongListIsLookedThroughInBoundedSteps) {
  FakeModel model;
  test::CountingRandom random;
  Responder responder(model, random, {});
  for (std::uint32_t i = 0; i < 3 * kMostClientsSeen; ++i) {
    ClientView client;
    client.remote = {Address::v4(0x0a000000 + i), 123};
    client.count = 1;
    model.clients.push_back(client);
  }
  const Caller caller = some_caller();
  ClientQuery query;
  query.frames = 4;
  query.min_count = 2;
  TextWriter text;
  write_clients(model, query, std::nullopt, "n", caller.received, random, text);
  const auto frames = text.frames({});
  const Items items = items_of(frames);
  // None is wanted, but the one to go on from is there, and the list is not at its end.
  EXPECT_TRUE(items.contains("addr.0"));
  EXPECT_FALSE(items.contains("addr.1"));
  EXPECT_EQ(text_of(frames).find("now="), std::string::npos);
}

}  // namespace
}  // namespace ntp::control
