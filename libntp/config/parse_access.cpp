// SPDX-License-Identifier: BSD-2-Clause
#include <array>

#include "libntp/config/directives.h"
#include "libntp/config/text.h"

namespace ntp::config {
namespace {

struct FlagWord {
  Keyword keyword;
  std::uint32_t flag;
};

constexpr auto kFlagWords =
    std::to_array<FlagWord>({{Keyword::Flake, restrict_flag::kFlake},
                             {Keyword::Ignore, restrict_flag::kIgnore},
                             {Keyword::Kod, restrict_flag::kKod},
                             {Keyword::Limited, restrict_flag::kLimited},
                             {Keyword::MsSntp, restrict_flag::kMsSntp},
                             {Keyword::NoModify, restrict_flag::kNoModify},
                             {Keyword::NoMruList, restrict_flag::kNoMruList},
                             {Keyword::NoQuery, restrict_flag::kNoQuery},
                             {Keyword::NoServe, restrict_flag::kNoServe},
                             {Keyword::NoTrust, restrict_flag::kNoTrust},
                             {Keyword::Version, restrict_flag::kVersion}});

/// Takes one flag; false if the next word is none.
bool read_flag(Line& line, RestrictSettings& entry) {
  const Token& token = line.peek();
  if (token.is(Keyword::NtpPort)) {
    entry.ntp_port = true;
  } else if (token.is(Keyword::NoPeer) || token.is(Keyword::NoTrap)) {
    const std::string_view why = token.is(Keyword::NoPeer) ? "symmetric peers" : "traps";
    line.report().warning(line.here(),
                          "restrict " + token.text + " ignored: there are no " + std::string(why));
  } else {
    bool known = false;
    for (const auto& word : kFlagWords) {
      if (!token.is(word.keyword)) continue;
      entry.flags |= word.flag;
      known = true;
    }
    if (!known) return false;
  }
  line.take();
  return true;
}

/// The prefix length behind a slash. NTPsec: a bad one, and 0, leave the entry of one host.
void split_prefix(RestrictSettings& entry, Report& report) {
  const auto slash = entry.host.rfind('/');
  if (slash == std::string::npos) return;
  const std::string suffix = entry.host.substr(slash + 1);
  entry.host.resize(slash);
  const long width = entry.host.find(':') == std::string::npos ? 32 : 128;
  const auto length = parse_leading_integer(suffix);
  if (!length || *length < 1 || *length > width) {
    report.warning(entry.where,
                   "prefix length " + quote(suffix) + " is not 1 to " + std::to_string(width) +
                       ": the entry is for the host " + quote(entry.host) + " alone" +
                       (length && *length == 0 ? "; for all addresses write 'default'" : ""));
    return;
  }
  entry.prefix_length = static_cast<int>(*length);
}

/// False if the mask makes the line void, with a report.
bool apply_mask(RestrictSettings& entry, const std::string& text, Report& report) {
  if (entry.prefix_length) {
    report.warning(entry.where, "the mask is ignored beside a prefix length");
    return true;
  }
  const auto mask = parse_numeric_host(text, Family::Any);
  if (!mask) {
    report.error(entry.where, "mask " + quote(text) + " unusable (the line is ignored)");
    return false;
  }
  const auto address = parse_numeric_host(entry.host, Family::Any);
  if (address && address->family() != mask->family()) {
    // NTPsec: the mask of the other family reads as zero, so that the default entry is meant.
    report.warning(entry.where, "mask " + quote(text) + " is of another family than " +
                                    quote(entry.host) + ": the line changes the default entry");
    entry.subject = RestrictSettings::Subject::Default;
    entry.family = address->family();
    entry.host.clear();
    return true;
  }
  entry.mask = *mask;
  return true;
}

/// False, with a report, for an address of a family other than that of -4 or -6.
bool check_family(const RestrictSettings& entry, Report& report) {
  const auto address = parse_numeric_host(entry.host, Family::Any);
  if (!address || entry.family == Family::Any || address->family() == entry.family) return true;
  report.error(entry.where, "address " + quote(entry.host) + " is not of the family of " +
                                (entry.family == Family::V4 ? "-4" : "-6") +
                                " and unusable (the line is ignored)");
  return false;
}

void check_flags(const RestrictSettings& entry, Report& report) {
  if ((entry.flags & restrict_flag::kKod) && !(entry.flags & restrict_flag::kLimited)) {
    report.warning(entry.where, "KOD does nothing without LIMITED: add 'limited'");
  }
}

/// What is restricted, and the mask if there is one. False if the line is void.
bool read_subject(Line& line, RestrictSettings& entry, std::string& mask) {
  using Subject = RestrictSettings::Subject;
  if (line.accept(Keyword::Source)) {
    entry.subject = Subject::Source;
    return true;
  }
  if (line.accept(Keyword::Ipv4Flag)) {
    entry.family = Family::V4;
  } else if (line.accept(Keyword::Ipv6Flag)) {
    entry.family = Family::V6;
  }
  if (line.accept(Keyword::Default)) {
    entry.subject = Subject::Default;
    return true;
  }
  if (line.peek().kind != TokenKind::String) {
    line.reject(entry.family == Family::Any
                    ? "'default', 'source', or an address or name (quoted if it is a keyword or "
                      "looks like a number)"
                    : "'default', or an address or name");
    return false;
  }
  entry.host = line.take().text;
  // NTPsec: no mask after -4 and -6.
  if (entry.family != Family::Any || !line.accept(Keyword::Mask)) return true;
  const auto text = line.string();
  if (!text) return false;
  mask = *text;
  return true;
}

}  // namespace

bool parse_restrict(Keyword directive, Line& line, Draft& draft) {
  RestrictSettings entry;
  entry.where = line.start();
  entry.remove = directive == Keyword::Unrestrict;
  std::string mask;
  if (!read_subject(line, entry, mask)) return false;
  line.expect(entry.subject == RestrictSettings::Subject::Address && mask.empty()
                  ? "'mask' or a restriction flag"
                  : "a restriction flag");
  while (read_flag(line, entry)) {
  }
  check_flags(entry, line.report());
  if (entry.subject == RestrictSettings::Subject::Address) {
    split_prefix(entry, line.report());
    if (!check_family(entry, line.report())) return true;
    if (!mask.empty() && !apply_mask(entry, mask, line.report())) return true;
  }
  const Location where = entry.where;
  Draft::append(draft.settings.restrictions, std::move(entry), where, line.report(),
                kMaxRestrictions);
  return true;
}

}  // namespace ntp::config
