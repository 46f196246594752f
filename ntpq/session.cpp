// SPDX-License-Identifier: BSD-2-Clause
#include "ntpq/session.h"

#include <utility>

#include "ntpq/text.h"

namespace ntp::ntpq {
namespace {

/// A server sends at most 32 fragments; as many again may be late or foreign packets.
constexpr int kMostPackets = 64;

/// Of a request's MAC.
constexpr std::size_t kAlignment = 4;
constexpr std::size_t kOldAlignment = 8;
constexpr unsigned kPermission = 1;

constexpr std::array<std::string_view, 8> kErrorNames = {
    "UNSPEC", "PERMISSION", "BADFMT", "BADOP", "BADASSOC", "UNKNOWNVAR", "BADVALUE", "RESTRICT"};

std::size_t padded(std::size_t size, std::size_t alignment) {
  return (size + alignment - 1) / alignment * alignment;
}

std::string hex_dump(ByteView data) {
  constexpr std::size_t kRow = 16;
  std::string text;
  for (std::size_t row = 0; row < data.size(); row += kRow) {
    const ByteView octets = data.subspan(row, std::min(kRow, data.size() - row));
    std::string printable;
    for (const std::uint8_t octet : octets) {
      text += to_hex(octet, 2) + " ";
      printable += octet >= 0x20 && octet < 0x7f ? static_cast<char>(octet) : '.';
    }
    text += std::string((kRow - octets.size()) * 3, ' ') + printable + "\n";
  }
  return text;
}

}  // namespace

std::string_view QueryError::code() const {
  constexpr std::array<std::string_view, 8> kRefusals = {
      "unspecified",     "permission",       "bad_format", "bad_operation",
      "bad_association", "unknown_variable", "bad_value",  "restricted"};
  switch (reason) {
    case Reason::NoHost:
      return "no_host";
    case Reason::TimedOut:
      return "timed_out";
    case Reason::Incomplete:
      return "incomplete";
    case Reason::SocketError:
      return "socket_error";
    case Reason::TooManyPackets:
      return "too_many_packets";
    case Reason::BadLength:
      return "bad_length";
    case Reason::RequestTooLong:
      return "request_too_long";
    case Reason::NoCredentials:
      return "no_credentials";
    case Reason::Interrupted:
      return "interrupted";
    case Reason::Refused:
      break;
  }
  return detail < kRefusals.size() ? kRefusals[detail] : kRefusals[0];
}

std::string QueryError::message() const {
  switch (reason) {
    case Reason::NoHost:
      return "***No host open\n\n";
    case Reason::TimedOut:
      return "***Request timed out\n\n";
    case Reason::Incomplete:
      return "***Response from server was incomplete\n\n";
    case Reason::SocketError:
      return "***Socket error; probably ntpd is not running\n\n";
    case Reason::TooManyPackets:
      return "***Buffer size exceeded for returned data\n\n";
    case Reason::BadLength:
      return "***Response length should have been a multiple of 4\n";
    case Reason::RequestTooLong:
      return "***Internal error! Data too large (" + std::to_string(detail) + ")\n";
    case Reason::NoCredentials:
      return "***No credentials\n";
    case Reason::Interrupted:
      return "\n";
    case Reason::Refused:
      break;
  }
  const std::string name =
      detail < kErrorNames.size() ? std::string(kErrorNames[detail]) : std::to_string(detail);
  return "***Server error code " + name + "\n";
}

Result<void> Session::open(const std::string& host, Family family) {
  auto opened = network_.open(host, family);
  if (!opened) return fail(opened.error());
  transport_ = std::move(opened).value();
  host_ = host;
  return {};
}

Result<Reply, QueryError> Session::query(wire::ControlOpcode opcode, std::uint16_t association,
                                         std::string_view data, Signing signing) {
  if (!is_open()) return fail(QueryError{Error::NoHost});
  if (data.size() > wire::kControlDataLimit) {
    return fail(QueryError{Error::RequestTooLong, static_cast<unsigned>(data.size())});
  }
  wire::ControlHeader request;
  request.leap = Leap::Unsynchronized;
  request.opcode = static_cast<std::uint8_t>(opcode);
  request.association = association;
  const bool sign = always_sign || signing == Signing::Required;
  const auto once = [&](std::size_t alignment) {
    request.sequence = ++sequence_;
    return attempt(request, data, sign ? alignment : 0);
  };
  auto reply = once(kAlignment);
  const bool silent = !reply && (reply.error().reason == Error::TimedOut ||
                                 reply.error().reason == Error::Incomplete);
  if (silent) reply = once(kAlignment);
  // NTPsec up to 1.2.2 looks for a MAC at multiples of 8 octets only, and overlooks others.
  const std::size_t signed_size = padded(wire::kControlHeaderSize + data.size(), kAlignment);
  const bool overlooked = !reply && reply.error().reason == Error::Refused &&
                          reply.error().detail == kPermission && signed_size % kOldAlignment != 0;
  if (sign && overlooked) {
    if (auto other = once(kOldAlignment)) return other;
  }
  if (!reply && reply.error().reason == Error::Refused) credentials_.forget();
  return reply;
}

Result<Reply, QueryError> Session::attempt(const wire::ControlHeader& request,
                                           std::string_view data, std::size_t alignment) {
  trace_(1, "request " + std::to_string(request.sequence) + ": opcode " +
                std::to_string(request.opcode) + ", association " +
                std::to_string(request.association) + ", data " + visible(data));
  auto datagram = wire::encode_control(request, as_bytes(data));
  if (alignment != 0) {
    datagram.resize(padded(datagram.size(), alignment));
    const auto mac = credentials_.sign(datagram);
    if (mac.empty()) return fail(QueryError{Error::NoCredentials});
    datagram.insert(datagram.end(), mac.begin(), mac.end());
  }
  trace_packet("sent", datagram);
  if (!loses() && transport_->send(datagram) != Transport::Outcome::Done) {
    return fail(QueryError{Error::SocketError});
  }
  return collect(request);
}

Result<Reply, QueryError> Session::collect(const wire::ControlHeader& request) {
  Fragments fragments(request);
  bool saw_broken = false;
  MonoTime deadline = network_.mono() + timeouts_.first;
  for (int packets = 0; packets < kMostPackets; ++packets) {
    const auto received = transport_->receive(buffer_, deadline);
    if (received.outcome == Transport::Outcome::Interrupted) {
      return fail(QueryError{Error::Interrupted});
    }
    if (received.outcome == Transport::Outcome::SocketError) {
      return fail(QueryError{Error::SocketError});
    }
    if (received.outcome == Transport::Outcome::TimedOut) {
      const bool partly = fragments.any() || saw_broken;
      return fail(QueryError{partly ? Error::Incomplete : Error::TimedOut});
    }
    const ByteView datagram = ByteView(buffer_).first(std::min(received.size, buffer_.size()));
    trace_packet("received", datagram);
    if (loses()) continue;
    const auto verdict = fragments.add(datagram);
    switch (verdict) {
      case Fragments::Verdict::Complete:
        look_for_mac(datagram);
        trace_(1, "reply complete in " + std::to_string(fragments.count()) + " fragments");
        last_status_ = fragments.status();
        return Reply{last_status_, fragments.data()};
      case Fragments::Verdict::Refused:
        return fail(QueryError{Error::Refused, fragments.error()});
      case Fragments::Verdict::Taken:
        look_for_mac(datagram);
        // Only progress gives more time: a stranger's packets do not keep the user waiting.
        deadline = network_.mono() + timeouts_.next;
        break;
      default:
        saw_broken = saw_broken || verdict == Fragments::Verdict::Broken;
        trace_(1, "packet skipped: " + std::string(to_text(verdict)));
    }
  }
  return fail(QueryError{Error::TooManyPackets});
}

bool Session::loses() { return loss_ > 0 && std::generate_canonical<double, 32>(dice_) < loss_; }

void Session::look_for_mac(ByteView datagram) {
  constexpr std::size_t kSmallestTrailer = 20;
  const auto frame = wire::decode_control(datagram);
  if (missed_mac_ || !frame || !credentials_.expect_macs()) return;
  const std::size_t wanted = datagram.size() - frame->rest.size() + kSmallestTrailer;
  if (datagram.size() >= wanted) return;
  missed_mac_ = true;
  on_missing_mac("AUTH - packet too short for MAC " + std::to_string(datagram.size()) + " < " +
                 std::to_string(wanted) + "\n");
}

void Session::trace_packet(std::string_view what, ByteView datagram) const {
  trace_(3, std::string(what) + " " + std::to_string(datagram.size()) + " octets");
  trace_(5, hex_dump(datagram));
}

}  // namespace ntp::ntpq
