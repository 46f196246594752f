// SPDX-License-Identifier: BSD-2-Clause
// Servers that mean ill, and what the whole of ntpq makes of them.
#include <gtest/gtest.h>

#include <algorithm>

#include "ntpq/commands.h"
#include "tests/unit/ntpq/answering_network.h"

namespace ntp::ntpq {
namespace {

using wire::ControlOpcode;

bool is_opcode(const wire::ControlHeader& request, ControlOpcode opcode) {
  return request.opcode == static_cast<std::uint8_t>(opcode);
}

/// Octets that could steer a terminal.
std::size_t steering_octets(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char character) {
    const auto octet = static_cast<unsigned char>(character);
    return (octet < 0x20 && octet != '\n' && octet != '\t' && octet != '\r') || octet >= 0x7f;
  }));
}

/// Every command that a server answers, in both modes.
std::vector<std::string> all_queries() {
  std::vector<std::string> arguments = {"-k", "keys", "-a", "1"};
  for (const std::string mode : {"cooked", "raw", "units"}) {
    arguments.insert(arguments.end(), {"-c", mode});
    for (const Command& command : all_commands()) {
      const std::string name(command.name);
      for (const std::string skipped :
           {"EOF", "quit", "exit", "raw", "cooked", "units", "config-from-file", "doflake", "keyid",
            "host", "passwd", "debug", "logfile", "help"}) {
        if (name == skipped) arguments.insert(arguments.end(), {"-c", "keyid 1"});
      }
      const bool local = name == "EOF" || name == "quit" || name == "exit" || name == "raw" ||
                         name == "cooked" || name == "units" || name == "config-from-file" ||
                         name == "doflake" || name == "logfile";
      if (local) continue;
      const bool per_peer = name == "pstats" || name == "cv" || name == "clockvar";
      const bool ranges = name.starts_with("mr") && name != "mrulist";
      arguments.insert(arguments.end(), {"-c", name + (per_peer ? " &1"
                                                       : ranges ? " &1 &2"
                                                                : " ")});
    }
  }
  return arguments;
}

TEST(BadServer, CantSteerTheTerminal) {
  const std::string evil = "\x1b]0;owned\x07\x1b[2J\x9b\x7f\x08";
  AnsweringNetwork network([&](const wire::ControlHeader& request, std::string_view data) {
    if (is_opcode(request, ControlOpcode::ReadStatus)) {
      return whole_reply(request, std::string("\0\1\x96\x14\0\2\x96\x14", 8));
    }
    std::string text = "nonce=" + evil + ", now=0x00000020.00000000, srcadr=" + evil +
                       ", srchost=\"(" + evil + "\", refid=" + evil + ", reftime=" + evil +
                       ", filtdelay=" + evil + " 1, " + evil + "=" + evil;
    for (const std::string name : {"addr", "mask", "hits", "flags", "en", "name", "rx", "last"}) {
      text += ", " + name + ".0=" + (name == "last" ? "0x00000010.00000000" : evil);
    }
    std::string asked(data);
    std::replace(asked.begin(), asked.end(), ',', ' ');
    std::istringstream names(asked);
    for (std::string name; names >> name;) text += ", " + name + "=" + evil;
    return whole_reply(request, text + "\r\n" + evil);
  });
  network.name = "name" + evil;
  const auto texts = run_with(network, all_queries());
  EXPECT_GT(texts.out.size(), 1000U);
  EXPECT_EQ(steering_octets(texts.out), 0U);
  EXPECT_EQ(steering_octets(texts.err), 0U);

  auto as_json = all_queries();
  as_json.insert(as_json.begin(), "--json");
  const std::string answers = run_with(network, as_json).out;
  EXPECT_GT(answers.size(), 1000U);
  EXPECT_EQ(steering_octets(answers), 0U);
  EXPECT_EQ(answers.find("\\u00"), std::string::npos);
}

TEST(BadServer, GetsAnEndWithMorePeersThanThereAre) {
  AnsweringNetwork network([&](const wire::ControlHeader& request, std::string_view) {
    // 64 Ki associations need more fragments than a reply may have.
    const std::string records(is_opcode(request, ControlOpcode::ReadStatus) ? 65536 * 4 : 4, 'x');
    return whole_reply(request, records);
  });
  const auto texts = run_with(network, {"-p", "-c", "as"});
  EXPECT_EQ(texts.out, "\n");
  EXPECT_EQ(texts.err,
            "***Buffer size exceeded for returned data\n\n"
            "***Buffer size exceeded for returned data\n\n");
}

