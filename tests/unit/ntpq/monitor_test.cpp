// SPDX-License-Identifier: BSD-2-Clause
#include "ntpq/monitor.h"

#include <gtest/gtest.h>

#include "tests/unit/ntpq/answering_network.h"

namespace ntp::ntpq {
namespace {

using Opcode = wire::ControlOpcode;

/// A daemon with two sources, the second of them a clock, and two clients.
std::vector<Bytes> daemon(const wire::ControlHeader& request, std::string_view data) {
  switch (static_cast<Opcode>(request.opcode)) {
    case Opcode::ReadStatus:
      // Not in order; the clock is neither configured nor reachable.
      return whole_reply(request, std::string_view("\0\x08\x06\x14\0\x07\x96\x14", 8));
    case Opcode::ReadVariables:
      if (request.association == 0) {
        return whole_reply(request, "version=\"ntpd regulator-1.0.0 (ntpsec-1.2.5)\", leap=0");
      }
      if (request.association == 8) {
        return whole_reply(request,
                           "srcadr=127.127.28.0, srchost=SHM(0), stratum=0, hpoll=4, ppoll=4, "
                           "leap=0, refid=SHM, reach=0xff");
      }
      return whole_reply(
          request,
          "srcadr=10.0.0.1, srcport=123, dstadr=10.0.0.2, dstport=123, leap=3, stratum=1, "
          "precision=-24, rootdelay=0.000, rootdisp=1.250, refid=GPS, "
          "reftime=0xeeae24a4.a0911193, rec=0xeeae24a4.a0911193, reach=0xff, unreach=0, hmode=3, "
          "pmode=4, hpoll=6, ppoll=6, headway=0, flash=0x0, keyid=0, offset=1.5, delay=0.25, "
          "dispersion=1.9, jitter=0.5, filtdelay=0.1 0.2, filtoffset=-123.4567 1.0, filtdisp=0 1");
    case Opcode::ReadClock:
      return whole_reply(request, "name=\"SHM\", poll=12");
    case Opcode::RequestNonce:
      return whole_reply(request, "nonce=abc\r\n");
    case Opcode::ReadMru:
      if (data.find("recent=") == std::string_view::npos) {
        return refuse(request, wire::ControlError::UnknownVariable);
      }
      return whole_reply(request,
                         "addr.0=10.0.0.3:4000, last.0=0xeeae24a3.00000000, "
                         "first.0=0xeeae24a3.00000000, ct.0=1, mv.0=35, rs.0=0x0, "
                         "addr.1=10.0.0.4:4001, last.1=0xeeae24a4.00000000, "
                         "first.1=0xeeae24a4.00000000, ct.1=1, mv.1=35, rs.1=0x0, "
                         "now=0xeeae24a5.00000000");
    default:
      return refuse(request, wire::ControlError::BadOpcode);
  }
}

struct Watched {
  explicit Watched(AnsweringNetwork::Answer answer = daemon,
                   const std::vector<std::string>& arguments = {"-n"})
      : network(std::move(answer)),
        monitor(*parse_monitor_options(arguments), network,
                [this](std::string_view line) { log += std::string(line) + "\n"; }) {
    ::setenv("TZ", "UTC", 1);
    ::tzset();
  }

  std::string screen(const std::string& keys = "", std::size_t rows = 24) {
    if (!is_open) is_open = monitor.open().has_value();
    for (const char key : keys) EXPECT_TRUE(monitor.press(key));
    const auto refreshed = monitor.refresh(rows);
    if (!refreshed) return "FAILED " + refreshed.error().message;
    std::string text;
    for (const MonitorLine& line : *refreshed) {
      text += (line.style == MonitorLine::Style::Bold      ? "B|"
               : line.style == MonitorLine::Style::Reverse ? "R|"
                                                           : " |") +
              line.text + "\n";
    }
    return text;
  }

