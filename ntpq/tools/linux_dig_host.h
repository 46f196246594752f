// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <vector>

#include "ntpd/os/random.h"
#include "ntpd/os/unique_fd.h"
#include "ntpq/tools/dig.h"

namespace ntp::tools {

/// The real host: connected UDP sockets with the kernel's stamps, the system's resolver and clock.
class LinuxDigHost final : public DigHost {
 public:
  Result<std::vector<Address>, LookupFailure> addresses_of(const std::string& name,
                                                           Family family) override;
  Result<std::size_t> send(const Address& to, const Address& from, ByteView datagram) override;
  std::optional<Arrival> receive(MonoTime deadline) override;
  void close_all() override { sockets_.clear(); }
  void sleep(Duration span) override;
  [[nodiscard]] MonoTime mono() const override;
  [[nodiscard]] WallTime wall() const override;
  Random& random() override { return random_; }
  std::optional<std::string> read_file(const std::string& path) override;
  Result<void> step(Duration offset) override;
  Result<void> slew(Duration offset) override;

 private:
  std::vector<os::UniqueFd> sockets_;
  os::SystemRandom random_;
};

}  // namespace ntp::tools