TEST(BadServer, ErrorCodesOfAllCommandsAreShownOnce) {
  for (const auto code : {wire::ControlError::Permission, wire::ControlError::BadValue}) {
    AnsweringNetwork network([&](const wire::ControlHeader& request, std::string_view) {
      return refuse(request, code);
    });
    const auto texts = run_with(network, {"-c", "sysinfo", "-c", "monstats", "-c", "rv"});
    const std::string name = code == wire::ControlError::Permission ? "PERMISSION" : "BADVALUE";
    const std::string line = "***Server error code " + name + "\n";
    EXPECT_EQ(texts.err, line + line + line);
  }
}

TEST(BadServer, UnknownVariablesAreAskedForOneByOne) {
  AnsweringNetwork network([&](const wire::ControlHeader& request, std::string_view data) {
    if (data != "timer_xmts") return refuse(request, wire::ControlError::UnknownVariable);
    return whole_reply(request, "timer_xmts=7\r\n");
  });
  const auto texts = run_with(network, {"-c", "timerstats"});
  EXPECT_EQ(texts.err, "Unknown variable.  Trying one at a time.\n");
  EXPECT_EQ(texts.out,
            "time since reset:             ???\n"
            "timer overruns:                 ?\n"
            "calls to transmit:              7\n");
}

TEST(BadServer, KnowsNoneOfAPeersVariables) {
  AnsweringNetwork network([&](const wire::ControlHeader& request, std::string_view) {
    if (is_opcode(request, ControlOpcode::ReadStatus)) return whole_reply(request, "");
    return refuse(request, wire::ControlError::UnknownVariable);
  });
  // The status is that of the list.
  const std::string status = "associd=0 status=9614 leap_del_sec, sync_22, 1 event, freq_mode,\n";
  const std::string text = run_with(network, {"-c", "pstats 0"}).out;
  const std::string begin = "server=localhost No association IDs returned\n" + status +
                            "remote host:               DNSFAIL:?\n"
                            "local address:             DNSFAIL:?\n"
                            "time last received:              ???\n"
                            "time until next send:            ???\n"
                            "reachability change:               ?\n";
  EXPECT_EQ(text.substr(0, begin.size()), begin);
  const std::string numeric = run_with(network, {"-n", "-c", "pstats 0"}).out;
  EXPECT_NE(numeric.find("\nremote host:                       ?\n"), std::string::npos);
  const std::string counters = run_with(network, {"-c", "authinfo"}).out;
  const std::string line =
      "\nencryptions:" + std::string(20, ' ') + "???" + std::string(14, ' ') + "\n";
  EXPECT_NE(counters.find(line), std::string::npos) << counters;
}

TEST(BadServer, DamagedEntriesOfAListAreLeftOut) {
  AnsweringNetwork network([&](const wire::ControlHeader& request, std::string_view) {
    return whole_reply(
        request,
        "addr.0=10.0.0.1:123, en.7=1, name.7=\"eth0\", addr.99999999999999999999=1, flags.7=-1,"
        "rx.7=1e99, addr.-4=1, addr.=1, .=1, addr.8=10.0.0.2:123, en.8=1, name.8=\"lo\","
        "flags.8=0x5, rx.8=1, tx.8=2, txerr.8=3, pc.8=4, up.8=5");
  });
  const auto texts = run_with(network, {"-k", "keys", "-a", "1", "-c", "ifstats"});
  const std::string rule = std::string(74, '=') + "\n";
  const std::size_t end = texts.out.find(rule);
  ASSERT_NE(end, std::string::npos);
  EXPECT_EQ(texts.out.substr(end + rule.size()),
            "  2 lo                       .    5      1      2      3     4        5\n"
            "    10.0.0.2:123\n");
}

TEST(Commands, WithColonAndHyphenAreFound) {
  std::vector<std::string> sent;
  AnsweringNetwork network([&](const wire::ControlHeader& request, std::string_view data) {
    sent.emplace_back(data);
    return whole_reply(request, "column 6 syntax error\r\n");
  });
  const auto texts =
      run_with(network, {"-k", "keys", "-a", "1", "-c", ":config server -x", "-c", "config x"});
  EXPECT_EQ(texts.out, "server -x\n_____^\ncolumn 6 syntax error\n\n");
  EXPECT_EQ(sent, std::vector<std::string>{"server -x"});
  EXPECT_EQ(texts.err.substr(texts.err.find("***")), "***Command `config' ambiguous\n");
}

}  // namespace
}  // namespace ntp::ntpq
