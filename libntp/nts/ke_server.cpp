// SPDX-License-Identifier: BSD-2-Clause
#include "libntp/nts/ke_server.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <utility>

#include "libntp/nts/cookie_jar.h"

namespace ntp::nts {
namespace {

/// Room for everything that a reply can have.
constexpr std::size_t kLargestReply = 1024 + kMaxCookies * (kRecordHeader + kMaxOwnCookie);

}  // namespace

KeServer::State KeServer::feed(ByteView data) {
  if (state_ != State::Reading) return state_;
  const bool too_long = data.size() > kMaxRequest - received_;
  if (too_long) data = data.first(kMaxRequest - received_);
  received_ += data.size();
  pending_.insert(pending_.end(), data.begin(), data.end());
  RecordReader reader(pending_);
  while (state_ == State::Reading) {
    const auto record = reader.next();
    if (!record) break;
    take(*record);
  }
  if (state_ == State::Reading && too_long) {
    refuse(KeError::BadRequest,
           "the request is longer than " + std::to_string(kMaxRequest) + " octets");
  }
  if (state_ == State::Reading) {
    pending_.erase(pending_.begin(),
                   pending_.begin() + static_cast<std::ptrdiff_t>(reader.consumed()));
  } else {
    pending_ = {};
  }
  return state_;
}

KeServer::State KeServer::expire() {
  if (state_ == State::Reading) {
    refuse(KeError::BadRequest, received_ == 0 ? "there was no request" : "the request has no end");
  }
  return state_;
}

void KeServer::take(const Record& record) {
  switch (record.type) {
    case RecordType::EndOfMessage:
      if (!record.critical || !record.body.empty()) {
        refuse(KeError::BadRequest, "the end of message is malformed");
        return;
      }
      return finish();
    case RecordType::NextProtocol:
      return take_protocol(record);
    case RecordType::Error:
    case RecordType::Warning:
    case RecordType::NewCookie:
      refuse(KeError::BadRequest,
             "record " + std::to_string(static_cast<int>(record.type)) + " in a request");
      return;
    case RecordType::AeadAlgorithm:
      return take_aead(record);
    case RecordType::Server:
    case RecordType::Port:
      return;  // wishes
    case RecordType::CompliantGcmSiv:
      if (!record.body.empty()) refuse(KeError::BadRequest, "record 1024 has a body");
      compliant_gcm_siv_ = true;
      return;
  }
  if (record.critical) {
    refuse(KeError::UnrecognizedCriticalRecord,
           "unknown critical record " + std::to_string(static_cast<int>(record.type)));
  }
}

void KeServer::take_protocol(const Record& record) {
  if (protocol_seen_ || !record.critical || record.body.empty() || record.body.size() % 2 != 0) {
    refuse(KeError::BadRequest,
           protocol_seen_ ? "two next protocol records" : "the next protocol record is malformed");
    return;
  }
  protocol_seen_ = true;
  ByteReader in(record.body);
  while (in.remaining() != 0) ntpv4_ = in.u16() == kProtocolNtpv4 || ntpv4_;
}

void KeServer::take_aead(const Record& record) {
  if (aead_seen_ || record.body.empty() || record.body.size() % 2 != 0) {
    refuse(KeError::BadRequest, aead_seen_ ? "two AEAD records" : "the AEAD record is malformed");
    return;
  }
  aead_seen_ = true;
  ByteReader in(record.body);
  while (in.remaining() != 0) {
    const auto id = static_cast<crypto::AeadId>(in.u16());
    const auto& own = options_.aeads;
    const bool known = std::find(offered_.begin(), offered_.end(), id) != offered_.end();
    if (!known && std::find(own.begin(), own.end(), id) != own.end()) offered_.push_back(id);
  }
}

void KeServer::finish() {
  if (!protocol_seen_) {
    refuse(KeError::BadRequest, "the request has no next protocol record");
    return;
  }
  if (!ntpv4_) {
    answer_without_cookies(Outcome::NoCommonProtocol, "the client does not offer NTPv4");
    return;
  }
  if (!aead_seen_) {
    refuse(KeError::BadRequest, "the request has no AEAD record");
    return;
  }
  const auto chosen = std::find_if(offered_.begin(), offered_.end(), [this](crypto::AeadId id) {
    return id != crypto::AeadId::Aes128GcmSiv || compliant_gcm_siv_;
  });
  if (chosen == offered_.end()) {
    answer_without_cookies(Outcome::NoCommonAead, "the client offers no AEAD of ours");
    return;
  }
  aead_ = *chosen;
  state_ = State::Agreed;
}

KeServer::State KeServer::answer_without_cookies(Outcome outcome, std::string reason) {
  reply_.resize(3 * kRecordHeader + 2);
  ByteWriter out(reply_);
  if (outcome == Outcome::NoCommonProtocol) {
    write_record(out, Critical::Yes, RecordType::NextProtocol);
  } else {
    write_record(out, Critical::Yes, RecordType::NextProtocol, kProtocolNtpv4);
    write_record(out, Critical::No, RecordType::AeadAlgorithm);
  }
  write_record(out, Critical::Yes, RecordType::EndOfMessage);
  reply_.resize(out.size());
  outcome_ = outcome;
  reason_ = std::move(reason);
  state_ = State::Replied;
  return state_;
}

KeServer::State KeServer::grant(const SessionKeys& keys, CookieBox& cookies, Random& random) {
  assert(state_ == State::Agreed && keys.aead == aead_);
  reply_.resize(kLargestReply);
  ByteWriter out(reply_);
  write_record(out, Critical::Yes, RecordType::NextProtocol, kProtocolNtpv4);
  // Not critical, as NTPsec sends it: clients take both.
  write_record(out, Critical::No, RecordType::AeadAlgorithm, static_cast<std::uint16_t>(aead_));
  if (aead_ == crypto::AeadId::Aes128GcmSiv) {
    write_record(out, Critical::No, RecordType::CompliantGcmSiv);
  }
  if (!options_.server.empty()) {
    write_record(out, Critical::Yes, RecordType::Server, as_bytes(options_.server));
  }
  if (options_.port != 0) write_record(out, Critical::Yes, RecordType::Port, options_.port);
  for (std::size_t i = 0; i < kMaxCookies; ++i) {
    std::array<std::uint8_t, kMaxOwnCookie> cookie;
    const auto size = cookies.seal(keys, random, cookie);
    if (!size) return refuse("no cookie can be made");
    write_record(out, Critical::No, RecordType::NewCookie, ByteView(cookie).first(*size));
  }
  write_record(out, Critical::Yes, RecordType::EndOfMessage);
  if (!out.ok()) return refuse("the reply is too long");
  reply_.resize(out.size());
  outcome_ = Outcome::Granted;
  state_ = State::Replied;
  return state_;
}

KeServer::State KeServer::refuse(std::string reason) {
  refuse(KeError::InternalServerError, std::move(reason));
  return state_;
}

void KeServer::refuse(KeError error, std::string reason) {
  if (state_ == State::Replied) return;
  reply_.resize(2 * kRecordHeader + 2);
  ByteWriter out(reply_);
  write_record(out, Critical::Yes, RecordType::Error, static_cast<std::uint16_t>(error));
  write_record(out, Critical::Yes, RecordType::EndOfMessage);
  outcome_ = Outcome::Refused;
  reason_ = std::move(reason);
  state_ = State::Replied;
}

}  // namespace ntp::nts
