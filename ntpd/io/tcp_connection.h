// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <functional>
#include <memory>

#include "libntp/core/devices.h"
#include "libntp/core/seams.h"
#include "ntpd/io/event_loop.h"

namespace ntp::io {

/// Connects by TCP in the background. What can't be sent at once waits, 4096 octets at most.
Result<std::unique_ptr<Connection>> connect_tcp(EventLoop& loop, const Clock& clock,
                                                const Endpoint& remote,
                                                std::function<void()> on_connected,
                                                StreamHandlers handlers);

}  // namespace ntp::io
