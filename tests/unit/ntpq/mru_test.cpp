// SPDX-License-Identifier: BSD-2-Clause
#include "ntpq/mru.h"

#include <gtest/gtest.h>

#include "tests/unit/ntpq/answering_network.h"

namespace ntp::ntpq {
namespace {

std::string entry(int row, const std::string& address, const std::string& second, int count = 1) {
  const std::string number = std::to_string(row);
  return "addr." + number + "=" + address + ", last." + number + "=0x" + second +
         ".00000000, first." + number + "=0x00000001.00000000, ct." + number + "=" +
         std::to_string(count) + ", mv." + number + "=36, rs." + number + "=0x0, sc." + number +
         "=0.050, dr." + number + "=0";
}

TEST(MruParameters, AreSentAsNtpsecSendsThem) {
  const auto sent = [](std::string_view typed) {
    const auto parameters = MruParameters::parse(typed);
    EXPECT_TRUE(parameters) << typed;
    return parameters ? parameters->first + "|" + parameters->every : "";
  };
  EXPECT_EQ(sent(""), "|");
  EXPECT_EQ(sent("mincount=0x10 laddr=10.0.0.1"),
            ", mincount=16, laddr=10.0.0.1|, mincount=16, laddr=10.0.0.1");
  EXPECT_EQ(sent("recent=3"), ", recent=3, |, ");
  EXPECT_EQ(sent("kod limited"), ", resany=0x420|, resany=0x420");
  EXPECT_EQ(sent("resall=128 frags=7 sort=count"), ", resall=0x80|, resall=0x80");
  EXPECT_EQ(MruParameters::parse("frags=7")->fragments, 7);
  EXPECT_EQ(MruParameters::parse("addr.16=1").error().message, "***Unknown parameter 'addr.16'\n");
  for (const char* bad : {"mincount=x", "mincount=", "mincount"}) {
    EXPECT_EQ(MruParameters::parse(bad).error().message,
              "***Parameter 'mincount' needs a number\n");
  }
  for (const char* bad : {"laddr=zork", "laddr", "addr.3=zork:123"}) {
    const std::string name = std::string(bad).substr(0, std::string(bad).find('='));
    EXPECT_EQ(MruParameters::parse(bad).error().message,
              "***Parameter '" + name + "' needs an address\n");
  }
  for (const char* good : {"laddr=::1", "laddr=[::1]:123", "laddr=10.0.0.1:7", "addr.0=[::1]:1"}) {
    EXPECT_TRUE(MruParameters::parse(good)) << good;
  }
  EXPECT_EQ(MruParameters::parse("last.1=7").error().message,
            "***Parameter 'last.1' needs a timestamp\n");
  EXPECT_TRUE(MruParameters::parse("last.1=0xe0000000.80000000"));
  EXPECT_EQ(MruParameters::parse("sort=x").error().message, "***Sort order x is not implemented\n");
}

TEST(MruList, KeepsEachClientOnceAsLastSeen) {
  MruList list;
  list.add(entry(0, "10.0.0.1:123", "00000010") + ", " + entry(1, "10.0.0.2:123", "00000011") +
           ", nonce=abc");
  list.add(entry(0, "10.0.0.1:123", "00000012") + ", now=0x00000020.00000000");
  EXPECT_EQ(list.received(), 3U);
  EXPECT_EQ(list.nonce(), "abc");
  EXPECT_TRUE(list.end());
  const auto table = list.sorted("");
  ASSERT_EQ(table.size(), 2U);
  EXPECT_EQ(table[0].last_text, "0x00000012.00000000");
  EXPECT_EQ(table[1].address, "10.0.0.2:123");
}

TEST(MruList, SortsBothWays) {
  MruList list;
  list.add(entry(0, "[::1]:123", "00000010", 5) + ", " + entry(1, "10.0.0.9:123", "00000011", 7) +
           ", " + entry(2, "10.0.0.10:123", "00000012", 6));
  const auto order = [&](std::string_view by) {
    std::string text;
    for (const MruEntry& each : list.sorted(by)) text += std::to_string(each.count);
    return text;
  };
  EXPECT_EQ(order("count"), "567");
  EXPECT_EQ(order("-count"), "765");
  EXPECT_EQ(order("addr"), "765");
  EXPECT_EQ(order("-addr"), "567");
  EXPECT_EQ(order("-lstint"), "576");
  EXPECT_EQ(order(""), "675");
}

TEST(MruList, OffersItsNewestEntriesAsFarAsTheyFit) {
  MruList list;
  for (int i = 0; i < 20; ++i) list.add(entry(0, "10.0.0." + std::to_string(i) + ":1", "00000010"));
  const std::string offered = list.newest(100);
  EXPECT_EQ(offered,
            ", addr.0=10.0.0.19:1, last.0=0x00000010.00000000"
            ", addr.1=10.0.0.18:1, last.1=0x00000010.00000000");
  list.drop_newest(100);
  EXPECT_TRUE(list.newest(60).starts_with(", addr.0=10.0.0.17:1"));
  EXPECT_EQ(list.newest(0), "");
}

TEST(MruList, LeavesOutDamagedEntries) {
  MruList list;
  EXPECT_TRUE(list.add("addr.0=10.0.0.1:123, ct.0=1, last.-1=0x1.0, addr.x=1, .0=, rs.=").empty());
  EXPECT_TRUE(list.add("addr.0=10.0.0.1:123, last.0=yesterday").empty());
}

/// What a server with these clients says, some at a time.
AnsweringNetwork::Answer server_of(std::size_t clients, std::size_t at_once) {
  return [=, given = std::size_t{0}](const wire::ControlHeader& request, std::string_view) mutable {
    if (request.opcode == static_cast<std::uint8_t>(wire::ControlOpcode::RequestNonce)) {
      return whole_reply(request, "nonce=0123456789abcdef01234567\r\n");
    }
    std::string text = "nonce=0123456789abcdef01234567";
    for (std::size_t i = 0; i < at_once && given < clients; ++i, ++given) {
      text += ", " + entry(static_cast<int>(i),
                           "10.0." + std::to_string(given / 250) + "." +
                               std::to_string(given % 250) + ":123",
                           "00000010");
    }
    if (given == clients) text += ", now=0x00000020.00000000";
    return whole_reply(request, text + "\r\n");
  };
}

TEST(Mrulist, AsksInGrowingWindows) {
  AnsweringNetwork network(server_of(10, 4));
  const auto texts = run_with(network, {"-n", "-c", "mrulist frags=30"});
  EXPECT_NE(texts.out.find("# Collected 10 slots in 0.000 seconds\n"), std::string::npos);
  EXPECT_EQ(texts.err, "");
  ASSERT_EQ(network.requests.size(), 4U);
  EXPECT_EQ(network.requests[1], "nonce=0123456789abcdef01234567, frags=30");
  EXPECT_TRUE(network.requests[2].starts_with("nonce=0123456789abcdef01234567, frags=31, addr.0="));
  EXPECT_TRUE(network.requests[3].starts_with("nonce=0123456789abcdef01234567, frags=32, addr.0="));
  EXPECT_LE(network.requests[3].size(), wire::kControlDataLimit);
}

TEST(Mrulist, ShowsWhatCameBeforeAnInterrupt) {
  AnsweringNetwork network(server_of(10, 4));
  network.interrupt_at = 3;
  const auto texts = run_with(network, {}, "mrulist\nhost\n");
  EXPECT_NE(texts.out.find("mrulist retrieval interrupted by operator.\n"
                           "Displaying partial client list.\n"),
            std::string::npos);
  EXPECT_NE(texts.out.find("# Collected 4 slots"), std::string::npos);
  EXPECT_NE(texts.out.find("current host is localhost"), std::string::npos);
}

TEST(Mrulist, GoesBackWhereTheServerHasMovedOn) {
  std::size_t asked = 0;
  AnsweringNetwork network([&](const wire::ControlHeader& request, std::string_view data) {
    if (request.opcode == static_cast<std::uint8_t>(wire::ControlOpcode::RequestNonce)) {
      return whole_reply(request, "nonce=0\r\n");
    }
    if (++asked == 2) return refuse(request, wire::ControlError::UnknownVariable);
    if (asked == 1) return whole_reply(request, entry(0, "10.0.0.1:1", "00000010"));
    EXPECT_EQ(data.find("addr.0"), std::string::npos);
    return whole_reply(request, entry(0, "10.0.0.1:1", "00000011") + ", now=0x00000020.0");
  });
  const auto texts = run_with(network, {"-n", "-c", "mrulist"});
  EXPECT_EQ(texts.err, "");
  EXPECT_NE(texts.out.find("     15      0    0 . 4 4      1    0.050      0     1 10.0.0.1\n"),
            std::string::npos)
      << texts.out;
}

TEST(Mrulist, GivesUpOnAServerThatNeverEnds) {
  for (const std::string reply : {"nonce=0", "", "last.newest=0x1.0, garbage"}) {
    AnsweringNetwork network([&](const wire::ControlHeader& request, std::string_view) {
      const bool nonce =
          request.opcode == static_cast<std::uint8_t>(wire::ControlOpcode::RequestNonce);
      return whole_reply(request, nonce ? "nonce=0" : reply);
    });
    const auto texts = run_with(network, {"-c", "mrulist"});
    EXPECT_EQ(texts.err, "***No response, probably high-traffic server with low MRU limit\n");
    EXPECT_LT(network.requests.size(), 30U);
  }
}

TEST(Mrulist, EndsAListThatGoesOnForEver) {
  std::uint32_t given = 0;
  AnsweringNetwork network([&](const wire::ControlHeader& request, std::string_view) {
    std::string text = "nonce=0";
    if (request.opcode == static_cast<std::uint8_t>(wire::ControlOpcode::RequestNonce)) {
      return whole_reply(request, text);
    }
    for (int i = 0; i < 300; ++i, ++given) {
      const std::string row = std::to_string(i);
      text += ", addr." + row + "=" + Address::v4(given).to_string() + ":1, last." + row + "=0x1.0";
    }
    return whole_reply(request, text);
  });
  std::ostringstream out;
  std::ostringstream err;
  Shell shell(*parse_options(std::vector<std::string>{"-n"}), network, {out, err, err});
  EXPECT_GT(shell.most_clients, 1'000'000U);
  shell.most_clients = 10'000;
  ASSERT_TRUE(shell.open("host", Family::Any));
  shell.run("mrulist");
  EXPECT_EQ(err.str(), "***No response, probably high-traffic server with low MRU limit\n");
  EXPECT_EQ(given, 10'200U);
}

TEST(Mrulist, DoesNotWaitForeverForAServerThatDropsARequest) {
  AnsweringNetwork network([](const wire::ControlHeader& request, std::string_view) {
    const bool nonce =
        request.opcode == static_cast<std::uint8_t>(wire::ControlOpcode::RequestNonce);
    return nonce ? whole_reply(request, "nonce=0") : std::vector<Bytes>();
  });
  EXPECT_EQ(run_with(network, {"-c", "mrulist"}).err, "***Request timed out\n\n");
  EXPECT_LE(network.clock - MonoTime{}, std::chrono::seconds(40));
}

TEST(Mrulist, SaysWhyItGetsNothing) {
  AnsweringNetwork refusing([](const wire::ControlHeader& request, std::string_view) {
    return refuse(request, wire::ControlError::Permission);
  });
  EXPECT_EQ(run_with(refusing, {"-c", "mrulist"}).err, "***Server error code PERMISSION\n");
  AnsweringNetwork silent(
      [](const wire::ControlHeader&, std::string_view) { return std::vector<Bytes>(); });
  EXPECT_EQ(run_with(silent, {"-c", "mrulist"}).err, "***Request timed out\n\n");
  AnsweringNetwork odd([](const wire::ControlHeader& request, std::string_view) {
    return whole_reply(request, "once=1");
  });
  EXPECT_EQ(run_with(odd, {"-c", "mrulist"}).err, "***Unexpected nonce response format\n");
  AnsweringNetwork lengthy([](const wire::ControlHeader& request, std::string_view) {
    return whole_reply(request, "nonce=" + std::string(400, '0'));
  });
  EXPECT_EQ(run_with(lengthy, {"-c", "mrulist"}).err, "***Unexpected nonce response format\n");
}

TEST(Mrulist, ConfirmsNames) {
  AnsweringNetwork network(server_of(1, 4));
  network.name = "client.example";
  network.addresses = {Address::v4(0x0a000000)};
  EXPECT_NE(run_with(network, {"-c", "mrulist"}).out.find(" client.example\n"), std::string::npos);
  AnsweringNetwork liar(server_of(1, 4));
  liar.name = "client.example";
  EXPECT_NE(run_with(liar, {"-c", "mrulist"}).out.find(" 10.0.0.0 (client.example)\n"),
            std::string::npos);
}

}  // namespace
}  // namespace ntp::ntpq
