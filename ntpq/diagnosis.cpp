// SPDX-License-Identifier: BSD-2-Clause
#include "ntpq/diagnosis.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "ntpq/facts.h"
#include "ntpq/number.h"
#include "ntpq/status_text.h"
#include "ntpq/text.h"

namespace ntp::ntpq {
namespace {

// Bits of `flash`.
constexpr std::int64_t kBogus = 0x2;
constexpr std::int64_t kZeroOrigin = 0x4;
constexpr std::int64_t kDenied = 0x8;
constexpr std::int64_t kAuthentication = 0x10;
constexpr std::int64_t kUnsynchronized = 0x20;
constexpr std::int64_t kHeader = 0x40;
constexpr std::int64_t kPeerStratum = 0x200;
constexpr std::int64_t kPeerDistance = 0x400;
constexpr std::int64_t kPeerLoop = 0x800;
constexpr std::int64_t kPeerUnreachable = 0x1000;
constexpr std::int64_t kTooLate = 0x2000;

// Selections of the status word.
constexpr unsigned kFalseticker = 1;
constexpr unsigned kExcess = 2;
constexpr unsigned kOutlier = 3;
constexpr unsigned kBackup = 5;
constexpr unsigned kEventRate = 7;
constexpr unsigned kEventDenied = 8;

constexpr int kUnsynchronizedStratum = 16;
constexpr int kEmptyStage = 16000;          // ms: the dispersion of a sample that is not there
constexpr int kEnoughSamples = 4;           // with fewer, what is missing makes the distance
constexpr double kUsualMaxDistance = 1500;  // ms; NTPsec does not tell its own

/// By the state of a reference clock.
constexpr std::array<std::pair<std::string_view, std::string_view>, 7> kClockCauses = {{
    {"no_data", "the reference clock has given no time so far"},
    {"clock_no_reply", "the reference clock does not answer, or its device is not there"},
    {"clock_bad_format", "what the reference clock sends has not the form that the driver expects"},
    {"clock_fault", "the reference clock reports a fault, or its device fails"},
    {"clock_bad_signal", "the reference clock has no signal, or a bad one"},
    {"clock_bad_date", "the reference clock gives a date that can't be"},
    {"clock_bad_time", "the reference clock gives a time that can't be"},
}};

std::string seconds(double milliseconds) { return to_fixed(milliseconds / 1000, 3) + " s"; }

/// Collects what is wrong with one source, the deepest reason first.
class Examination {
 public:
  Examination(const SourceFacts& source, const SystemFacts& system)
      : selection_(selection_code(source.status)),
        event_(source.status & 0xfU),
        peer_(source.variables),
        system_(system.variables),
        is_clock_(source.is_clock()),
        clock_(source.clock ? &*source.clock : nullptr),
        flash_(peer_.integer("flash")),
        reach_(peer_.integer("reach")) {}

  SourceVerdict judge() {
    constexpr unsigned kFirstUsed = 4;
    SourceVerdict verdict;
    verdict.used = selection_ >= kFirstUsed && selection_ != kBackup;
    if (!verdict.used) {
      verdict.sound = examine();
      verdict.causes = std::move(causes_);
    }
    return verdict;
  }

 private:
  void add(std::string code, std::string text) {
    causes_.push_back({std::move(code), std::move(text)});
  }

  /// False if the source itself is at fault.
  bool examine() {
    if (peer_.text("refid") == "POOL") {
      examine_pool();
      return false;
    }
    if (is_denied()) return false;
    if (!has_address()) {
      examine_missing_address();
      return false;
    }
    if (reach_ == 0) {
      examine_silence();
      return false;
    }
    examine_tests();
    if (!causes_.empty()) return false;
    examine_choice();
    return true;
  }

  [[nodiscard]] bool has_address() const {
    const std::string address = peer_.text("srcadr");
    return !address.empty() && address != "0.0.0.0" && address != "::";
  }

  [[nodiscard]] bool uses_nts() const { return peer_.integer("ntscookies", -1) >= 0; }

  void add_dns_failure() {
    const std::string why = peer_.text("dnserror");
    const std::string name = peer_.text("srchost");
    add("dns", "the name " + (name.empty() ? std::string("of the server") : name) +
                   " is not resolved" + (why.empty() ? "" : ": " + why));
  }

  void add_nts_failure() {
    add("nts", "the key establishment of NTS fails: " + peer_.text("ntserror"));
  }

