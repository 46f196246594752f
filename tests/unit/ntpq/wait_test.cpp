// SPDX-License-Identifier: BSD-2-Clause
#include "ntpq/wait.h"

#include <gtest/gtest.h>

#include "tests/unit/ntpq/answering_network.h"

namespace ntp::ntpq {
namespace {

struct Waited {
  int status = 0;
  Texts texts;
  Duration slept{};
};

/// A daemon that gives these replies one after the other, then the last of them for ever.
Waited wait(const std::vector<std::string>& arguments, std::vector<std::string> replies) {
  std::size_t asked = 0;
  AnsweringNetwork network([&](const auto& request, auto) -> std::vector<Bytes> {
    if (replies.empty()) return {};
    return whole_reply(request, replies[std::min(asked++, replies.size() - 1)]);
  });
  const auto options = parse_wait_options(arguments);
  Waited waited;
  std::ostringstream out;
  std::ostringstream err;
  waited.status = run_wait(
      *options, network,
      [&](Duration pause) {
        waited.slept += pause;
        network.clock += pause;
      },
      out, err);
  waited.texts = {out.str(), err.str()};
  return waited;
}

TEST(Wait, EndsOnceTheClockIsSynchronized) {
  const Waited waited = wait({"-v", "-s", "2"}, {"leap=3, stratum=16\r\n", "leap=3, stratum=16\r\n",
                                                 "leap=0, stratum=2\r\n"});
  EXPECT_EQ(waited.status, 0);
  EXPECT_EQ(waited.texts.out, "Waiting for ntpd to synchronize...  \b*\b+\bOK! (4.0 seconds)\n");
  EXPECT_EQ(waited.texts.err, "");
}

TEST(Wait, TakesAnnouncedLeapsForSynchronized) {
  for (const char* leap : {"leap=00, a=1", "leap=1, a=1", "leap=02, a=1"}) {
    const Waited waited = wait({}, {leap});
    EXPECT_EQ(waited.status, 0) << leap;
    EXPECT_EQ(waited.texts.out, "");
  }
}

TEST(Wait, GivesUpAfterItsTries) {
  const Waited waited = wait({"-v", "--tries=6", "-s1"}, {"leap=3, stratum=16\r\n"});
  EXPECT_EQ(waited.status, 1);
  EXPECT_EQ(waited.slept, std::chrono::seconds(6));
  EXPECT_EQ(waited.texts.out,
            "Waiting for ntpd to synchronize...  \b*\b+\b:\b.\b*\b+\bNo!\n"
            "ntpd did not synchronize.\n");
}

TEST(Wait, DoesNotWaitForASilentDaemon) {
  const Waited waited = wait({"-v"}, {});
  EXPECT_EQ(waited.status, 1);
  EXPECT_EQ(waited.texts.out, "Waiting for ntpd to synchronize...  \bLeap status not available\n");
  EXPECT_EQ(waited.texts.err, "localhost: timed out, nothing received\n***Request timed out\n");
}

TEST(Wait, NeedsALeapFollowedByAComma) {
  EXPECT_EQ(wait({}, {"stratum=1, leap=0"}).texts.out, "\bLeap status not available\n");
  EXPECT_EQ(wait({}, {"leapsec=0, a=1"}).status, 1);
  EXPECT_EQ(wait({}, {"leap=\x1b[2J, a=1"}).texts.out, "\bUnexpected 'leap' status <\\x1b[2J>\n");
}

TEST(Wait, ShowsRepliesInPythonsForm) {
  const Waited waited = wait({"-vv"}, {"leap=0, v=\"it's\\\x01\"\r\n"});
  EXPECT_EQ(waited.texts.err, "b'leap=0, v=\"it\\'s\\\\\\x01\"\\r\\n'\n");
}

TEST(Wait, RefusesBadOptions) {
  const auto early = [](const std::vector<std::string>& arguments) {
    return parse_wait_options(arguments).error();
  };
  EXPECT_EQ(early({"-x"}).text, "option -x not recognized\n");
  EXPECT_EQ(early({"-x"}).status, 2);
  EXPECT_EQ(early({"-n", "many"}).status, 1);
  EXPECT_EQ(early({"-n", "many"}).text.substr(0, 42),
            "Error: -n parameter 'many' not a number\nnt");
  EXPECT_EQ(early({"-h"}).status, 0);
  EXPECT_TRUE(early({"-h"}).to_stdout);
  EXPECT_EQ(early({"-V"}).text.substr(0, 18), "ntpwait regulator-");
}

TEST(Wait, TriesAgainIfThereIsNoSuchHost) {
  AnsweringNetwork network([](const auto&, auto) { return std::vector<Bytes>(); });
  network.unknown_host = "localhost";
  std::ostringstream out;
  std::ostringstream err;
  int slept = 0;
  EXPECT_EQ(run_wait(
                {2, std::chrono::seconds(1), 0}, network, [&](Duration) { ++slept; }, out, err),
            1);
  EXPECT_EQ(slept, 2);
  EXPECT_EQ(err.str(), "no such host\nno such host\n");
}

}  // namespace
}  // namespace ntp::ntpq