  AnsweringNetwork network;
  std::string log;
  Monitor monitor;
  bool is_open = false;
};

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST(Monitor, ShowsSourcesAndClients) {
  Watched watched;
  const std::string text = watched.screen();
  EXPECT_TRUE(has(text, "B|     remote           refid      st t when poll reach")) << text;
  EXPECT_TRUE(has(text, " |*10.0.0.1        .GPS.  ")) << text;
  EXPECT_TRUE(has(text, " |*SHM(0)          .SHM.  ")) << text;
  EXPECT_TRUE(has(text, "R|ntpd regulator-1.0.0 ")) << text;
  EXPECT_TRUE(has(text, " Updated: 2026-11-23T02:34:12 (8)\n")) << text;
  EXPECT_TRUE(
      has(text, "B| lstint avgint rstr r m v  count    score   drop rport remote address\n"));
  // The newest client comes first.
  EXPECT_LT(text.find(" 4001 10.0.0.4\n"), text.find(" 4000 10.0.0.3\n")) << text;
  EXPECT_EQ(watched.monitor.interval(), std::chrono::seconds(8));
}

TEST(Monitor, FitsTheScreen) {
  Watched watched;
  const std::string text = watched.screen("", 4);
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 4);
  EXPECT_TRUE(has(watched.network.requests.back(), ", recent=1"));
  const std::string help = watched.screen("h", 3);
  EXPECT_EQ(std::count(help.begin(), help.end(), '\n'), 3);
}

TEST(Monitor, ChangesTheTable) {
  Watched watched;
  EXPECT_TRUE(has(watched.screen("a"), " assid "));
  EXPECT_TRUE(has(watched.screen("o"), " local "));
  EXPECT_TRUE(has(watched.screen("r"), " T remote"));
  EXPECT_TRUE(has(watched.screen(" "), " jitter\n"));
  EXPECT_TRUE(has(watched.screen("   p"), " refid "));
  EXPECT_TRUE(has(watched.screen("u"), "0.25ms"));
  EXPECT_FALSE(has(watched.screen("s"), "SHM(0)"));
  EXPECT_FALSE(has(watched.screen("m"), "remote  "));
}

TEST(Monitor, ShowsNames) {
  Watched watched;
  watched.network.name = "clock.example";
  EXPECT_TRUE(has(watched.screen("n"), " |*clock.example"));
  EXPECT_TRUE(has(watched.screen(), " 10.0.0.4 (clock.example)\n"));
}

TEST(Monitor, ShowsDetailsOfOneSource) {
  Watched watched;
  const std::string text = watched.screen("d");
  EXPECT_TRUE(has(text, "R|*10.0.0.1 ")) << text;
  EXPECT_TRUE(has(text,
                  " |assoc=7: conf, reach, sel_sys.peer, 1 event, reachable\n"
                  " |dstadr=10.0.0.2:123 srcadr=10.0.0.1:123\n"
                  " |reftime=2026-11-23T02:34:12.627Z        leap=unsync     rootdelay=0.0\n"
                  " |    rec=2026-11-23T02:34:12.627Z        stratum= 1      rootdisp=1.25\n"
                  " |    xmt=***missing***   precision=-24   dispersion=1.9\n"
                  " |unreach=0 hmode=3 pmode=4 hpoll=6 ppoll=6 headway=0 flash=0x0 keyid=0\n"
                  " |filtdelay  =     0.1     0.2\n"
                  " |filtoffset = -123.46     1.0\n"
                  " |filtdisp   =       0       1\n"))
      << text;
  EXPECT_FALSE(has(text, "remote address"));
  const std::string clock = watched.screen("j");
  EXPECT_TRUE(has(clock, "R|*SHM(0)")) << clock;
  EXPECT_TRUE(has(clock, "name=\"SHM\", poll=12\n")) << clock;
  EXPECT_TRUE(has(watched.screen("k"), "R|*10.0.0.1"));
  EXPECT_TRUE(has(watched.screen("d"), "remote address"));
}

TEST(Monitor, WaitsForAKeyWhileItHelps) {
  Watched watched;
  EXPECT_TRUE(has(watched.screen("?"), "Press any key to resume monitoring"));
  EXPECT_EQ(watched.monitor.interval(), std::nullopt);
  EXPECT_TRUE(has(watched.screen("z"), "remote address"));
}

TEST(Monitor, EndsByKey) {
  Watched watched;
  EXPECT_FALSE(watched.monitor.press('q'));
  EXPECT_FALSE(watched.monitor.press('x'));
}

TEST(Monitor, LogsOnlyIfAsked) {
  Watched watched;
  watched.screen();
  EXPECT_EQ(watched.log, "");
  watched.screen("-+");
  EXPECT_TRUE(has(watched.log, "opcode 1"));
}

TEST(Monitor, SaysWhyItEnds) {
  Watched silent([](const auto&, auto) { return std::vector<Bytes>(); });
  const auto opened = silent.monitor.open();
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().message, "***Request timed out\n\n");
  Watched nothing([](const auto& request, auto data) {
    const bool list = request.opcode == static_cast<std::uint8_t>(Opcode::ReadStatus);
    return list ? whole_reply(request, "") : daemon(request, data);
  });
  EXPECT_EQ(nothing.screen(), "FAILED no peers reported\n");
}

TEST(Monitor, DoesWithoutClientsItMayNotSee) {
  Watched watched([](const auto& request, auto data) {
    const bool mru = request.opcode == static_cast<std::uint8_t>(Opcode::RequestNonce);
    return mru ? refuse(request, wire::ControlError::Permission) : daemon(request, data);
  });
  const std::string text = watched.screen();
  EXPECT_TRUE(has(text, "10.0.0.1"));
  EXPECT_FALSE(has(text, "remote address"));
}

TEST(Monitor, EndsAskingAServerThatNeverEndsItsList) {
  int asked = 0;
  Watched watched([&](const auto& request, auto data) {
    if (request.opcode != static_cast<std::uint8_t>(Opcode::ReadMru)) return daemon(request, data);
    ++asked;
    return whole_reply(request, "addr.0=10.0.0.3:" + std::to_string(asked) +
                                    ", last.0=0xeeae24a3.00000000, ct.0=1");
  });
  watched.screen();
  EXPECT_EQ(asked, 16);
}

TEST(Monitor, SurvivesAPoolThatDropsASource) {
  Watched watched([](const auto& request, auto data) {
    return request.association == 8 ? refuse(request, wire::ControlError::BadAssociation)
                                    : daemon(request, data);
  });
  EXPECT_TRUE(has(watched.screen(), "10.0.0.1"));
}

TEST(Monitor, RefusesBadOptions) {
  const auto early = [](const std::vector<std::string>& arguments) {
    return parse_monitor_options(arguments).error();
  };
  EXPECT_EQ(early({"-x"}).status, 1);
  EXPECT_EQ(early({"-x"}).text.substr(0, 25), "option -x not recognized\n");
  EXPECT_EQ(early({"-D", "x"}).status, 1);
  EXPECT_EQ(early({"--help"}).status, 0);
  EXPECT_EQ(early({"-V"}).text.substr(0, 17), "ntpmon regulator-");
}

}  // namespace
}  // namespace ntp::ntpq
