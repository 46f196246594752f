// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/os/pulse_capture.h"

#include <fcntl.h>
#include <linux/pps.h>
#include <sys/ioctl.h>

#include <algorithm>
#include <cerrno>

#include "ntpd/os/unique_fd.h"

namespace ntp::os {
namespace {

int capture_mode(PulseEdge edge) {
  return edge == PulseEdge::Assert ? PPS_CAPTUREASSERT : PPS_CAPTURECLEAR;
}

class LinuxPulseCapture final : public PulseCapture {
 public:
  LinuxPulseCapture(UniqueFd fd, std::string path) : fd_(std::move(fd)), path_(std::move(path)) {}

  Result<void> capture(PulseEdge edge) override {
    // The offsets and the other edge stay as somebody else may have set them.
    pps_kparams parameters{};
    if (ioctl(fd_.get(), PPS_GETPARAMS, &parameters) != 0) return failed("PPS_GETPARAMS");
    parameters.api_version = PPS_API_VERS;
    parameters.mode |= PPS_TSFMT_TSPEC | capture_mode(edge);
    if (ioctl(fd_.get(), PPS_SETPARAMS, &parameters) != 0) return failed("time_pps_setparams");
    return {};
  }

  Result<std::optional<Pulse>> latest(PulseEdge edge) override {
    pps_fdata data{};  // a timeout of zero does not wait
    if (ioctl(fd_.get(), PPS_FETCH, &data) != 0) return failed("time_pps_fetch");
    const bool assert_edge = edge == PulseEdge::Assert;
    const pps_ktime& at = assert_edge ? data.info.assert_tu : data.info.clear_tu;
    const std::uint32_t sequence =
        assert_edge ? data.info.assert_sequence : data.info.clear_sequence;
    if (sequence == 0 && at.sec == 0 && at.nsec == 0) return std::optional<Pulse>();
    constexpr std::int64_t kLast = 8'589'934'592;  // s, 2242; also what garbage is held to
    return std::optional(
        Pulse{sequence, WallTime(std::chrono::seconds(std::clamp<std::int64_t>(at.sec, 0, kLast)) +
                                 Duration(at.nsec))});
  }

  Result<void> bind_kernel(PulseEdge edge) override {
    pps_bind_args bind{};
    bind.tsformat = PPS_TSFMT_TSPEC;
    bind.edge = capture_mode(edge);
    bind.consumer = PPS_KC_HARDPPS;
    if (ioctl(fd_.get(), PPS_KC_BIND, &bind) == 0) return {};
    if (errno == EOPNOTSUPP) return fail("kernel PLL (hardpps, RFC 1589) not implemented");
    return failed("time_pps_kcbind");
  }

 private:
  [[nodiscard]] Failure<Error> failed(const char* what) const {
    return fail(path_ + ": " + what + ": " + error_text(errno));
  }

  UniqueFd fd_;
  std::string path_;
};

}  // namespace

Result<std::unique_ptr<PulseCapture>> open_pulse_capture(const std::string& path) {
  UniqueFd fd(open(path.c_str(), O_RDWR | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!fd) return fail(path + " open failed: " + error_text(errno));
  pps_kparams parameters{};
  if (ioctl(fd.get(), PPS_GETPARAMS, &parameters) != 0) {
    return fail(path + ": no PPS device: " + error_text(errno));
  }
  return std::unique_ptr<PulseCapture>(std::make_unique<LinuxPulseCapture>(std::move(fd), path));
}

}  // namespace ntp::os
