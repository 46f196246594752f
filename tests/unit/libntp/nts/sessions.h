// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <string>
#include <vector>

#include "libntp/nts/session_keys.h"
#include "tests/support/vectors.h"

namespace ntp::nts::test {

using Octets = std::vector<std::uint8_t>;

/// What was recorded of one real server or client (tests/golden/nts/sessions.txt).
struct Session {
  struct Exchange {
    std::size_t placeholders = 0;
    Octets request;
    Octets response;
    Octets inner;
  };

  std::string name;
  bool of_client = false;
  SessionKeys keys;
  Octets context_c2s;
  Octets context_s2c;
  Octets ke_request;
  Octets ke_response;
  std::string key_file;
  std::vector<Exchange> exchanges;
  Octets unknown_request;
  Octets unknown_response;
};

inline std::vector<Session> read_sessions() {
  using ntp::test::octets;
  std::vector<Session> sessions;
  for (const auto& line : ntp::test::read_vectors("nts/sessions.txt")) {
    const std::string& what = line[0];
    if (what == "session" || what == "client") {
      Session& session = sessions.emplace_back();
      session.of_client = what == "client";
      session.name = line[1];
      session.keys.aead = static_cast<crypto::AeadId>(std::stoi(line[2]));
      session.keys.c2s.assign(octets(line[3]));
      session.keys.s2c.assign(octets(line[4]));
      continue;
    }
    Session& session = sessions.back();
    if (what == "exporter") {
      session.context_c2s = octets(line[1]);
      session.context_s2c = octets(line[2]);
    } else if (what == "ke") {
      session.ke_request = octets(line[1]);
      session.ke_response = octets(line[2]);
    } else if (what == "key-file") {
      session.key_file = std::string(as_text(octets(line[1])));
    } else if (what == "exchange") {
      session.exchanges.push_back({static_cast<std::size_t>(std::stoi(line[1])), octets(line[2]),
                                   octets(line[3]), octets(line[4])});
    } else if (what == "polls") {
      session.exchanges.push_back({0, octets(line[1]), octets(line[2]), {}});
    } else {
      session.unknown_request = octets(line[1]);
      session.unknown_response = octets(line[2]);
    }
  }
  return sessions;
}

/// The recorded session of that name.
inline Session session(const std::string& name) {
  for (auto& each : read_sessions()) {
    if (each.name == name) return each;
  }
  return {};
}

}  // namespace ntp::nts::test
