// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/nts/cookie_store.h"

#include <utility>

#include "libntp/crypto/secret.h"

namespace ntp::ke {
namespace {

constexpr unsigned kReadableByOthers = 0044;

void wipe(std::string& text) {
  crypto::wipe({reinterpret_cast<std::uint8_t*>(text.data()), text.size()});
}

std::string count_of(const nts::CookieKeys& keys) {
  return std::to_string(keys.keys().size()) + " keys";
}

}  // namespace

CookieStore::CookieStore(std::string path, Clock& clock, Random& random, FileStore& files, Log& log)
    : path_(std::move(path)), clock_(clock), random_(random), files_(files), log_(log) {}

CookieStore::Found CookieStore::read(std::optional<nts::CookieKeys>& found, std::string& reason) {
  const auto status = files_.status(path_);
  if (status && !status->exists) return Found::Nothing;
  auto text = files_.load(path_);
  if (!text) {
    reason = text.error().message;
    return Found::Unreadable;
  }
  auto keys = nts::CookieKeys::parse(*text);
  wipe(*text);
  if (!keys) {
    reason = path_ + ": " + keys.error().message;
    return Found::Nonsense;
  }
  found = std::move(*keys);
  return Found::Keys;
}

Result<void> CookieStore::load() {
  std::string reason;
  const Found found = read(keys_, reason);
  if (found == Found::Unreadable) return fail("can't read cookie file " + reason);
  if (found == Found::Keys) {
    in_file_ = keys_;
    tell_read();
    warn_of_readers();
    if (keys_->rotate(clock_.wall(), random_)) write();
    return {};
  }
  if (found == Found::Nonsense) {
    log_.error("NTS: can't use cookie file " + reason + ": making new keys");
  }
  keys_ = nts::CookieKeys::generate(clock_.wall(), random_);
  write();
  return {};
}

bool CookieStore::refresh() {
  std::optional<nts::CookieKeys> found;
  std::string reason;
  bool changed = false;
  switch (read(found, reason)) {
    case Found::Keys:
      // What could not be written is not undone by what was there before.
      if (found == in_file_) break;
      keys_ = in_file_ = found;
      fed_ = changed = true;
      tell_read();
      warn_of_readers();
      break;
    case Found::Nothing:
      in_file_.reset();
      break;
    case Found::Nonsense:
    case Found::Unreadable:
      log_.error("NTS: can't use cookie file " + reason + ": the keys in use stay");
      break;
  }
  const WallTime due = clock_.wall() - (fed_ ? kPatience : Duration::zero());
  if (keys_->rotate(due, random_)) {
    changed = true;
    fed_ = false;
  }
  // A file that makes no sense is left for its owner to see, until there is a new key.
  if (keys_ != in_file_ && (changed || found || !in_file_)) write();
  return changed;
}

void CookieStore::write() {
  std::string text = keys_->to_text();
  const auto saved = files_.save_secret(path_, text);
  wipe(text);
  if (saved) {
    in_file_ = keys_;
    complained_ = false;
    log_.info("NTS: Wrote new cookie file, " + count_of(*keys_));
  } else if (!std::exchange(complained_, true)) {
    log_.error("NTS: Trouble writing cookie file: " + saved.error().message +
               ": cookies will be of no use after a restart");
  }
}

void CookieStore::warn_of_readers() {
  const auto status = files_.status(path_);
  if (status && (status->mode & kReadableByOthers) != 0) {
    log_.warning("NTS: cookie file " + path_ +
                 " can be read by others than its owner: make its mode 0600");
  }
}

void CookieStore::tell_read() const { log_.info("NTS: Read cookie file, " + count_of(*keys_)); }

}  // namespace ntp::ke
