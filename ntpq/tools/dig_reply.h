// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libntp/core/result.h"
#include "libntp/sync/sample.h"
#include "libntp/wire/packet.h"

/// What ntpdig makes of replies.
namespace ntp::tools {

struct DigReply {
  /// As it was given, and the address that was asked; empty for a replayed packet.
  std::string host;
  std::string address;
  wire::Header header;
  sync::Exchange exchange;
  /// It has the MAC that it ought to have.
  bool trusted = true;
};

/// Offset and delay in s, and in `dispersion` the error bound: the synchronization distance of
/// NTPsec, which leaves out what lies before the server and the own clock's precision.
sync::Sample measure(const DigReply& reply);

/// Why the reply is of no use.
std::optional<std::string> why_dropped(const DigReply& reply);

/// The one of lowest stratum, among these of least error. Null if there is none.
const DigReply* best_of(const std::vector<DigReply>& replies);

/// A packet and when it came: `HEX:SECONDS`. Its origin stamp is taken for the time of the request.
Result<DigReply> parse_replay(std::string_view text);

/// The line for standard output, with its line end: the server's time as local time.
std::string report_text(const DigReply& reply);
std::string report_json(const DigReply& reply, bool stepped);
/// The four stamps, for debugging.
std::string report_stamps(const DigReply& reply);

}  // namespace ntp::tools