  void examine_pool() {
    if (peer_.has("dnserror")) add_dns_failure();
    if (peer_.has("ntserror")) add_nts_failure();
    if (causes_.empty()) add("pool", "a pool is not asked itself: the servers found by it are");
  }

  void examine_missing_address() {
    const std::string refid = peer_.text("refid");
    if (peer_.has("ntserror")) {
      add_nts_failure();
    } else if (uses_nts() || refid.starts_with("NTS")) {
      add("nts_pending", "the key establishment of NTS has not succeeded so far");
    } else {
      add_dns_failure();
    }
  }

  bool is_denied() {
    const std::string code = peer_.text("kisscode");
    const bool denied = (flash_ & kDenied) != 0 || (event_ == kEventDenied && reach_ == 0);
    if (!denied && code != "DENY" && code != "RSTR") return false;
    add("kiss", "the server refuses to serve this host, by a kiss-o'-death" +
                    (code.empty() ? std::string() : " " + code) + ": it is not asked again");
    return true;
  }

  void examine_silence() {
    if (is_clock_) {
      add_clock_state();
      return;
    }
    examine_rejected();
    if (!causes_.empty()) return;
    const std::int64_t sent = peer_.integer("sent", -1);
    if (const std::string why = peer_.text("senderror"); !why.empty()) {
      const bool refused = why.find("refused") != std::string::npos;
      add(refused ? "refused" : "no_route",
          refused ? "the host answers that nothing listens on its port (" + why + ")"
                  : "requests can't be delivered: " + why);
    } else if (peer_.has("ntserror")) {
      add_nts_failure();
    } else if (sent == 0) {
      add("pending", "not asked so far: the first request leaves in " +
                         times(peer_.integer("timer"), "second"));
    } else {
      add_no_reply(sent);
    }
  }

  void add_clock_state() {
    if (peer_.text("srchost").starts_with("LOCAL(") && system_.integer("peer") != 0) {
      add("backup", "the local clock gives time only while no other source is followed");
      return;
    }
    if (clock_ == nullptr) {
      add("no_data", "the reference clock gives no time");
      return;
    }
    const Facts facts(clock_->variables);
    const unsigned state = clock_state(clock_->status);
    const auto& [code, words] = kClockCauses[state < kClockCauses.size() ? state : 0];
    std::string text = std::string(words) + ": " + times(facts.integer("poll"), "poll") + ", " +
                       std::to_string(facts.integer("noreply")) + " without a reply, " +
                       std::to_string(facts.integer("badformat")) + " of a bad format, " +
                       std::to_string(facts.integer("baddata")) + " of bad data";
    if (const std::string timecode = facts.text("timecode"); !timecode.empty()) {
      text += "; it said last: " + timecode;
    }
    add(std::string(code), text);
  }

  /// Replies came, and all were rejected.
  void examine_rejected() {
    if ((flash_ & kAuthentication) != 0) add_bad_authentication();
    if (const std::int64_t dropped = peer_.integer("restricted"); dropped > 0) {
      add("restrict", "the daemon's own access list has dropped " + std::to_string(dropped) +
                          " of its replies: see the restrict lines of ntp.conf");
    }
    if (const std::string why = peer_.text("kisscode"); why == "RATE" || is_rate_limited()) {
      add("rate", "the server says that it is asked too often (kiss-o'-death RATE)");
    }
    if ((flash_ & (kUnsynchronized | kPeerStratum)) != 0 && peer_.integer("received", 1) > 0) {
      add_unsynchronized();
    }
    if ((flash_ & kHeader) != 0) {
      add("header", "its root distance is beyond all reason");
    }
    if ((flash_ & (kBogus | kZeroOrigin)) != 0) {
      add("bogus",
          "its replies are not answers to our requests: somebody forges them, or the "
          "server is broken");
    }
    if ((flash_ & kTooLate) != 0) add("delay", "its replies take longer than tos maxdist allows");
  }

  [[nodiscard]] bool is_rate_limited() const {
    return event_ == kEventRate && peer_.integer("selbroken") > 0;
  }

  void add_bad_authentication() {
    const std::string key = std::to_string(peer_.integer("keyid"));
    if (peer_.integer("sent", 1) == 0) {
      add("key", "key " + key +
                     " is not to be had: it is missing in the file of keys, or not in "
                     "trustedkey");
    } else if (key == "0") {
      add("key", "its replies carry a wrong code, or none where the access list wants one");
    } else {
      add("key", "its replies are not signed by key " + key + " with the same secret");
    }
  }

