// SPDX-License-Identifier: BSD-2-Clause
#include "ntpq/sweep.h"

#include <gtest/gtest.h>

#include <map>

#include "tests/unit/ntpq/answering_network.h"

namespace ntp::ntpq {
namespace {

constexpr const char* kHeader =
    "Host                             st offset(s) version     system       processor\n"
    "--------------------------------+--+---------+-----------+------------+---------\n";

/// Hosts by address; each has sources at these addresses. Others do not answer.
struct Swept {
  int status = 0;
  Texts texts;
  std::size_t queries = 0;
};

Swept sweep(const std::vector<std::string>& arguments,
            const std::map<std::string, std::vector<std::string>>& hosts) {
  const AnsweringNetwork* self = nullptr;
  AnsweringNetwork network([&](const auto& request, auto) -> std::vector<Bytes> {
    const auto host = hosts.find(self->opened.back());
    if (host == hosts.end()) return {};
    if (request.opcode == static_cast<std::uint8_t>(wire::ControlOpcode::ReadStatus)) {
      std::string list;
      for (std::size_t i = 1; i <= host->second.size(); ++i) {
        list += {'\0', static_cast<char>(i), '\x16', '\x14'};
      }
      return whole_reply(request, list);
    }
    if (request.association == 0) {
      return whole_reply(request,
                         "version=\"ntpd ntpsec-1.2.5+23-gfa2\", processor=\"x86_64_and_more\", "
                         "system=\"Linux/6.18.44-longer\", stratum=2, offset=-1.250000\r\n");
    }
    return whole_reply(request, "srcadr=" + host->second[request.association - 1U]);
  });
  self = &network;
  network.unknown_host = "nowhere";
  std::ostringstream out;
  std::ostringstream err;
  Swept swept;
  swept.status = run_sweep(*parse_sweep_options(arguments), network, out, err);
  swept.texts = {out.str(), err.str()};
  swept.queries = network.requests.size();
  return swept;
}

constexpr const char* kColumns = " 2    -1.250 ntpsec-1.2. Linux/6.18.4 x86_64_an\n";

std::string row(const std::string& name) {
  return name + std::string(33 - name.size(), ' ') + kColumns;
}

TEST(Sweep, PrintsARowAHost) {
  const Swept swept = sweep({"-l", "10.0.0.1,10.0.0.2"}, {{"10.0.0.1", {}}, {"10.0.0.2", {}}});
  EXPECT_EQ(swept.texts.out, kHeader + row("10.0.0.1") + row("10.0.0.2"));
  EXPECT_EQ(swept.status, 0);
}

TEST(Sweep, GoesOnToSources) {
  const std::map<std::string, std::vector<std::string>> hosts = {
      {"10.0.0.1", {"10.0.0.2", "127.127.1.0", "10.0.0.3"}},
      {"10.0.0.2", {"10.0.0.3", "10.0.0.1"}},
      {"10.0.0.3", {}}};
  EXPECT_EQ(sweep({"-p", "-h", "10.0.0.1"}, hosts).texts.out,
            kHeader + row("10.0.0.1 (3)") + row(" 10.0.0.2 (2)") + row(" 10.0.0.3 (0)"));
  const Swept deep = sweep({"-p", "-m0", "-s", "10.0.", "-h", "10.0.0.1"}, hosts);
  EXPECT_EQ(deep.texts.out, kHeader + row("0.1 (3)") + row(" 0.2 (2)") + row("  0.3 (0)") +
                                std::string("  = 0.1") + std::string(25, ' ') + "\n" +
                                std::string(" = 0.3") + std::string(26, ' ') + "\n");
}

TEST(Sweep, MarksHostsThatDoNotAnswer) {
  const Swept swept = sweep({"-l", "10.0.0.9,nowhere"}, {});
  EXPECT_EQ(swept.texts.out, kHeader + std::string("10.0.0.9                          ?\n") +
                                 "DNSFAIL:nowhere                   ?\n");
  EXPECT_EQ(swept.texts.err, "***Request timed out\nno such host\n");
  EXPECT_EQ(swept.status, 0);
}

TEST(Sweep, AsksAHostOnce) {
  EXPECT_EQ(sweep({"-l", "10.0.0.1,10.0.0.1"}, {{"10.0.0.1", {}}}).queries, 1U);
}

TEST(Sweep, NeedsItsFileOfHosts) {
  const Swept swept = sweep({"no-such-file"}, {});
  EXPECT_EQ(swept.status, 1);
  EXPECT_EQ(swept.texts.err, "Host file not found.\n");
  EXPECT_EQ(swept.texts.out, "");
  // Any text of lines will do.
  EXPECT_EQ(sweep({"keys"}, {}).status, 0);
}

TEST(Sweep, RefusesBadOptions) {
  const auto early = [](const std::vector<std::string>& arguments) {
    return parse_sweep_options(arguments).error();
  };
  EXPECT_EQ(early({"-x"}).text, "option -x not recognized\n");
  EXPECT_EQ(early({"-x"}).status, 1);
  EXPECT_EQ(early({"-?"}).status, 0);
  EXPECT_EQ(early({"-m", "x"}).status, 1);
}

}  // namespace
}  // namespace ntp::ntpq
