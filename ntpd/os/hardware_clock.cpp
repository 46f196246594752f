// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/os/hardware_clock.h"

#include <fcntl.h>
#include <linux/ptp_clock.h>
#include <sys/ioctl.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <optional>
#include <span>

#include "ntpd/os/unique_fd.h"

namespace ntp::os {
namespace {

// What a call of the kernel may take: as many readings are asked for as would have fitted in by
// what one took in the last call.
constexpr auto kPatience = std::chrono::microseconds(500);
constexpr std::int64_t kLast = 8'589'934'592;  // s, 2242: beyond it a WallTime has no room
constexpr std::uint32_t kNanoseconds = 1'000'000'000;

/// The stamps of one reading; nothing if they are no stamps. Of the device's the seconds are held
/// to just outside of what is a time, so that who reads it can say so.
std::optional<HardwareReading> reading_of(const ptp_clock_time& before,
                                          const ptp_clock_time& device,
                                          const ptp_clock_time& after) {
  const auto is_stamp = [](const ptp_clock_time& time) { return time.nsec < kNanoseconds; };
  const auto is_wall = [&](const ptp_clock_time& time) {
    return is_stamp(time) && time.sec >= 0 && time.sec < kLast;
  };
  if (!is_wall(before) || !is_stamp(device) || !is_wall(after)) return std::nullopt;
  const auto since_epoch = [](std::int64_t seconds, const ptp_clock_time& time) {
    return std::chrono::seconds(seconds) + Duration(time.nsec);
  };
  return HardwareReading{WallTime(since_epoch(before.sec, before)),
                         since_epoch(std::clamp<std::int64_t>(device.sec, -1, kLast + 1), device),
                         WallTime(since_epoch(after.sec, after))};
}

/// What a device says that hasn't this way to be read.
bool is_unsupported(int error) { return error == EOPNOTSUPP || error == ENOTTY || error == EINVAL; }

class LinuxHardwareClock final : public HardwareClock {
 public:
  LinuxHardwareClock(std::unique_ptr<PtpDevice> device, std::string path)
      : device_(std::move(device)), path_(std::move(path)) {}

  Result<std::vector<HardwareReading>> read(int count) override {
    readings_.clear();
    const int error = read_by_the_best_way(count);
    if (error == 0) return readings_;
    return fail(path_ + ": " +
                (is_unsupported(error) ? "the clock can't be compared with the system's"
                                       : error_text(error)));
  }

 private:
  /// 0, or the errno of the best way that the device has.
  int read_by_the_best_way(int count) {
    int trouble = 0;
    for (std::size_t way = 0; way < kWays.size(); ++way) {
      if (is_missing_[way]) continue;
      const int error = call(way, count);
      if (error == 0) return 0;
      is_missing_[way] = is_unsupported(error);
      // A device that has cross time stamps has none all the same while the system runs by another
      // counter than the device's.
      if (!is_missing_[way] && trouble == 0) trouble = error;
    }
    return trouble == 0 ? EOPNOTSUPP : trouble;
  }

  int call(std::size_t way, int count) {
    count = std::clamp(count, 1, most_[way]);
    const MonoTime begin = device_->now();
    const int error = (this->*kWays[way])(count);
    const Duration took = device_->now() - begin;
    const bool is_quick = count * kPatience >= took * PTP_MAX_SAMPLES;
    const int fitting =
        is_quick ? PTP_MAX_SAMPLES : std::max(1, static_cast<int>(count * kPatience / took));
    // How quickly it fails tells nothing.
    most_[way] = error == 0 ? fitting : std::min(fitting, most_[way]);
    return error;
  }

  int read_precise(int) {
    ptp_sys_offset_precise data{};
    const int error = device_->call(PTP_SYS_OFFSET_PRECISE, &data);
    if (error == 0) add(data.sys_realtime, data.device, data.sys_realtime);
    return error;
  }
  int read_extended(int count) {
    ptp_sys_offset_extended data{};
    data.n_samples = static_cast<unsigned>(count);
    const int error = device_->call(PTP_SYS_OFFSET_EXTENDED, &data);
    for (int i = 0; error == 0 && i < count; ++i) add(data.ts[i][0], data.ts[i][1], data.ts[i][2]);
    return error;
  }
  int read_plain(int count) {
    ptp_sys_offset data{};
    data.n_samples = static_cast<unsigned>(count);
    const int error = device_->call(PTP_SYS_OFFSET, &data);
    const std::span stamps(data.ts);
    for (std::size_t i = 0; error == 0 && i < static_cast<std::size_t>(count); ++i) {
      add(stamps[2 * i], stamps[2 * i + 1], stamps[2 * i + 2]);
    }
    return error;
  }
  void add(const ptp_clock_time& before, const ptp_clock_time& device,
           const ptp_clock_time& after) {
    if (const auto reading = reading_of(before, device, after)) readings_.push_back(*reading);
  }

  using Way = int (LinuxHardwareClock::*)(int count);
  static constexpr std::array<Way, 3> kWays{&LinuxHardwareClock::read_precise,
                                            &LinuxHardwareClock::read_extended,
                                            &LinuxHardwareClock::read_plain};

  std::unique_ptr<PtpDevice> device_;
  std::string path_;
  std::array<bool, kWays.size()> is_missing_{};
  std::vector<HardwareReading> readings_;
  // Readings that fit in; nothing is known of a way before its first call.
  std::array<int, kWays.size()> most_{1, 1, 1};
};

class LinuxPtpDevice final : public PtpDevice {
 public:
  explicit LinuxPtpDevice(UniqueFd fd) : fd_(std::move(fd)) {}
  int call(unsigned long request, void* data) override {
    return ioctl(fd_.get(), request, data) == 0 ? 0 : errno;
  }
  [[nodiscard]] MonoTime now() const override {
    return MonoTime(std::chrono::steady_clock::now().time_since_epoch());
  }

 private:
  UniqueFd fd_;
};

}  // namespace

Result<std::unique_ptr<HardwareClock>> open_hardware_clock(const std::string& path) {
  UniqueFd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!fd) return fail(path + ": " + error_text(errno));
  auto device = std::make_unique<LinuxPtpDevice>(std::move(fd));
  ptp_clock_caps capabilities{};
  if (const int error = device->call(PTP_CLOCK_GETCAPS, &capabilities); error != 0) {
    return fail(path + ": no PTP clock: " + error_text(error));
  }
  return make_hardware_clock(std::move(device), path);
}

std::unique_ptr<HardwareClock> make_hardware_clock(std::unique_ptr<PtpDevice> device,
                                                   std::string path) {
  return std::make_unique<LinuxHardwareClock>(std::move(device), std::move(path));
}

}  // namespace ntp::os
