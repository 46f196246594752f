// SPDX-License-Identifier: BSD-2-Clause
#include "ntpq/commands_mru.h"

#include <algorithm>
#include <chrono>
#include <string>

#include "ntpq/cook.h"
#include "ntpq/mru.h"
#include "ntpq/number.h"
#include "ntpq/shell.h"
#include "ntpq/text.h"

namespace ntp::ntpq {
namespace {

constexpr unsigned kBadValue = 6;
constexpr Duration kNonceLife = std::chrono::seconds(16);
/// Of a nonce with its name; longer ones would not leave room for the rest of a request.
constexpr std::size_t kLongestNonce = 128;
constexpr int kMostFragments = 32;
constexpr int kMostRows = 256;
/// How often in a row a request may fail, or bring nothing new.
constexpr int kMostFailures = 8;
/// How often in a row nothing at all may come, each time after ten seconds: a daemon that does not
/// like a request drops it.
constexpr int kMostSilences = 3;

/// The name if it leads back to the address, both if it does not.
std::string shown_address(Shell& shell, const std::string& address) {
  const std::string host = split_port(address).first;
  if (!shell.names) return visible(host);
  const std::string name = shell.name_of(host);
  if (name == host || shell.leads_to(name, host)) return name;
  return visible(host) + " (" + name + ")";
}

std::string line_of(Shell& shell, const MruEntry& entry, std::optional<NtpTimestamp> now) {
  return mru_columns(entry, now) + shown_address(shell, entry.address) + "\n";
}

Record record_of(Shell& shell, const MruEntry& entry) {
  const auto [host, port] = split_port(entry.address);
  const WallTime now = shell.network.wall();
  const auto count_or_none = [](std::optional<std::int64_t> count) {
    return count ? Value(*count) : Value();
  };
  Record record;
  record.kind = RecordKind::Client;
  if (shell.names) {
    const std::string name = shell.name_of(host);
    if (name != host && shell.leads_to(name, host)) record.name = name;
  }
  record.variables = {
      {"address", visible(host)},
      {"port", count_or_none(parse_decimal(port))},
      {"first", time_value(entry.first, now)},
      {"last", time_value(entry.last, now)},
      {"interval", entry.average_interval()},
      {"count", entry.count},
      {"dropped", count_or_none(entry.dropped)},
      {"score", entry.score ? Value(*entry.score) : Value()},
      {"mode", entry.mode_and_version & 7},
      {"version", entry.mode_and_version >> 3 & 7},
      {"restrictions", entry.restrictions},
  };
  return record;
}

/// The dialogue that gets the list, in growing windows.
class Retrieval {
 public:
  enum class End : std::uint8_t { Whole, Interrupted, Failed };

  Retrieval(Shell& shell, MruParameters parameters)
      : shell_(shell),
        parameters_(std::move(parameters)),
        raw_(shell.raw && shell.answer() == nullptr),
        direct_(shell.direct && shell.answer() == nullptr),
        fragments_(parameters_.fragments) {}

  End run() {
    if (!fetch_nonce()) return end_;
    std::string request = nonce_ + ", frags=" + std::to_string(fragments_) + parameters_.first;
    while (!list_.end()) {
      if (!ask(request)) return end_;
      if (list_.end()) break;
      if (shell_.network.mono() - nonce_since_ >= kNonceLife && !fetch_nonce()) return end_;
      request = nonce_ +
                (by_fragments_ ? ", frags=" + std::to_string(fragments_)
                               : ", limit=" + std::to_string(rows_)) +
                parameters_.every;
      request += list_.newest(room(request));
      if (direct_) pending_clear_ = true;
    }
    return End::Whole;
  }

  [[nodiscard]] const MruList& list() const { return list_; }

 private:
  static std::size_t room(const std::string& request) {
    return wire::kControlDataLimit > request.size() ? wire::kControlDataLimit - request.size() : 0;
  }

  bool give_up(const QueryError& error) {
    if (error.reason == QueryError::Reason::Interrupted) {
      end_ = End::Interrupted;
    } else {
      shell_.warn(error);
      end_ = End::Failed;
    }
    return false;
  }

  bool stalled() {
    shell_.warn("***No response, probably high-traffic server with low MRU limit\n");
    end_ = End::Failed;
    return false;
  }

  bool fetch_nonce() {
    const auto reply = shell_.session.query(wire::ControlOpcode::RequestNonce, 0);
    if (!reply) return give_up(reply.error());
    std::string_view text = trim(reply->data);
    if (!text.starts_with("nonce=") || text.size() > kLongestNonce) {
      shell_.warn("***Unexpected nonce response format\n");
      end_ = End::Failed;
      return false;
    }
    nonce_ = text;
    nonce_since_ = shell_.network.mono();
    return true;
  }

