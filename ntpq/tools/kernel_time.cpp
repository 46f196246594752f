// SPDX-License-Identifier: BSD-2-Clause
#include "ntpq/tools/kernel_time.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <ctime>
#include <ostream>
#include <system_error>

#include "libntp/core/time.h"
#include "ntpq/date.h"
#include "ntpq/text.h"

namespace ntp::tools {
namespace {

using ntpq::to_fixed;
using ntpq::to_hex;

constexpr std::array<std::string_view, 6> kStates = {"OK", "INS", "DEL", "OOP", "WAIT", "ERROR"};
constexpr std::array<std::string_view, 16> kModeBits = {
    "OFFSET", "FREQUENCY", "MAXERROR", "ESTERROR", "STATUS", "TIMECONST", "",     "",
    "",       "",          "PLL",      "FLL",      "MICRO",  "NANO",      "CLKB", "CLKA"};
constexpr std::array<std::string_view, 16> kStatusBits = {
    "PLL",       "PPSFREQ",   "PPSTIME",   "FLL",      "INS",      "DEL",  "UNSYNC", "FREQHOLD",
    "PPSSIGNAL", "PPSJITTER", "PPSWANDER", "PPSERROR", "CLOCKERR", "NANO", "MODE",   "CLK"};

std::string bits(int value, std::span<const std::string_view> names) {
  const auto mask = static_cast<unsigned>(value);
  std::string set;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if ((mask >> i & 1U) == 0) continue;
    set += (set.empty() ? "" : ",") + std::string(names[i]);
  }
  return "0x" + to_hex(mask, 1) + " (" + set + ")";
}

std::string state_name(int state) {
  const auto index = static_cast<std::size_t>(state);
  return index < kStates.size() ? std::string(kStates[index]) : "TIME-#" + std::to_string(state);
}

std::string parts_per_million(long value) {
  return to_fixed(static_cast<double>(value) / kFrequencyUnit, 3);
}

/// One thing to be shown: its name in JSON, and its value there.
class Json {
 public:
  void add(std::string_view name, const std::string& number) {
    text_ += (text_.empty() ? "" : ",") + ("\"" + std::string(name) + "\":") + number;
  }
  void add_text(std::string_view name, const std::string& value) { add(name, "\"" + value + "\""); }
  [[nodiscard]] std::string object() const { return "{" + text_ + "}\n"; }

 private:
  std::string text_;
};

/// The kernel's time in the forms that are printed.
struct Moment {
  explicit Moment(const timex& state)
      : nanoseconds((state.status & STA_NANO) != 0), seconds(state.time.tv_sec) {
    constexpr long kPerMicrosecond = 1000;
    const long fraction = state.time.tv_usec;
    const std::string digits = std::to_string(fraction);
    const std::size_t width = nanoseconds ? 9 : 6;
    decimals = std::string(width > digits.size() ? width - digits.size() : 0, '0') + digits;
    const long microseconds = nanoseconds ? fraction / kPerMicrosecond : fraction;
    stamp = rounded(microseconds * kPerMicrosecond);
  }

  /// As the daemon writes stamps: `eeae2763.42667000 2026-11-23T02:45:55.259Z`.
  [[nodiscard]] std::string stamp_and_date() const {
    return ntpq::pretty_date(NtpTimestamp(stamp), WallTime(std::chrono::seconds(seconds)));
  }
  [[nodiscard]] std::string date() const {
    const std::string text = stamp_and_date();
    return text.substr(text.find(' ') + 1);
  }
  [[nodiscard]] std::string ntp_hex() const {
    const NtpTimestamp at(stamp);
    return to_hex(at.seconds(), 1) + "." + to_hex(at.fraction(), 1);
  }
  [[nodiscard]] std::string unix_hex() const {
    return to_hex(static_cast<std::uint64_t>(seconds), 1) + "." + decimals;
  }
  [[nodiscard]] std::string local_date() const {
    const std::time_t unix_seconds = seconds;
    std::tm parts{};
    ::localtime_r(&unix_seconds, &parts);
    std::array<char, 64> text{};
    std::strftime(text.data(), text.size(), "%a %b %e %H:%M:%S %Y", &parts);
    return text.data();
  }

