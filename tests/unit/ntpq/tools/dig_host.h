// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "ntpq/tools/dig.h"
#include "tests/support/fakes.h"

namespace ntp::tools {

/// Servers that answer by a function of the test, and a clock that only passes while ntpdig waits.
/// Setting it is written down and nothing more.
class FakeDigHost final : public DigHost {
 public:
  /// What comes back, each after so much time.
  struct Coming {
    Duration after{};
    std::vector<std::uint8_t> datagram;
  };
  using Answer = std::function<std::vector<Coming>(const Address& server, ByteView request)>;

  explicit FakeDigHost(Answer answer) : answer_(std::move(answer)) {}

  std::map<std::string, std::vector<Address>> names;
  std::map<std::string, std::string> files;
  std::vector<std::vector<std::uint8_t>> requests;
  std::vector<Address> sources;
  Duration slept{};
  Duration clock{};
  std::vector<Duration> steps;
  std::vector<Duration> slews;
  bool may_set = true;
  static constexpr WallTime kBegin = WallTime(std::chrono::seconds(1'795'400'000));

  Result<std::vector<Address>, LookupFailure> addresses_of(const std::string& name,
                                                           Family family) override {
    std::vector<Address> found;
    if (const auto address = parse_address(name)) found.push_back(*address);
    if (const auto known = names.find(name); known != names.end()) found = known->second;
    std::erase_if(found, [&](const Address& each) {
      return family != Family::Any && each.family() != family;
    });
    if (found.empty()) return fail(LookupFailure{-2, "Name or service not known"});
    return found;
  }
  Result<std::size_t> send(const Address& to, const Address& from, ByteView datagram) override {
    requests.emplace_back(datagram.begin(), datagram.end());
    sources.push_back(from);
    for (Coming& each : answer_(to, datagram)) {
      coming_.push_back({clock + each.after, {open_, std::move(each.datagram), {}}});
    }
    return open_++;
  }
  std::optional<Arrival> receive(MonoTime deadline) override {
    if (coming_.empty() || MonoTime(coming_.front().first) > deadline) {
      clock = deadline.time_since_epoch();
      return std::nullopt;
    }
    Arrival arrival = std::move(coming_.front().second);
    clock = std::max(clock, coming_.front().first);
    coming_.pop_front();
    arrival.at = wall();
    return arrival;
  }
  void close_all() override {
    open_ = 0;
    coming_.clear();
  }
  void sleep(Duration span) override {
    slept += span;
    clock += span;
  }
  [[nodiscard]] MonoTime mono() const override { return MonoTime(clock); }
  [[nodiscard]] WallTime wall() const override { return kBegin + clock; }
  Random& random() override { return random_; }
  std::optional<std::string> read_file(const std::string& path) override {
    const auto found = files.find(path);
    return found == files.end() ? std::nullopt : std::optional(found->second);
  }
  Result<void> step(Duration offset) override { return set(steps, offset); }
  Result<void> slew(Duration offset) override { return set(slews, offset); }

 private:
  Result<void> set(std::vector<Duration>& list, Duration offset) {
    if (!may_set) return fail("the clock can't be set: Operation not permitted");
    list.push_back(offset);
    return {};
  }

  Answer answer_;
  test::CountingRandom random_;
  std::size_t open_ = 0;
  std::deque<std::pair<Duration, Arrival>> coming_;
};

}  // namespace ntp::tools
