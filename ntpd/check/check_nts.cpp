// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/check/judge.h"

namespace ntp::check {
namespace {

using config::Location;

const std::string& or_default(const std::string& path, const std::string& fallback) {
  return path.empty() ? fallback : path;
}

/// The first place that is known.
const Location& either(const Location& a, const Location& b) { return a.line != 0 ? a : b; }

void check_server(Judge& judge) {
  const config::NtsSettings& nts = judge.settings.nts;
  const std::string certificate =
      or_default(nts.certificate, config::default_path::kNtsCertificate);
  const std::string key = or_default(nts.key, config::default_path::kNtsKey);
  const std::string cookie = or_default(nts.cookie, config::default_path::kNtsCookie);
  // These are read by the user of -u.
  plan_read(judge, "NTS certificate", certificate, either(nts.certificate_at, nts.enable_at),
            judge.user, Form::File);
  const Location& key_at = either(nts.key_at, nts.enable_at);
  if (plan_read(judge, "NTS private key", key, key_at, judge.user, Form::File)) {
    check_secret(judge, "NTS private key", key, key_at);
  }
  const Location& cookie_at = either(nts.cookie_at, nts.enable_at);
  if (plan_write(judge, "NTS cookie keys", cookie, cookie_at, judge.user)) {
    check_secret(judge, "file of NTS cookie keys", cookie, cookie_at);
  }
}

}  // namespace

void check_nts(Judge& judge) {
  const config::NtsSettings& nts = judge.settings.nts;
  if (nts.enable) check_server(judge);
  if (!nts.ca.empty()) {
    plan_read(judge, "certificate authorities", nts.ca, nts.ca_at, judge.user,
              Form::FileOrDirectory);
  }
  for (const auto& source : judge.settings.sources) {
    if (source.nts && !source.nts_ca.empty()) {
      plan_read(judge, "certificate authorities", source.nts_ca, source.where, judge.user,
                Form::FileOrDirectory);
    }
    if (source.nts && source.nts_no_validation) {
      judge.find(Severity::Warning, "nts-unverified", source.where,
                 "'noval' takes any certificate, so that NTS proves nothing",
                 "leave 'noval' out, or name the authority by 'ca'");
    }
    if (source.nts && source.key != 0) {
      judge.find(Severity::Warning, "no-effect", source.where, "'key' has no effect beside 'nts'",
                 "leave one of them out");
    }
  }
}

}  // namespace ntp::check
