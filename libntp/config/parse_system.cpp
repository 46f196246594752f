// SPDX-License-Identifier: BSD-2-Clause
#include <algorithm>

#include "libntp/config/directives.h"
#include "libntp/config/text.h"

namespace ntp::config {
namespace {

constexpr std::size_t kMaxPhones = 9;  // NTPsec's manual says 10

struct ResetWord {
  Keyword keyword;
  unsigned target;
};
constexpr ResetWord kResetWords[] = {
    {Keyword::AllPeers, reset_target::kAllPeers}, {Keyword::Auth, reset_target::kAuth},
    {Keyword::Ctl, reset_target::kControl},       {Keyword::Io, reset_target::kIo},
    {Keyword::Mem, reset_target::kMemory},        {Keyword::Sys, reset_target::kSystem},
    {Keyword::Timer, reset_target::kTimer}};

/// A name, or an address with an optional prefix length. NTPsec: a malformed length means exactly
/// that address, one out of range is brought into it.
void set_name_or_address(InterfaceRule& rule, const std::string& text) {
  const auto slash = text.find('/');
  const auto address = parse_numeric_host(text.substr(0, slash), Family::Any);
  if (!address) {
    rule.match = InterfaceRule::Match::Name;
    rule.name = text;
    return;
  }
  rule.match = InterfaceRule::Match::Address;
  const auto width = static_cast<long>(address->bytes().size()) * 8;
  auto length =
      slash == std::string::npos ? std::nullopt : parse_leading_integer(text.substr(slash + 1));
  if (length && *length < 0) length = std::nullopt;
  const long kept = std::min(length.value_or(width), width);
  rule.prefix = parse_prefix(address->to_string() + '/' + std::to_string(kept))
                    .value_or(Prefix{*address, static_cast<int>(width)});
}

}  // namespace

std::uint16_t to_port(double value, Line& line) {
  const int number = to_int(value);
  if (number < 0 || number > 0xffff) {
    line.report().warning(line.previous(), "port " + std::to_string(number) +
                                               " is outside 0 to 65535, taken as " +
                                               std::to_string(number & 0xffff));
  }
  return static_cast<std::uint16_t>(number & 0xffff);
}

bool parse_path(Keyword directive, Line& line, Draft& draft) {
  auto path = line.string();
  if (!path) return false;
  switch (directive) {
    case Keyword::LogFile:
      draft.settings.log_file = *std::move(path);
      draft.settings.log_file_at = line.start();
      break;
    case Keyword::LeapFile:
      draft.settings.leap_file = *std::move(path);
      draft.settings.leap_file_at = line.start();
      break;
    default:
      Draft::append(draft.settings.pid_files, {*std::move(path), line.start()}, line.start(),
                    line.report());
      break;
  }
  return true;
}

bool parse_number(Keyword directive, Line& line, Draft& draft) {
  if (directive == Keyword::NonVolatile || directive == Keyword::Tick) {
    const auto value = line.number();
    if (!value) return false;
    if (directive == Keyword::Tick) {
      line.report().warning(line.start(), "tick has no effect");
    } else {
      draft.settings.wander_threshold = *value;
    }
    return true;
  }
  const auto value = line.integer();
  if (!value) return false;
  switch (directive) {
    case Keyword::Dscp:
      if (*value < 0 || *value > 63) {
        line.report().warning(line.previous(), "dscp is outside 0 to 63");
      }
      draft.settings.dscp = *value;
      break;
    case Keyword::LeapSmearInterval:
      if (*value < 0) {
        line.report().error(line.previous(), "negative leap smear interval ignored");
      } else {
        draft.settings.leap_smear_interval = *value;
      }
      break;
    default:
      draft.settings.mdns_tries = *value;
      break;
  }
  return true;
}

bool parse_interface(Keyword, Line& line, Draft& draft) {
  InterfaceRule rule;
  rule.where = line.start();
  if (line.accept(Keyword::Listen)) {
    rule.action = InterfaceRule::Action::Listen;
  } else if (line.accept(Keyword::Ignore)) {
    rule.action = InterfaceRule::Action::Ignore;
  } else if (line.accept(Keyword::Drop)) {
    rule.action = InterfaceRule::Action::Drop;
  } else {
    line.reject("listen, ignore or drop");
    return false;
  }
  using Match = InterfaceRule::Match;
  if (line.accept(Keyword::All)) {
    rule.match = Match::All;
  } else if (line.accept(Keyword::Ipv4)) {
    rule.match = Match::V4;
  } else if (line.accept(Keyword::Ipv6)) {
    rule.match = Match::V6;
  } else if (line.accept(Keyword::Wildcard)) {
    rule.match = Match::Wildcard;
  } else if (line.peek().kind == TokenKind::String) {
    set_name_or_address(rule, line.take().text);
  } else {
    line.reject("all, ipv4, ipv6, wildcard, a name or an address");
    return false;
  }
  Draft::append(draft.settings.interfaces, rule, rule.where, line.report());
  return true;
}

bool parse_hwtimestamp(Keyword, Line& line, Draft& draft) {
  if (line.peek().kind != TokenKind::String) {
    line.reject("the name of an interface, or '*'");
    return false;
  }
  while (line.peek().kind == TokenKind::String) {
    Draft::append(draft.settings.hardware_stamps, line.take().text, line.start(), line.report());
  }
  draft.settings.hardware_stamps_at = line.start();
  return true;
}

bool parse_extra(Keyword, Line& line, Draft& draft) {
  std::uint16_t port = draft.settings.extra_port;
  const auto matches = [](const Token& token) { return token.is(Keyword::Port); };
  const auto reads = [&](const Token&) {
    const auto value = line.number();
    if (value) port = to_port(*value, line);
    return value.has_value();
  };
  if (!read_items(line, "'port'", matches, reads)) return false;
  draft.settings.extra_port = port;
  return true;
}

bool parse_setvar(Keyword, Line& line, Draft& draft) {
  auto name = line.string();
  if (!name) return false;
  if (!line.peek().is_punctuation('=')) {
    line.reject("a blank and '='");
    return false;
  }
  line.take();
  auto value = line.string();
  if (!value) return false;
  line.expect("'default' or the end of the line");
  const bool is_default = line.accept(Keyword::Default);
  Draft::append(draft.settings.variables, {*std::move(name), *std::move(value), is_default},
                line.start(), line.report());
  return true;
}

bool parse_phone(Keyword, Line& line, Draft& draft) {
  std::vector<std::string> phones = draft.settings.phones;
  if (line.peek().kind != TokenKind::String) {
    line.reject("a telephone number");
    return false;
  }
  while (line.peek().kind == TokenKind::String) {
    const Location where = line.here();
    Token phone = line.take();
    if (phones.size() < kMaxPhones) {
      phones.push_back(std::move(phone.text));
    } else {
      line.report().warning(
          where, "Number of phone entries exceeds 9. Ignoring phone " + quote(phone.text));
    }
  }
  draft.settings.phones = std::move(phones);
  return true;
}

bool parse_rlimit(Keyword, Line& line, Draft& draft) {
  ResourceLimits limits = draft.settings.limits;
  const auto matches = [](const Token& token) {
    return is_any(token, Keyword::MemLock, Keyword::StackSize, Keyword::FileNum);
  };
  const auto reads = [&](const Token& item) {
    const Location where = line.previous();
    const auto value = line.integer();
    if (!value) return false;
    if (item.is(Keyword::MemLock)) line.report().warning(where, "memlock ignored");
    if (item.is(Keyword::StackSize)) limits.stack_pages = *value;
    if (item.is(Keyword::FileNum)) limits.descriptors = *value;
    return true;
  };
  if (!read_items(line, "memlock, stacksize or filenum", matches, reads)) return false;
  draft.settings.limits = limits;
  return true;
}

bool parse_reset(Keyword, Line& line, Draft& draft) {
  unsigned targets = 0;
  const auto target_of = [](const Token& token) {
    for (const auto& word : kResetWords) {
      if (token.is(word.keyword)) return word.target;
    }
    return 0U;
  };
  const auto reads = [&](const Token& token) {
    targets |= target_of(token);
    return true;
  };
  if (!read_items(line, "allpeers, auth, ctl, io, mem, sys or timer", target_of, reads)) {
    return false;
  }
  draft.settings.reset_counters |= targets;
  return true;
}

}  // namespace ntp::config
