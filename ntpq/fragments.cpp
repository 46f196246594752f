// SPDX-License-Identifier: BSD-2-Clause
#include "ntpq/fragments.h"

#include <iterator>

namespace ntp::ntpq {

Fragments::Verdict Fragments::add(ByteView datagram) {
  constexpr std::uint8_t kModeMask = 7;
  constexpr std::uint8_t kControlMode = 6;
  if (datagram.empty() || (datagram.front() & kModeMask) != kControlMode) return Verdict::Foreign;
  const auto frame = wire::decode_control(datagram);
  if (!frame) return Verdict::Broken;
  const wire::ControlHeader& header = frame->header;
  if (header.version < 1 || header.version > 4 || !header.response ||
      header.sequence != request_.sequence || header.opcode != request_.opcode) {
    return Verdict::Foreign;
  }
  if (header.association != request_.association) return Verdict::OtherAssociation;
  if (header.error) {
    error_ = static_cast<std::uint8_t>(header.status >> 8U);
    return Verdict::Refused;
  }
  if (datagram.size() % 4 != 0) return Verdict::Broken;
  return place(*frame);
}

Fragments::Verdict Fragments::place(const wire::ControlFrame& frame) {
  const std::size_t begin = frame.header.offset;
  const std::size_t end = begin + frame.data.size();
  const bool last = !frame.header.more;
  if (frame.data.empty() && !last) return Verdict::Empty;
  if (end_ && (last || end > *end_)) return end == *end_ ? Verdict::Duplicate : Verdict::BehindEnd;

  const auto next = parts_.lower_bound(begin);
  if (next != parts_.end()) {
    if (next->first == begin && next->second.size() == frame.data.size()) return Verdict::Duplicate;
    if (end > next->first || last) return Verdict::Overlapping;
  }
  if (next != parts_.begin()) {
    const auto& before = *std::prev(next);
    if (before.first + before.second.size() > begin) return Verdict::Overlapping;
  }
  if (!frame.data.empty()) parts_.emplace(begin, as_text(frame.data));
  if (last) {
    end_ = end;
    status_ = frame.header.status;
  }
  return whole() ? Verdict::Complete : Verdict::Taken;
}

bool Fragments::whole() const {
  if (!end_) return false;
  std::size_t covered = 0;
  for (const auto& [offset, data] : parts_) {
    if (offset != covered) return false;
    covered += data.size();
  }
  return covered == *end_;
}

std::string Fragments::data() const {
  std::string all;
  for (const auto& [offset, data] : parts_) all += data;
  return all;
}

std::string_view to_text(Fragments::Verdict verdict) {
  switch (verdict) {
    case Fragments::Verdict::Taken:
      return "fragment taken";
    case Fragments::Verdict::Complete:
      return "reply complete";
    case Fragments::Verdict::Refused:
      return "request refused";
    case Fragments::Verdict::Foreign:
      return "not a reply to this request";
    case Fragments::Verdict::OtherAssociation:
      return "reply for another association";
    case Fragments::Verdict::Broken:
      return "broken fragment";
    case Fragments::Verdict::Duplicate:
      return "duplicate fragment";
    case Fragments::Verdict::Overlapping:
      return "overlapping fragment";
    case Fragments::Verdict::Empty:
      return "empty fragment that is not the last";
    case Fragments::Verdict::BehindEnd:
      return "fragment behind the end";
  }
  return "";
}

}  // namespace ntp::ntpq
