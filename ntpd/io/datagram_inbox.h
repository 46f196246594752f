// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "libntp/core/devices.h"
#include "libntp/core/seams.h"
#include "ntpd/io/event_loop.h"

namespace ntp::io {

/// Binds a Unix datagram socket. A stale one of that name gives way, but none at which somebody
/// listens; the name goes with the inbox. Whoever floods it waits: 32 datagrams are read at once,
/// then none for 10 ms.
Result<std::unique_ptr<DatagramInbox>> bind_datagram_inbox(
    EventLoop& loop, const Clock& clock, const std::string& path, bool for_everybody,
    std::function<void(ByteView datagram, WallTime received)> on_datagram);

}  // namespace ntp::io
