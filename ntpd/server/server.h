// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "libntp/config/settings.h"
#include "libntp/core/seams.h"
#include "libntp/wire/packet.h"

namespace ntp::server {

inline constexpr std::size_t kMaxReply = 512;

struct ServerSnapshot {
  Leap leap = Leap::Unsynchronized;
  int stratum = wire::kStratumUnsynchronized;
  int precision = -20;
  double root_delay = 0;
  double root_dispersion = 0;
  MonoTime as_of{};
  RefId reference_id = refid::kInit;
  NtpTimestamp reference_time;
};

struct Counters {
  std::uint64_t received = 0;
  std::uint64_t processed = 0;
};

struct Outcome {
  enum class Action : std::uint8_t { Drop, Reply, Control };
  Action action = Action::Drop;
  std::size_t size = 0;
};

class Server {
 public:
  Server(const config::Settings&, Random&) {}
  void publish(const ServerSnapshot& snapshot) { snapshot_ = snapshot; }
  Outcome handle(const Datagram& datagram, const Clock& clock, ByteSpan out);
  void clock_stepped() {}
  void count_reply() { ++counters_.received; }
  [[nodiscard]] const Counters& counters() const { return counters_; }
  [[nodiscard]] std::optional<std::uint64_t> counter(std::string_view) const { return {}; }

 private:
  ServerSnapshot snapshot_;
  Counters counters_;
};

}  // namespace ntp::server
