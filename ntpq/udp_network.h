// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include "ntpq/transport.h"

namespace ntp::ntpq {

/// The real host: connected UDP sockets, the system's resolver and clocks.
class UdpNetwork final : public Network {
 public:
  Result<std::unique_ptr<Transport>> open(const std::string& host, Family family) override;
  std::optional<std::string> name_of(const Address& address) override;
  std::vector<Address> addresses_of(const std::string& name) override;
  [[nodiscard]] bool interrupted() const override;
  void forget_interrupt() override;
  void begin_command() override;
  void end_command() override;
  [[nodiscard]] std::uint64_t memory_used() const override;
  std::optional<std::string> read_file(const std::string& path) override;
  std::optional<std::string> ask(const std::string& prompt, bool hidden) override;
  [[nodiscard]] MonoTime mono() const override;
  [[nodiscard]] WallTime wall() const override;
};

}  // namespace ntp::ntpq
