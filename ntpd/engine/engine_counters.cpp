// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/engine/engine.h"

namespace ntp::engine {
namespace {

std::uint64_t whole_seconds(Duration span) {
  return static_cast<std::uint64_t>(std::chrono::floor<std::chrono::seconds>(span).count());
}

}  // namespace

std::optional<std::uint64_t> Engine::counter(std::string_view name) const {
  const MonoTime now = host_.clock.mono();
  if (name == "ss_reset") return whole_seconds(now - counting_since_);
  if (name == "ss_reset_r") return whole_seconds(now - started_);
  if (name == "kstflags" || name == "kppscalibdur") {
    const auto kernel = options_.kernel_clock ? options_.kernel_clock() : std::nullopt;
    if (!kernel) return 0;
    return static_cast<std::uint64_t>(name == "kstflags" ? kernel->status : kernel->pps_interval);
  }
  if (name == "leapsmearinterval") {
    if (!settings_.leap_smear_interval) return std::nullopt;
    return static_cast<std::uint64_t>(*settings_.leap_smear_interval);
  }
  if (const auto count = traffic_counter(name)) return count;
  if (const auto count = key_counter(name)) return count;
  if (const auto count = ke_server_counter(name)) return count;
  if (const auto count = nts_client_counter(name)) return count;
  // NTPsec: builds without MS-SNTP do not have these variables.
  if (signs()) {
    if (const auto count = signer_->counter(name)) return count;
  }
  return server_.counter(name);
}

std::optional<std::uint64_t> Engine::traffic_counter(std::string_view name) const {
  const MonoTime now = host_.clock.mono();
  if (name == "iostats_reset") return whole_seconds(now - io_reset_);
  if (name == "io_received" || name == "io_pkt_reads") return packets_received_;
  if (name == "io_sent") return packets_sent_;
  if (name == "io_sendfailed") return send_failures_;
  if (name == "io_dropped") return packets_dropped_;
  // Each datagram is handled as it is read, without buffers and out of an event of its own.
  if (name == "io_wakeups") return packets_received_;
  if (name == "io_ignored" || name == "io_ref_reads" || name == "total_rbuf" ||
      name == "free_rbuf" || name == "used_rbuf") {
    return 0;
  }
  if (name == "timerstats_reset") return whole_seconds(now - timers_reset_);
  if (name == "timer_xmts") return requests_sent_;
  if (name == "timer_overruns") return 0;
  return std::nullopt;
}

std::optional<double> Engine::quantity(std::string_view name) const {
  constexpr double kMilliseconds = 1e3;
  constexpr double kPpm = 1e6;
  if (name == "authdelay") return 0;
  if (name == "clk_wander_threshold") return settings_.wander_threshold * kPpm;
  if (name == "leapsmearoffset") {
    if (!settings_.leap_smear_interval) return std::nullopt;
    return kMilliseconds * leap::smear_offset(leap_watch_.second(), *settings_.leap_smear_interval,
                                              host_.clock.mono());
  }
  if (const auto value = ke_server_quantity(name)) return value;
  if (signs()) {
    if (const auto value = signer_->quantity(name)) return value;
  }
  if (!name.starts_with('k')) return std::nullopt;
  const auto read = options_.kernel_clock ? options_.kernel_clock() : std::nullopt;
  const KernelClock kernel = read.value_or(KernelClock{});
  if (name == "koffset") return kernel.offset * kMilliseconds;
  if (name == "kfreq") return kernel.frequency * kPpm;
  if (name == "kmaxerr") return kernel.max_error * kMilliseconds;
  if (name == "kesterr") return kernel.estimated_error * kMilliseconds;
  if (name == "ktimeconst") return static_cast<double>(kernel.time_constant);
  if (name == "kprecis") return kernel.precision * kMilliseconds;
  if (name == "kfreqtol") return kernel.tolerance * kPpm;
  if (name == "kppsfreq") return kernel.pps_frequency * kPpm;
  if (name == "kppsjitter") return kernel.pps_jitter * kMilliseconds;
  if (name == "kppsstab") return kernel.pps_stability * kPpm;
  if (name == "kppsjitexc") return static_cast<double>(kernel.pps_jitter_exceeded);
  if (name == "kppscalibs") return static_cast<double>(kernel.pps_calibrations);
  if (name == "kppscaliberrs") return static_cast<double>(kernel.pps_calibration_errors);
  if (name == "kppsstbexc") return static_cast<double>(kernel.pps_stability_exceeded);
  return std::nullopt;
}

}  // namespace ntp::engine
