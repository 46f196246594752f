// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "ntpq/transport.h"
#include "tests/unit/ntpq/frames.h"

namespace ntp::ntpq {

/// A server whose packets arrive when the test says so, and a clock that passes only while ntpq
/// waits.
class ScriptedNetwork final : public Network {
 public:
  struct Arrival {
    /// After the request was sent or, for all but the first, after the packet before it.
    Duration after{};
    Bytes datagram;
  };

  /// What arrives after the first request, the second, and so on.
  std::vector<std::vector<Arrival>> script;
  std::vector<Bytes> requests;
  std::optional<std::string> name;
  int lookups = 0;
  bool refuses = false;
  bool unknown_host = false;
  MonoTime clock{};
  std::map<std::string, std::string> files;
  /// What somebody types when asked, and what was asked.
  std::deque<std::string> answers;
  std::vector<std::string> prompts;

  Result<std::unique_ptr<Transport>> open(const std::string& host, Family) override {
    if (unknown_host) return fail("ntpq: standard-mode lookup of " + host + " failed, why\n");
    return std::unique_ptr<Transport>(std::make_unique<ScriptedTransport>(*this));
  }
  std::optional<std::string> name_of(const Address&) override {
    ++lookups;
    return name;
  }
  std::optional<std::string> read_file(const std::string& path) override {
    const auto found = files.find(path);
    return found == files.end() ? std::nullopt : std::optional(found->second);
  }
  std::optional<std::string> ask(const std::string& prompt, bool hidden) override {
    if (answers.empty()) return std::nullopt;
    prompts.push_back(prompt + (hidden ? "(hidden)" : ""));
    const std::string answer = answers.front();
    answers.pop_front();
    return answer;
  }
  [[nodiscard]] MonoTime mono() const override { return clock; }
  [[nodiscard]] WallTime wall() const override {
    return WallTime(std::chrono::seconds(1'795'400'000));
  }

 private:
  class ScriptedTransport final : public Transport {
   public:
    explicit ScriptedTransport(ScriptedNetwork& network) : network_(network) {}

    Outcome send(ByteView datagram) override {
      MonoTime at = network_.clock;
      if (network_.requests.size() < network_.script.size()) {
        for (const Arrival& arrival : network_.script[network_.requests.size()]) {
          at += arrival.after;
          coming_.emplace_back(at, arrival.datagram);
        }
      }
      network_.requests.emplace_back(datagram.begin(), datagram.end());
      return Outcome::Done;
    }

    Received receive(ByteSpan buffer, MonoTime deadline) override {
      if (network_.refuses) return {Outcome::SocketError, 0};
      if (coming_.empty() || coming_.front().first > deadline) {
        network_.clock = deadline;
        return {Outcome::TimedOut, 0};
      }
      const auto [at, datagram] = coming_.front();
      coming_.pop_front();
      network_.clock = std::max(network_.clock, at);
      const std::size_t size = std::min(datagram.size(), buffer.size());
      std::copy_n(datagram.begin(), size, buffer.begin());
      return {Outcome::Done, size};
    }

   private:
    ScriptedNetwork& network_;
    std::deque<std::pair<MonoTime, Bytes>> coming_;
  };
};

}  // namespace ntp::ntpq
