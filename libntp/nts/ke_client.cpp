// SPDX-License-Identifier: BSD-2-Clause
#include "libntp/nts/ke_client.h"

#include <algorithm>
#include <cassert>
#include <string_view>
#include <utility>

namespace ntp::nts {
namespace {

constexpr std::size_t kMaxServerName = 255;

/// NTPsec and chrony send the AEAD record critical or not; servers take both.
std::vector<std::uint8_t> make_request(const std::vector<crypto::AeadId>& offer) {
  std::vector<std::uint8_t> list(2 * offer.size());
  ByteWriter numbers(list);
  bool gcm_siv = false;
  for (const crypto::AeadId id : offer) {
    numbers.u16(static_cast<std::uint16_t>(id));
    gcm_siv = gcm_siv || id == crypto::AeadId::Aes128GcmSiv;
  }
  std::vector<std::uint8_t> request(18 + list.size());
  ByteWriter out(request);
  write_record(out, Critical::Yes, RecordType::NextProtocol, kProtocolNtpv4);
  write_record(out, Critical::Yes, RecordType::AeadAlgorithm, list);
  if (gcm_siv) write_record(out, Critical::No, RecordType::CompliantGcmSiv);
  write_record(out, Critical::Yes, RecordType::EndOfMessage);
  assert(out.ok());
  request.resize(out.size());
  return request;
}

std::string error_text(ByteView body) {
  if (body.size() != 2) return "the server sent an error without a code";
  const std::uint16_t code = ByteReader(body).u16();
  std::string text = "the server sent error " + std::to_string(code);
  switch (static_cast<KeError>(code)) {
    case KeError::UnrecognizedCriticalRecord:
      return text + ", unrecognized critical record";
    case KeError::BadRequest:
      return text + ", bad request";
    case KeError::InternalServerError:
      return text + ", internal server error";
  }
  return text;
}

}  // namespace

KeClient::KeClient(std::vector<crypto::AeadId> offer)
    : offer_(std::move(offer)), request_(make_request(offer_)) {}

KeClient::State KeClient::fail(std::string reason) {
  if (state_ == State::Failed) return state_;
  state_ = State::Failed;
  error_ = std::move(reason);
  agreement_ = {};
  pending_.clear();
  return state_;
}

KeClient::State KeClient::feed(ByteView data) {
  if (state_ == State::Failed || data.empty()) return state_;
  if (state_ == State::Done) return fail("data behind the end of message");
  const bool too_long = data.size() > kMaxReply - received_;
  if (too_long) data = data.first(kMaxReply - received_);
  received_ += data.size();
  pending_.insert(pending_.end(), data.begin(), data.end());
  RecordReader reader(pending_);
  while (state_ == State::Reading) {
    const auto record = reader.next();
    if (!record) break;
    take(*record);
  }
  if (state_ == State::Done && (reader.left() != 0 || too_long)) {
    return fail("data behind the end of message");
  }
  if (state_ == State::Reading && too_long) {
    return fail("the reply is longer than " + std::to_string(kMaxReply) + " octets");
  }
  if (state_ == State::Reading) {
    pending_.erase(pending_.begin(),
                   pending_.begin() + static_cast<std::ptrdiff_t>(reader.consumed()));
  } else {
    pending_.clear();
  }
  return state_;
}

KeClient::State KeClient::end() {
  if (state_ != State::Reading) return state_;
  if (received_ == 0) return fail("the server closed without a reply");
  return fail(pending_.empty() ? "the reply has no end of message"
                               : "the reply ends within a record");
}

void KeClient::take(const Record& record) {
  switch (record.type) {
    case RecordType::EndOfMessage:
      return finish(record);
    case RecordType::NextProtocol:
      return take_protocol(record);
    case RecordType::Error:
      fail(error_text(record.body));
      return;
    case RecordType::Warning:
      // None is defined, and one that is not known is an error.
      fail("the server sent a warning");
      return;
    case RecordType::AeadAlgorithm:
      return take_aead(record);
    case RecordType::NewCookie:
      return take_cookie(record);
    case RecordType::Server:
      return take_server(record);
    case RecordType::Port:
      return take_port(record);
    case RecordType::CompliantGcmSiv:
      if (!record.body.empty()) fail("record 1024 has a body");
      agreement_.compliant_gcm_siv = true;
      return;
  }
  if (record.critical) {
    fail("unknown critical record " + std::to_string(static_cast<int>(record.type)));
  }
}

void KeClient::take_protocol(const Record& record) {
  if (protocol_seen_) {
    fail("two next protocol records");
  } else if (!record.critical) {
    fail("the next protocol record is not critical");
  } else if (record.body.empty()) {
    fail("the server has no NTPv4");
  } else if (record.body.size() != 2 || ByteReader(record.body).u16() != kProtocolNtpv4) {
    fail("the server chose a protocol that was not offered");
  }
  protocol_seen_ = true;
}

void KeClient::take_aead(const Record& record) {
  if (aead_seen_) {
    fail("two AEAD records");
    return;
  }
  aead_seen_ = true;
  if (record.body.empty()) {
    fail("the server has none of the AEADs offered");
    return;
  }
  if (record.body.size() != 2) {
    fail("the AEAD record does not have one number");
    return;
  }
  const std::uint16_t number = ByteReader(record.body).u16();
  const auto id = static_cast<crypto::AeadId>(number);
  if (std::find(offer_.begin(), offer_.end(), id) == offer_.end()) {
    fail("the server chose AEAD " + std::to_string(number) + ", which was not offered");
    return;
  }
  agreement_.aead = id;
}

void KeClient::take_cookie(const Record& record) {
  ++agreement_.cookies_received;
  agreement_.cookies.add(record.body);
}

void KeClient::take_server(const Record& record) {
  if (!agreement_.server.empty()) {
    fail("two server records");
    return;
  }
  // It goes to the resolver and into the log: letters, digits and what names and addresses have.
  const auto is_usable = [](std::uint8_t c) { return c > 0x20 && c < 0x7f && c != '%'; };
  if (record.body.empty() || record.body.size() > kMaxServerName ||
      !std::all_of(record.body.begin(), record.body.end(), is_usable)) {
    fail("the server record is not a name or an address");
    return;
  }
  agreement_.server = as_text(record.body);
}

void KeClient::take_port(const Record& record) {
  if (port_seen_) {
    fail("two port records");
    return;
  }
  port_seen_ = true;
  agreement_.port = ByteReader(record.body).u16();
  if (record.body.size() != 2 || agreement_.port == 0) fail("the port record has no port");
}

void KeClient::finish(const Record& record) {
  if (!record.critical || !record.body.empty()) {
    fail("the end of message is malformed");
  } else if (!protocol_seen_) {
    fail("the reply has no next protocol record");
  } else if (!aead_seen_) {
    fail("the reply has no AEAD record");
  } else if (agreement_.cookies_received == 0) {
    fail("the reply has no cookies");
  } else if (agreement_.cookies.empty()) {
    fail("no cookie has a size that can be used");
  } else {
    state_ = State::Done;
  }
}

}  // namespace ntp::nts
