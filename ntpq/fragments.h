// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "libntp/core/bytes.h"
#include "libntp/wire/control.h"

namespace ntp::ntpq {

/// Puts the fragments of one reply together, whatever order they come in, and takes nothing that
/// does not belong: frames of other requests, repetitions, overlaps, and what lies behind the end.
class Fragments {
 public:
  /// What became of a datagram. All but the first three were skipped.
  enum class Verdict : std::uint8_t {
    /// A new part of the reply.
    Taken,
    /// The reply is whole.
    Complete,
    /// The server refuses: see error().
    Refused,
    /// Not a mode 6 reply to this request; may be a late one to an earlier.
    Foreign,
    OtherAssociation,
    /// Cut, not padded to four octets, or with less data than it says.
    Broken,
    Duplicate,
    Overlapping,
    Empty,
    BehindEnd,
  };

  /// Waits for the reply to a request with these fields in its header.
  explicit Fragments(const wire::ControlHeader& request) : request_(request) {}

  Verdict add(ByteView datagram);

  [[nodiscard]] bool any() const { return !parts_.empty(); }
  [[nodiscard]] std::size_t count() const { return parts_.size(); }
  /// The error code of a refusal.
  [[nodiscard]] std::uint8_t error() const { return error_; }
  /// The status word; only when complete.
  [[nodiscard]] std::uint16_t status() const { return status_; }
  /// All data in order; only when complete.
  [[nodiscard]] std::string data() const;

 private:
  [[nodiscard]] Verdict place(const wire::ControlFrame& frame);
  [[nodiscard]] bool whole() const;

  wire::ControlHeader request_;
  /// Data by their offset; they never overlap.
  std::map<std::size_t, std::string> parts_;
  /// Where the data end, once the last fragment is there.
  std::optional<std::size_t> end_;
  std::uint16_t status_ = 0;
  std::uint8_t error_ = 0;
};

/// For the log: `duplicate fragment`.
std::string_view to_text(Fragments::Verdict verdict);

}  // namespace ntp::ntpq