  void add_unsynchronized() {
    const std::int64_t stratum = peer_.integer("stratum", kUnsynchronizedStratum);
    if (stratum < kUnsynchronizedStratum && peer_.integer("leap", 3) != 3) {
      add("stratum",
          "its stratum " + std::to_string(stratum) + " is not within tos floor and ceiling");
    } else if (is_clock_) {
      add("unsynchronized", "the reference clock says that its time is not to be trusted (leap 3)");
    } else {
      add("unsynchronized",
          "the server says that it is not synchronized itself (leap 3, or "
          "stratum 16)");
    }
  }

  void add_no_reply(std::int64_t sent) {
    const std::int64_t key = peer_.integer("keyid");
    const bool answered_once = peer_.integer("received") > 0;
    const std::string front = answered_once ? "no more replies"
                              : sent > 0    ? "no reply to " + times(sent, "request")
                                            : "no reply";
    if (key != 0 && !answered_once) {
      add("key", front + " signed by key " + std::to_string(key) +
                     ": the server does not know that key or has another secret for it, or a "
                     "firewall drops the packets");
    } else {
      add("no_reply", front +
                          ": the host is down, a firewall drops the packets, or the server "
                          "does not serve this host");
    }
  }

  /// Reachable, and the tests of what it says.
  void examine_tests() {
    if (peer_.integer("noselect") != 0 || (flash_ & kPeerUnreachable) != 0) {
      add("noselect", "it is only watched: its line says noselect");
    }
    if ((flash_ & (kPeerStratum | kUnsynchronized)) != 0) add_unsynchronized();
    if ((flash_ & kHeader) != 0) add("header", "its root distance is beyond all reason");
    if ((flash_ & kPeerLoop) != 0) add("loop", "it follows this host itself");
    if ((flash_ & kPeerDistance) != 0) add_distance();
    if ((flash_ & kAuthentication) != 0) add_bad_authentication();
  }

  [[nodiscard]] int samples() const {
    const std::string stages = peer_.text("filtdisp");
    const auto words = split_words(stages);
    return static_cast<int>(std::count_if(words.begin(), words.end(), [](std::string_view word) {
      const auto value = parse_real(word);
      return value && *value < kEmptyStage;
    }));
  }

  void add_distance() {
    const double limit = system_.real("maxdist", kUsualMaxDistance);
    const double server = peer_.real("rootdelay") / 2 + peer_.real("rootdisp");
    const double here = peer_.real("delay") / 2 + peer_.real("dispersion") + peer_.real("jitter");
    const int count = samples();
    if (server < limit && count < kEnoughSamples) {
      add("few_samples", "it has given " + times(count, "sample") + " so far: it takes " +
                             std::to_string(kEnoughSamples) + " to judge it");
      return;
    }
    add("distance", "its root distance is over tos maxdist, " + seconds(limit) + ": " +
                        seconds(server) + " by what the server says, " + seconds(here) +
                        " on the way from there");
  }

  /// It is good enough, but the choice between sources fell on others.
  void examine_choice() {
    const std::string offset = seconds(peer_.real("offset"));
    switch (selection_) {
      case kFalseticker:
        add("falseticker", "outvoted: its time, " + offset +
                               " from ours, is not that of the "
                               "majority");
        break;
      case kExcess:
        add("excess", "there are better ones enough");
        break;
      case kOutlier:
        add("outlier", "others agree better with each other; it is kept in mind");
        break;
      case kBackup:
        add("backup", "it is held in reserve");
        break;
      default:
        add("no_choice", system_.integer("peer") != 0
                             ? "it passes all tests, and another source is followed"
                             : "it passes all tests, but no choice between the sources was made");
        break;
    }
  }

  const unsigned selection_;
  const unsigned event_;
  const Facts peer_;
  const Facts system_;
  const bool is_clock_;
  const ClockFacts* clock_;
  const std::int64_t flash_;
  const std::int64_t reach_;
  std::vector<Cause> causes_;
};

}  // namespace

bool SourceFacts::is_clock() const {
  const Facts facts(variables);
  return facts.has("mode") || facts.text("srcadr").starts_with("127.127.");
}

SourceVerdict judge_source(const SourceFacts& source, const SystemFacts& system) {
  return Examination(source, system).judge();
}

}  // namespace ntp::ntpq
