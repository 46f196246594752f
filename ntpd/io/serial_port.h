// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <memory>

#include "libntp/core/devices.h"
#include "libntp/core/seams.h"
#include "ntpd/io/event_loop.h"

namespace ntp::io {

/// Opens a serial port for itself, without ever waiting; what was waiting to be read is dropped.
/// `clock` gives the stamps, and outlives the port as the loop does.
Result<std::unique_ptr<SerialPort>> open_serial_port(EventLoop& loop, const Clock& clock,
                                                     const SerialSettings& settings,
                                                     StreamHandlers handlers);

}  // namespace ntp::io