  bool ask(const std::string& request) {
    const auto reply = shell_.session.query(wire::ControlOpcode::ReadMru, 0, request);
    if (!reply) return recover(reply.error());
    if (raw_) shell_.say(raw_text(reply->data));
    if (pending_clear_) list_.clear();
    pending_clear_ = false;
    const auto fresh = list_.add(reply->data);
    if (direct_ && !raw_) {
      for (const MruEntry& entry : fresh) shell_.say(line_of(shell_, entry, std::nullopt));
    }
    if (shell_.output_lost()) {
      end_ = End::Failed;
      return false;
    }
    if (!list_.nonce().empty() && list_.nonce().size() < kLongestNonce) {
      nonce_ = "nonce=" + list_.nonce();
      nonce_since_ = shell_.network.mono();
    }
    failures_ = fresh.empty() ? failures_ + 1 : 0;
    silences_ = 0;
    if (failures_ > kMostFailures || list_.size() >= shell_.most_clients) return stalled();
    if (by_fragments_) {
      fragments_ = std::min(kMostFragments, fragments_ + 1);
    } else {
      rows_ = std::min(most_rows_, std::max(rows_ + 1, rows_ * 33 / 32));
    }
    return true;
  }

  /// Changes the next request so that it may go better; false if there is no hope.
  bool recover(const QueryError& error) {
    using Reason = QueryError::Reason;
    if (++failures_ > kMostFailures) {
      return error.reason == Reason::Refused ? stalled() : give_up(error);
    }
    if (error.is_unknown_variable()) {
      // All that was offered has moved on, and will come again.
      list_.drop_newest(wire::kControlDataLimit);
      return ++restarts_ > kMostFailures ? stalled() : true;
    }
    if (error.reason == Reason::Refused && error.detail == kBadValue) {
      if (by_fragments_) {
        by_fragments_ = false;
      } else {
        rows_ = std::min(rows_, --most_rows_);
      }
      return rows_ > 1 || give_up(error);
    }
    if (error.reason == Reason::TimedOut && ++silences_ > kMostSilences) return give_up(error);
    if (error.reason == Reason::TimedOut || error.reason == Reason::Incomplete) {
      fragments_ = std::max(2, fragments_ / 2);
      rows_ = std::max(2, rows_ / 2);
      return true;
    }
    return give_up(error);
  }

  Shell& shell_;
  const MruParameters parameters_;
  /// Show replies, or entries, as they come.
  const bool raw_;
  const bool direct_;
  MruList list_;
  std::string nonce_;
  MonoTime nonce_since_{};
  int fragments_;
  int rows_ = 3 * kMostFragments;
  int most_rows_ = kMostRows;
  bool by_fragments_ = true;
  bool pending_clear_ = false;
  int failures_ = 0;
  int silences_ = 0;
  int restarts_ = 0;
  End end_ = End::Failed;
};

}  // namespace

void run_direct(Shell& shell, std::string_view) {
  shell.direct = !shell.direct;
  shell.say(shell.direct ? "Direct mode is on\n" : "Direct mode is off\n");
}

void run_mrulist(Shell& shell, std::string_view argument) {
  if (!shell.direct && !shell.answer()) {
    shell.say("Ctrl-C will stop MRU retrieval and display partial results.\n");
  }
  auto parameters = MruParameters::parse(argument);
  if (!parameters) {
    shell.warn(parameters.error().message);
    return;
  }
  const MonoTime begin = shell.network.mono();
  const std::string sort = parameters->sort;
  Retrieval retrieval(shell, *std::move(parameters));
  const auto end = retrieval.run();
  if (end == Retrieval::End::Failed) return;
  if (end == Retrieval::End::Interrupted) shell.network.forget_interrupt();
  if (Answer* answer = shell.answer()) {
    if (end == Retrieval::End::Interrupted) {
      shell.warn(QueryError{QueryError::Reason::Interrupted});
    }
    for (const MruEntry& entry : retrieval.list().sorted(sort)) {
      answer->records.push_back(record_of(shell, entry));
    }
    return;
  }
  const std::string slots = std::to_string(retrieval.list().received()) + " slots in ";
  const auto elapsed = [&] {
    return to_fixed(to_seconds(shell.network.mono() - begin), 3) + " seconds\n";
  };
  if (!shell.direct && !shell.raw) {
    if (end == Retrieval::End::Interrupted) {
      shell.say("mrulist retrieval interrupted by operator.\nDisplaying partial client list.\n");
    }
    const NtpTimestamp now =
        retrieval.list().end().value_or(NtpTimestamp::from_wall(shell.network.wall()));
    const std::string collected = elapsed();
    shell.say(std::string(kMruHeader) + "\n" + std::string(kMruHeader.size(), '=') + "\n");
    for (const MruEntry& entry : retrieval.list().sorted(sort)) {
      shell.say(line_of(shell, entry, now));
      if (shell.output_lost() || shell.network.interrupted()) break;
    }
    shell.say("# Collected " + slots + collected);
  }
  shell.say("# Processed " + slots + elapsed() + "# Used " +
            std::to_string(shell.network.memory_used() >> 20) + " megabytes of memory\n");
}

}  // namespace ntp::ntpq