  bool nanoseconds;
  long seconds;
  std::string decimals;
  std::uint64_t stamp = 0;

 private:
  /// To what of the fraction is exact.
  [[nodiscard]] std::uint64_t rounded(long nanosecond) const {
    const NtpTimestamp exact =
        NtpTimestamp::from_wall(WallTime(std::chrono::seconds(seconds) + Duration(nanosecond)));
    const std::uint64_t unit = nanoseconds ? 4 : 0x1000;
    return (exact.raw() + unit / 2) & ~(unit - 1);
  }
};

class Display {
 public:
  Display(const KernelTimeOptions& options, const KernelCall& kernel, std::ostream& out,
          std::ostream& err)
      : options_(options), kernel_(kernel), out_(out), err_(err) {}

  void show_cost() {
    constexpr int kCalls = 20;
    std::string line = "[ us ";
    long before = 0;
    for (int i = 0; i < kCalls; ++i) {
      timex state{};
      if (kernel_(state) < 0) return;
      const long now = state.time.tv_usec;
      const std::string digits = std::to_string(now);
      line += i > 0 ? " " + std::to_string(now - before)
                    : std::string(6 - std::min<std::size_t>(digits.size(), 6), '0') + digits + ":";
      before = now;
    }
    out_ << line << " ]\n";
  }

  bool show_time() {
    timex state{};
    const int code = kernel_(state);
    if (code < 0) return refused("ntp_gettime() call fails", code);
    const Moment moment(state);
    json_.add("gettime-code", std::to_string(code));
    json_.add_text("gettime-status", state_name(code));
    json_.add_text("time", moment.date());
    json_.add_text("fractional-time", "." + moment.decimals);
    add_errors(state);
    std::string text = "ntp_gettime() returns code " + code_text(code) + "\n  time " +
                       moment.stamp_and_date() + ", (." + moment.decimals + "),\n  " +
                       errors_text(state);
    if (options_.raw) {
      json_.add_text("raw-ntp-time", moment.ntp_hex());
      json_.add_text("raw-unix-time", moment.unix_hex() + " " + moment.local_date());
      text += "  ntptime=" + moment.ntp_hex() + " unixtime=" + moment.unix_hex() + " " +
              moment.local_date() + "\n";
    }
    json_.add("TAI-offset", std::to_string(state.tai));
    show(text + ", TAI offset " + std::to_string(state.tai) + "\n");
    return true;
  }

  bool show_state() {
    timex state = options_.wanted;
    if (const int failure = prepare(state); failure < 0) return refused(kAdjust, failure);
    const int code = kernel_(state);
    if (code < 0) return refused(kAdjust, code);
    const bool nano = (state.status & STA_NANO) != 0;
    const double unit = nano ? 1000 : 1;
    const std::string offset = to_fixed(static_cast<double>(state.offset) / unit, 3);
    const std::string interval = std::to_string(1L << std::clamp(state.shift, 0, 30));
    json_.add("adjtime-code", std::to_string(code));
    json_.add_text("adjtime-status", state_name(code));
    json_.add_text("modes", bits(static_cast<int>(state.modes), kModeBits));
    json_.add("offset", offset);
    json_.add("frequency", parts_per_million(state.freq));
    json_.add("interval", interval);
    add_errors(state);
    json_.add_text("status", bits(state.status, kStatusBits));
    const std::string precision = to_fixed(static_cast<double>(state.precision), 3);
    const std::string tolerance =
        to_fixed(static_cast<double>(state.tolerance) / kFrequencyUnit, 0);
    json_.add("time-constant", std::to_string(state.constant));
    json_.add("precision", precision);
    json_.add("tolerance", tolerance);
    show("ntp_adjtime() returns code " + code_text(code) + "\n  modes " +
         bits(static_cast<int>(state.modes), kModeBits) + ",\n  offset " + offset +
         " us, frequency " + parts_per_million(state.freq) + " ppm, interval " + interval +
         " s,\n  " + errors_text(state) + ",\n  status " + bits(state.status, kStatusBits) +
         ",\n  time constant " + std::to_string(state.constant) + ", precision " + precision +
         " us, tolerance " + tolerance + " ppm,\n");
    if (state.shift != 0) show_pulses(state, unit);
    return true;
  }

