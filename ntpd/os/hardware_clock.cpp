// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/os/hardware_clock.h"

#include <fcntl.h>
#include <linux/ptp_clock.h>
#include <sys/ioctl.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <span>

#include "ntpd/os/unique_fd.h"

namespace ntp::os {
namespace {

// A call of the kernel that takes longer is given fewer readings to make.
constexpr auto kPatience = std::chrono::microseconds(500);
constexpr std::int64_t kLast = 8'589'934'592;  // s, 2242; also what garbage is held to

Duration to_duration(const ptp_clock_time& time) {
  return std::chrono::seconds(std::clamp<std::int64_t>(time.sec, 0, kLast)) + Duration(time.nsec);
}
WallTime to_wall(const ptp_clock_time& time) { return WallTime(to_duration(time)); }

class LinuxHardwareClock final : public HardwareClock {
 public:
  LinuxHardwareClock(UniqueFd fd, std::string path) : fd_(std::move(fd)), path_(std::move(path)) {}

  Result<std::vector<HardwareReading>> read(int count) override {
    count = std::clamp(count, 1, std::min(most_, PTP_MAX_SAMPLES));
    const auto begin = std::chrono::steady_clock::now();
    std::vector<HardwareReading> readings;
    for (; way_ != Way::None; way_ = static_cast<Way>(static_cast<int>(way_) + 1)) {
      if (read_by(way_, count, readings)) break;
      // What a device hasn't it says so or so; all else is trouble.
      if (errno != EOPNOTSUPP && errno != ENOTTY && errno != EINVAL) {
        return fail(path_ + ": " + error_text(errno));
      }
    }
    if (way_ == Way::None) return fail(path_ + ": the clock can't be compared with the system's");
    const auto took = std::chrono::steady_clock::now() - begin;
    most_ = took > kPatience ? std::max(1, count / 2) : PTP_MAX_SAMPLES;
    return readings;
  }

 private:
  enum class Way : std::uint8_t { Precise, Extended, Plain, None };

  bool read_by(Way way, int count, std::vector<HardwareReading>& readings) const {
    switch (way) {
      case Way::Precise: {
        ptp_sys_offset_precise data{};
        if (ioctl(fd_.get(), PTP_SYS_OFFSET_PRECISE, &data) != 0) return false;
        const WallTime at = to_wall(data.sys_realtime);
        readings.push_back({at, to_duration(data.device), at});
        return true;
      }
      case Way::Extended: {
        ptp_sys_offset_extended data{};
        data.n_samples = static_cast<unsigned>(count);
        if (ioctl(fd_.get(), PTP_SYS_OFFSET_EXTENDED, &data) != 0) return false;
        for (int i = 0; i < count; ++i) {
          readings.push_back(
              {to_wall(data.ts[i][0]), to_duration(data.ts[i][1]), to_wall(data.ts[i][2])});
        }
        return true;
      }
      case Way::Plain: {
        ptp_sys_offset data{};
        data.n_samples = static_cast<unsigned>(count);
        if (ioctl(fd_.get(), PTP_SYS_OFFSET, &data) != 0) return false;
        const std::span stamps(data.ts);
        for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
          readings.push_back(
              {to_wall(stamps[2 * i]), to_duration(stamps[2 * i + 1]), to_wall(stamps[2 * i + 2])});
        }
        return true;
      }
      case Way::None:
        break;
    }
    return false;
  }

  UniqueFd fd_;
  std::string path_;
  Way way_ = Way::Precise;
  int most_ = PTP_MAX_SAMPLES;
};

}  // namespace

Result<std::unique_ptr<HardwareClock>> open_hardware_clock(const std::string& path) {
  UniqueFd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!fd) return fail(path + ": " + error_text(errno));
  ptp_clock_caps capabilities{};
  if (ioctl(fd.get(), PTP_CLOCK_GETCAPS, &capabilities) != 0) {
    return fail(path + ": no PTP clock: " + error_text(errno));
  }
  return std::unique_ptr<HardwareClock>(std::make_unique<LinuxHardwareClock>(std::move(fd), path));
}

}  // namespace ntp::os
