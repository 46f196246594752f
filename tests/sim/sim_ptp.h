// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <linux/ptp_clock.h>

#include <cerrno>
#include <functional>
#include <memory>
#include <string>

#include "ntpd/os/hardware_clock.h"
#include "tests/sim/sim_host.h"

namespace ntp::sim {

/// A PTP device of a simulated host, as its driver in the kernel answers. Its clock has true time,
/// with 50 ns of noise.
class SimPtp {
 public:
  static constexpr const char* kPath = "/dev/ptp0";

  struct Behaviour {
    /// The errno of each way to read it; 0: it answers.
    int precise = EOPNOTSUPP;
    int extended = 0;
    int plain = 0;
    bool stands_still = false;
    double offset = 0;  // s
    double rate = 1;    // of the device's clock, from `since` on
    TrueTime since{};
    /// How long after the clock the system's stamp behind it is, and before it the one before.
    Duration late = std::chrono::microseconds(1);
    Duration early = std::chrono::microseconds(1);
    /// The last word on each reading; `after` is unused in a cross time stamp.
    std::function<void(ptp_clock_time& before, ptp_clock_time& device, ptp_clock_time& after)>
        mangle = {};
    /// Called before each ioctl.
    std::function<void(Behaviour&)> each_call = {};
  };

  SimPtp(World& world, SimHost& host) : world_(world), host_(host), random_(world.random("ptp")) {
    host_.devices.hardware[kPath].make = [this]() -> Result<std::unique_ptr<HardwareClock>> {
      return os::make_hardware_clock(std::make_unique<Device>(*this), kPath);
    };
  }

  Behaviour behaviour;

 private:
  class Device final : public os::PtpDevice {
   public:
    explicit Device(SimPtp& ptp) : ptp_(ptp) {}
    int call(unsigned long request, void* data) override { return ptp_.call(request, data); }
    [[nodiscard]] MonoTime now() const override { return ptp_.host_.clock.mono(); }

   private:
    SimPtp& ptp_;
  };

  int call(unsigned long request, void* data) {
    if (behaviour.each_call) behaviour.each_call(behaviour);
    ptp_clock_time unused{};
    switch (request) {
      case PTP_SYS_OFFSET_PRECISE: {
        auto& answer = *static_cast<ptp_sys_offset_precise*>(data);
        if (behaviour.precise == 0) read(answer.sys_realtime, answer.device, unused, Duration(0));
        return behaviour.precise;
      }
      case PTP_SYS_OFFSET_EXTENDED: {
        auto& answer = *static_cast<ptp_sys_offset_extended*>(data);
        for (unsigned i = 0; behaviour.extended == 0 && i < answer.n_samples; ++i) {
          read(answer.ts[i][0], answer.ts[i][1], answer.ts[i][2], behaviour.early);
        }
        return behaviour.extended;
      }
      case PTP_SYS_OFFSET: {
        auto& answer = *static_cast<ptp_sys_offset*>(data);
        for (std::size_t i = 0; behaviour.plain == 0 && i < answer.n_samples; ++i) {
          read(answer.ts[2 * i], answer.ts[2 * i + 1], answer.ts[2 * i + 2], behaviour.early);
        }
        return behaviour.plain;
      }
      default:
        return ENOTTY;
    }
  }

  void read(ptp_clock_time& before, ptp_clock_time& device, ptp_clock_time& after, Duration early) {
    const WallTime own = host_.clock.wall();
    const Duration truth = world_.utc().time_since_epoch();
    const double strays = (behaviour.rate - 1) * to_seconds(world_.now() - behaviour.since);
    before = stamp(own.time_since_epoch() - early);
    device = stamp(truth + from_seconds(behaviour.offset + strays + 50e-9 * random_.normal()));
    after = stamp(own.time_since_epoch() + behaviour.late);
    if (behaviour.stands_still) device = last_;
    last_ = device;
    if (behaviour.mangle) behaviour.mangle(before, device, after);
  }

  static ptp_clock_time stamp(Duration since) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(since);
    ptp_clock_time time{};
    time.sec = seconds.count();
    time.nsec = static_cast<std::uint32_t>((since - seconds).count());
    return time;
  }

  World& world_;
  SimHost& host_;
  RandomStream random_;
  ptp_clock_time last_{};
};

}  // namespace ntp::sim