  void finish() {
    json_.add_text("version", ntpq::version_text());
    if (options_.json) out_ << json_.object();
    out_ << std::flush;
  }

 private:
  static constexpr std::string_view kAdjust = "ntp_adjtime() call fails";

  void show_pulses(const timex& state, double unit) {
    const std::string jitter = to_fixed(static_cast<double>(state.jitter) / unit, 3);
    json_.add("pps-frequency", parts_per_million(state.ppsfreq));
    json_.add("stability", parts_per_million(state.stabil));
    json_.add("jitter", jitter);
    json_.add("intervals", std::to_string(state.calcnt));
    json_.add("jitter-exceeded", std::to_string(state.jitcnt));
    json_.add("stability-exceeded", std::to_string(state.stbcnt));
    json_.add("errors", std::to_string(state.errcnt));
    show("  pps frequency " + parts_per_million(state.ppsfreq) + " ppm, stability " +
         parts_per_million(state.stabil) + " ppm, jitter " + jitter + " us,\n  intervals " +
         std::to_string(state.calcnt) + ", jitter exceeded " + std::to_string(state.jitcnt) +
         ", stability exceeded " + std::to_string(state.stbcnt) + ", errors " +
         std::to_string(state.errcnt) + ".\n");
  }

  /// Brings what is to be set into the kernel's units, which -N changes first.
  int prepare(timex& fields) const {
    if (fields.modes == 0) return 0;
    timex state{};
    int code = kernel_(state);
    if (code < 0) return code;
    if ((fields.modes & ADJ_NANO) != 0 && (state.status & STA_NANO) == 0) {
      state = timex{};
      state.modes = ADJ_NANO;
      code = kernel_(state);
      if (code < 0) return code;
    }
    if ((state.status & STA_NANO) != 0) return 0;
    constexpr long kPerMicrosecond = 1000;
    constexpr long kTimeConstantShift = 4;
    fields.offset /= kPerMicrosecond;
    if ((fields.modes & ADJ_TAI) == 0) {
      fields.constant = std::max(fields.constant - kTimeConstantShift, 0L);
    }
    return 0;
  }

  static std::string code_text(int code) {
    return std::to_string(code) + " (" + state_name(code) + ")";
  }
  static std::string errors_text(const timex& state) {
    return "maximum error " + std::to_string(state.maxerror) + " us, estimated error " +
           std::to_string(state.esterror) + " us";
  }
  void add_errors(const timex& state) {
    json_.add("maximum-error", std::to_string(state.maxerror));
    json_.add("estimated-error", std::to_string(state.esterror));
  }

  bool refused(std::string_view what, int failure) {
    if (failure == -EPERM) err_ << "Must be root to set kernel values\n";
    err_ << what << ": " << std::generic_category().message(-failure) << "\n" << std::flush;
    return false;
  }

  void show(const std::string& text) {
    if (!options_.json) out_ << text;
  }

  const KernelTimeOptions& options_;
  const KernelCall& kernel_;
  std::ostream& out_;
  std::ostream& err_;
  Json json_;
};

}  // namespace

int run_kernel_time(const KernelTimeOptions& options, const KernelCall& kernel, std::ostream& out,
                    std::ostream& err) {
  Display display(options, kernel, out, err);
  if (options.cost) display.show_cost();
  display.show_time();
  const bool done = display.show_state();
  display.finish();
  return done ? 0 : 1;
}

}  // namespace ntp::tools
