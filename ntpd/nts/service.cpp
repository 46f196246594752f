// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/nts/service.h"

#include <cstdio>
#include <utility>

#include "libntp/crypto/aead.h"

namespace ntp::ke {
namespace {

constexpr Duration kDay = std::chrono::hours(24);
constexpr Duration kWarnBefore = 14 * kDay;
constexpr unsigned kReadableByAll = 0004;

std::string cookie_file(const config::NtsSettings& settings) {
  return settings.cookie.empty() ? config::default_path::kNtsCookie : settings.cookie;
}

/// `2026-11-23`.
std::string date_of(WallTime when) {
  const std::chrono::year_month_day date(std::chrono::floor<std::chrono::days>(
      std::chrono::sys_time<Duration>(when.time_since_epoch())));
  char text[40];
  std::snprintf(text, sizeof text, "%04d-%02u-%02u", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
  return text;
}

}  // namespace

Service::Service(const config::Settings& settings, const Environment& environment)
    : environment_(environment), settings_(settings.nts), announced_port_(settings.extra_port) {}

Result<std::unique_ptr<Service>> Service::open(const config::Settings& settings,
                                               const ServerOptions& options,
                                               const Environment& environment) {
  if (auto works = crypto::known_answer_test(); !works) return fail(works.error().message);
  std::unique_ptr<Service> service(new Service(settings, environment));
  auto server = Server::open(options, environment.log);
  if (!server) return fail(server.error().message);
  service->server_ = std::move(*server);
  auto certificate = load_certificate(service->settings_, environment.files);
  if (!certificate) return fail(certificate.error().message);
  service->certificate_ = std::move(*certificate);
  service->tell_loaded();
  return service;
}

Result<void> Service::start(OnKeys on_keys, Server::Report report) {
  cookies_.emplace(cookie_file(settings_), environment_.clock, environment_.random,
                   environment_.files, environment_.log);
  if (auto loaded = cookies_->load(); !loaded) return loaded;
  on_keys_ = std::move(on_keys);
  on_keys_(cookies_->keys());
  // With other rights than at first: said now, and not when the next certificate is due.
  if (auto readable = fingerprint_files(settings_, environment_.files); !readable) {
    environment_.log.warning("NTSs: " + readable.error().message +
                             ": a renewed certificate will be used after a restart only");
    refused_ = readable.error().message;
  }
  return server_->start(certificate_.context, cookies_->keys(), negotiation(), environment_.random,
                        std::move(report));
}

nts::KeServerOptions Service::negotiation() const {
  nts::KeServerOptions options;
  for (const crypto::AeadTraits& aead : crypto::kAeads) {
    if (crypto::aead_available(aead.id)) options.aeads.push_back(aead.id);
  }
  options.port = announced_port_;
  return options;
}

void Service::tell_loaded() {
  Log& log = environment_.log;
  const std::string key = key_file(settings_);
  log.notice("NTSs: loaded certificate (chain) from " + certificate_file(settings_) +
             ", valid until " + date_of(certificate_.expires));
  log.notice("NTSs: loaded private key from " + key);
  const auto status = environment_.files.status(key);
  if (status && (status->mode & kReadableByAll) != 0) {
    log.warning("NTSs: private key " + key + " can be read by everybody: take that right away");
  }
  refused_.clear();
  warned_.reset();
  warn_of_expiry();
}

void Service::warn_of_expiry() {
  const WallTime now = environment_.clock.wall();
  if (now + kWarnBefore < certificate_.expires) return;
  if (warned_ && now - *warned_ < kDay) return;
  warned_ = now;
  const bool expired = certificate_.expires <= now;
  environment_.log.write(expired ? LogLevel::Error : LogLevel::Warning,
                         "NTSs: certificate " + certificate_file(settings_) +
                             (expired ? " has expired on " : " will expire on ") +
                             date_of(certificate_.expires));
}

void Service::refresh() {
  refresh_certificate();
  refresh_keys();
}

void Service::refresh_certificate() {
  const auto fingerprint = fingerprint_files(settings_, environment_.files);
  if (fingerprint && *fingerprint == certificate_.fingerprint) {
    refused_.clear();
    warn_of_expiry();
    return;
  }
  auto certificate = fingerprint ? load_certificate(settings_, environment_.files)
                                 : Result<Certificate>(fail(fingerprint.error().message));
  if (certificate) {
    certificate_ = std::move(*certificate);
    server_->set_context(certificate_.context);
    tell_loaded();
    return;
  }
  // Once for each trouble, and not each hour.
  if (refused_ != certificate.error().message) {
    refused_ = certificate.error().message;
    environment_.log.error("NTSs: " + refused_ + ": the certificate in use stays");
  }
  warn_of_expiry();
}

void Service::refresh_keys() {
  if (!cookies_->refresh()) return;
  server_->set_keys(cookies_->keys());
  on_keys_(cookies_->keys());
}

void Service::reconfigure(const config::Settings& settings) {
  const config::NtsSettings before = std::exchange(settings_, settings.nts);
  auto certificate = load_certificate(settings_, environment_.files);
  if (!certificate) {
    environment_.log.error("NTSs: " + certificate.error().message +
                           ": the certificate in use stays");
    settings_ = before;
    settings_.cookie = settings.nts.cookie;
  } else {
    certificate_ = std::move(*certificate);
    server_->set_context(certificate_.context);
    tell_loaded();
  }
  if (std::exchange(announced_port_, settings.extra_port) != settings.extra_port) {
    server_->set_negotiation(negotiation());
  }
  if (cookie_file(settings_) == cookies_->path()) return;
  CookieStore other(cookie_file(settings_), environment_.clock, environment_.random,
                    environment_.files, environment_.log);
  if (auto loaded = other.load(); !loaded) {
    environment_.log.error("NTS: " + loaded.error().message + ": the keys in use stay");
    settings_.cookie = cookies_->path();
    return;
  }
  cookies_.emplace(std::move(other));
  server_->set_keys(cookies_->keys());
  on_keys_(cookies_->keys());
}

}  // namespace ntp::ke
