// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "libntp/core/seams.h"
#include "ntpd/io/event_loop.h"

namespace ntp::io {

/// Names by the system's resolver, getaddrinfo, one after the other on a thread that exists while
/// there is work. It owns what it works on, so the process can end while a lookup hangs. Numeric
/// addresses are answered without a thread.
class SystemResolver final : public Resolver {
 public:
  explicit SystemResolver(EventLoop& loop);
  ~SystemResolver() override;

  void resolve(const std::string& host, Family family, Callback callback) override;

 private:
  struct Shared;
  std::shared_ptr<Shared> shared_;
};

/// The address a numeric host means, if it is one; scopes may be names of interfaces.
std::vector<Address> numeric_addresses(const std::string& host);

}  // namespace ntp::io
