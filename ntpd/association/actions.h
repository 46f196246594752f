// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <boost/container/small_vector.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "libntp/core/address.h"
#include "libntp/core/seams.h"
#include "libntp/nts/key_establishment.h"
#include "libntp/wire/packet.h"
#include "ntpd/control/events.h"

namespace ntp::association {

inline constexpr std::uint16_t kNtpPort = 123;

/// What an association asks the daemon to do for it. It performs none of this itself: that is what
/// makes a day of network time testable in milliseconds.

/// Send a request to the remote address; the daemon calls sent() right before.
struct Send {
  /// With room in place for one that has no extension fields.
  boost::container::small_vector<std::uint8_t, wire::kHeaderSize + 24> packet;
  /// Leave from a new random port: there was none, or the last request from it got no answer.
  bool fresh_port = false;
};
/// Look `host` up and call resolved().
struct Resolve {
  std::string host;
  Family family = Family::Any;
};
/// Establish keys for NTS and call established(). One that is under way is given up.
struct Establish {
  nts::KeRequest request;
};
/// Mobilize a pool member at this address.
struct Spawn {
  Address address;
  std::uint16_t port = kNtpPort;
  /// Of a pool with `nts`: what the member begins with.
  std::shared_ptr<const nts::KeResult> keys;
};
/// What the selection sees has changed.
struct Reselect {};
/// The estimate of the source is a new one: for peerstats.
struct RecordEstimate {};
/// A reply came that passed, or the first one since the last request that did not: for rawstats.
struct RecordReply {
  wire::Header reply;
  WallTime sent;      // T1
  WallTime returned;  // T4
  unsigned lost = 0;  // requests without an answer before the answered one
  unsigned rejected = 0;
  unsigned flags = 0;  // the test it failed; 0: accepted
};
/// A line of a reference clock, for clockstats.
struct RecordClock {
  std::string text;
};
/// Count the event, and log it where the configuration says so.
struct Report {
  control::PeerEvent event;
  std::string detail;
};
/// For the log; lines with the same key, which is the text if it is empty, come at most once an
/// hour.
struct Note {
  LogLevel level;
  std::string text;
  std::string key = {};
};
/// Remove this association.
struct Demobilize {
  std::string reason;
};

using Action = std::variant<Send, Resolve, Establish, Spawn, Reselect, RecordEstimate, RecordReply,
                            RecordClock, Report, Note, Demobilize>;
/// A good reply makes three of them: its record, what it makes of the source, a selection.
using Actions = boost::container::small_vector<Action, 3>;

}  // namespace ntp::association
