// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/statistics/records.h"

#include <fmt/format.h>

namespace ntp::statistics {
namespace {

constexpr double kPpm = 1e-6;
constexpr std::int64_t kJulianDayOf1970 = 40587;
constexpr int kUnspecifiedStratum = 16;

/// `3989103874.752000000`: seconds of the era, rounded to nanoseconds.
std::string ntp_seconds(NtpTimestamp stamp) {
  constexpr std::uint64_t kNanoseconds = 1'000'000'000;
  constexpr std::uint64_t kHalf = std::uint64_t{1} << 31;
  std::uint64_t seconds = stamp.seconds();
  std::uint64_t nanoseconds = (stamp.fraction() * kNanoseconds + kHalf) >> 32;
  if (nanoseconds == kNanoseconds) {
    ++seconds;
    nanoseconds = 0;
  }
  return fmt::format("{}.{:09}", seconds, nanoseconds);
}

/// Never empty and without blanks, so that the fields behind it stay where they are.
std::string reference_text(RefId id, int stratum) {
  if (stratum > 1) return id.to_quad();
  std::uint32_t raw = id.raw();
  int shift = 0;
  while (shift < 32 && ((raw >> shift & 0xff) == ' ' || (raw >> shift & 0xff) == 0)) {
    raw &= ~(0xffU << shift);
    shift += 8;
  }
  const std::string text = RefId(raw).to_text();
  return text.empty() ? "?" : text;
}

double milliseconds(Duration span) { return to_seconds(span) * 1e3; }

/// Without an error an empty text.
std::string error_text(const std::string& error) { return error.empty() ? "" : ", " + error; }

std::int64_t whole_seconds(Duration span) {
  return std::chrono::round<std::chrono::seconds>(span).count();
}

}  // namespace

std::string time_stamp(WallTime when) {
  const auto milliseconds = std::chrono::floor<std::chrono::milliseconds>(when.time_since_epoch());
  const auto days = std::chrono::floor<std::chrono::days>(milliseconds);
  const auto of_day = (milliseconds - days).count();
  return fmt::format("{} {}.{:03}", days.count() + kJulianDayOf1970, of_day / 1000, of_day % 1000);
}

std::string fields(const LoopRecord& record) {
  return fmt::format("{:.9f} {:.6f} {:.9f} {:.6f} {}", record.offset, record.frequency / kPpm,
                     record.jitter, record.wander / kPpm, record.poll);
}

std::string fields(const PeerRecord& record) {
  return fmt::format("{} {:x} {:.9f} {:.9f} {:.9f} {:.9f}", record.source, record.status,
                     record.offset, record.delay, record.dispersion, record.jitter);
}

std::string fields(const RawRecord& record) {
  const int stratum = record.stratum == 0 ? kUnspecifiedStratum : record.stratum;
  return fmt::format(
      "{} {} {} {} {} {} {} {} {} {} {} {} {:.6f} {:.6f} {} {} {} {:x}", record.source,
      record.local.is_set() ? record.local.to_string() : "-", ntp_seconds(record.sent),
      ntp_seconds(record.received), ntp_seconds(record.transmitted), ntp_seconds(record.returned),
      static_cast<int>(record.leap), record.version, record.mode, stratum, record.poll,
      record.precision, record.root_delay, record.root_dispersion,
      reference_text(record.reference_id, stratum), record.lost, record.rejected, record.flags);
}

std::string fields(const SystemRecord& record) {
  return fmt::format("{} {} {} {} {} {} {} {} {} {} {} {}", whole_seconds(record.elapsed),
                     record.received, record.processed, record.this_version, record.old_version,
                     record.restricted, record.bad_format, record.bad_authentication,
                     record.declined, record.limited, record.kod_sent, record.version1);
}

std::string fields(const UsageRecord& record) {
  const ResourceUsage& before = record.before;
  const ResourceUsage& now = record.now;
  return fmt::format("{} {:.3f} {:.3f} {} {} {} {} {} {} {} {} {}", whole_seconds(record.elapsed),
                     to_seconds(now.user_time - before.user_time),
                     to_seconds(now.system_time - before.system_time),
                     now.minor_faults - before.minor_faults, now.major_faults - before.major_faults,
                     now.swaps - before.swaps, now.blocks_in - before.blocks_in,
                     now.blocks_out - before.blocks_out,
                     now.voluntary_switches - before.voluntary_switches,
                     now.involuntary_switches - before.involuntary_switches,
                     now.signals - before.signals, now.largest_resident);
}

std::string fields(const NtsRecord& record) {
  const nts::CookieCounters& cookies = record.cookies;
  return fmt::format("{} {} {} {} {} {} {} {} {} {} {} {} {} {} {} {}",
                     whole_seconds(record.elapsed), record.client_sent, record.client_good,
                     record.client_bad, record.server_sent, record.server_good, record.server_bad,
                     cookies.made, record.not_server, cookies.decode_total, cookies.decode_current,
                     cookies.decode_old, cookies.decode_old2, cookies.decode_older,
                     cookies.decode_too_old, cookies.decode_error);
}

std::string fields(const NtsKeRecord& record) {
  const auto& [good, failed, no_tls, made] = record.server;
  return fmt::format("{} {} {:.3f} {:.3f} {} {:.3f} {:.3f} {} {:.3f} {:.3f} {} {}",
                     whole_seconds(record.elapsed), good.count, good.wall, good.cpu, no_tls.count,
                     no_tls.wall, no_tls.cpu, failed.count, failed.wall, failed.cpu,
                     record.client_good, record.client_bad);
}

std::string fields(const KeSessionRecord& record) {
  using Tag = KeSessionRecord::Tag;
  const char* const tag = record.tag == Tag::Ok ? " OK" : record.tag == Tag::Ke ? " KE" : "TLS";
  return fmt::format("{} {:.3f} {:.3f} {:.3f} {} {}{}", tag, to_seconds(record.wall),
                     milliseconds(record.user), milliseconds(record.system),
                     record.remote.to_string(), record.tls, error_text(record.error));
}

std::string log_line(const KeSessionRecord& record) {
  if (!record.remote.address.is_set()) return "NTSs: " + record.error;
  const bool ok = record.tag == KeSessionRecord::Tag::Ok;
  return fmt::format("NTSs: NTS-KE from {}, {}{}, took {:.3f} sec, CPU: {:.3f}+{:.3f} ms{}",
                     record.remote.to_string(),
                     ok                                       ? "OK, Using "
                     : record.tag == KeSessionRecord::Tag::Ke ? "Failed, Using "
                                                              : "Failed, TLS: ",
                     record.tls, to_seconds(record.wall), milliseconds(record.user),
                     milliseconds(record.system), error_text(record.error));
}

}  // namespace ntp::statistics
