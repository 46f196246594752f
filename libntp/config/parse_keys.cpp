// SPDX-License-Identifier: BSD-2-Clause
#include "libntp/config/directives.h"
#include "libntp/config/text.h"

namespace ntp::config {
namespace {

constexpr std::int32_t kMaxKey = 65535;
constexpr std::string_view kKeysExpected = "a key number or a range ( FIRST ... LAST )";

struct KeyItem {
  std::int32_t first = 0;
  std::int32_t last = 0;
  Location where;
};

/// One number or range. False if it is neither, with a report.
bool read_key_item(Line& line, KeyItem& item) {
  item.where = line.here();
  if (!line.peek().is_punctuation('(')) {
    const auto number = line.integer();
    if (!number) return false;
    item.first = item.last = *number;
    return true;
  }
  line.take();
  if (line.peek().kind != TokenKind::Integer) {
    line.reject("FIRST ... LAST ), with blanks around the dots");
    return false;
  }
  const std::int32_t first = line.take().integer;
  if (!line.accept(Keyword::Ellipsis)) {
    line.reject("'...' with blanks around it");
    return false;
  }
  const auto last = line.integer();
  if (!last) return false;
  if (!line.peek().is_punctuation(')')) {
    line.reject("')'");
    return false;
  }
  line.take();
  item.first = first;
  item.last = *last;
  return true;
}

void trust(const KeyItem& item, Draft& draft, Report& report) {
  if (item.first < 1 || item.last > kMaxKey || item.first > item.last) {
    report.warning(item.where,
                   "Ignoring invalid trustedkey " + std::to_string(item.first) +
                       (item.first == item.last ? "" : " ... " + std::to_string(item.last)) +
                       ", min 1 max 65535");
    return;
  }
  Draft::append(
      draft.settings.keys.trusted,
      {static_cast<std::uint16_t>(item.first), static_cast<std::uint16_t>(item.last), item.where},
      item.where, report, kMaxKey);
}

std::string* nts_string(Keyword item, NtsSettings& nts) {
  switch (item) {
    case Keyword::Aead:
      return &nts.aead;
    case Keyword::Ca:
      return &nts.ca;
    case Keyword::Cert:
      return &nts.certificate;
    case Keyword::Cookie:
      return &nts.cookie;
    case Keyword::Key:
      return &nts.key;
    case Keyword::MaxTls:
      return &nts.max_tls;
    case Keyword::MinTls:
      return &nts.min_tls;
    case Keyword::TlsCipherSuites:
      return &nts.cipher_suites;
    case Keyword::TlsEcdhCurves:
      return &nts.ecdh_curves;
    default:
      return nullptr;
  }
}

/// Where to keep the place of an item that names a file; null for the others.
Location* nts_location(Keyword item, NtsSettings& nts) {
  switch (item) {
    case Keyword::Ca:
      return &nts.ca_at;
    case Keyword::Cert:
      return &nts.certificate_at;
    case Keyword::Cookie:
      return &nts.cookie_at;
    case Keyword::Key:
      return &nts.key_at;
    default:
      return nullptr;
  }
}

/// What is wrong with the value of an `nts` item; empty if nothing is.
std::string nts_complaint(Keyword item, const std::string& value) {
  if (item == Keyword::Aead && !is_aead(value)) {
    return "unknown AEAD " + quote(value) +
           ", expected AES_SIV_CMAC_256, _384, _512 or AES_128_GCM_SIV (the item is ignored)";
  }
  if ((item == Keyword::MinTls || item == Keyword::MaxTls) && value != "TLS1.3") {
    return "unknown TLS version " + quote(value) + ", expected TLS1.3";
  }
  return {};
}

}  // namespace

bool parse_keys(Keyword directive, Line& line, Draft& draft) {
  auto path = line.string();
  if (!path) return false;
  KeySettings& keys = draft.settings.keys;
  (directive == Keyword::Keys ? keys.file : keys.signd_socket) = *std::move(path);
  if (directive == Keyword::Keys) keys.file_at = line.start();
  return true;
}

bool parse_trustedkey(Keyword, Line& line, Draft& draft) {
  std::vector<KeyItem> items;
  bool more = true;
  while (more) {
    KeyItem item;
    if (!read_key_item(line, item)) return false;
    // A line can't name more keys than there are.
    if (items.size() < static_cast<std::size_t>(kMaxKey)) items.push_back(item);
    more = line.peek().kind == TokenKind::Integer || line.peek().is_punctuation('(');
  }
  line.expect(kKeysExpected);
  for (const auto& item : items) trust(item, draft, line.report());
  return true;
}

bool parse_controlkey(Keyword directive, Line& line, Draft& draft) {
  const auto key = line.integer();
  if (!key) return false;
  if (directive == Keyword::RequestKey) {
    line.report().warning(line.start(), "requestkey is a no-op because ntpdc has been removed");
  } else {
    draft.settings.keys.control_key = *key;
    draft.settings.keys.control_key_at = line.start();
  }
  return true;
}

bool parse_nts(Keyword, Line& line, Draft& draft) {
  NtsSettings nts = draft.settings.nts;
  std::uint16_t extra_port = draft.settings.extra_port;
  const auto matches = [&](const Token& token) {
    return token.kind == TokenKind::Keyword &&
           (nts_string(token.keyword, nts) != nullptr ||
            is_any(token, Keyword::Enable, Keyword::Disable, Keyword::Port, Keyword::Pool,
                   Keyword::TlsCipherServerPreference));
  };
  const auto reads = [&](const Token& item) {
    if (std::string* target = nts_string(item.keyword, nts)) {
      const Location where = line.here();
      auto value = line.string();
      if (!value) return false;
      const std::string complaint = nts_complaint(item.keyword, *value);
      if (!complaint.empty()) line.report().error(where, complaint);
      if (complaint.empty() || !item.is(Keyword::Aead)) *target = *std::move(value);
      if (Location* at = nts_location(item.keyword, nts)) *at = where;
      return true;
    }
    switch (item.keyword) {
      case Keyword::Port: {
        const auto port = line.number();
        if (port) extra_port = to_port(*port, line);
        return port.has_value();
      }
      case Keyword::Pool:
        // NTPsec: a word of the grammar that nothing can follow.
        line.refuse("'nts pool' has no use, leave it out");
        return false;
      case Keyword::TlsCipherServerPreference:
        nts.server_preference = true;
        return true;
      default:
        nts.enable = item.is(Keyword::Enable);
        nts.enable_at = line.previous();
        return true;
    }
  };
  if (!read_items(line,
                  "enable, disable, cert, key, cookie, ca, aead, mintls, maxtls, tlsciphersuites, "
                  "tlsecdhcurves, tlscipherserverpreference or port",
                  matches, reads)) {
    return false;
  }
  draft.settings.nts = std::move(nts);
  draft.settings.extra_port = extra_port;
  return true;
}

}  // namespace ntp::config
