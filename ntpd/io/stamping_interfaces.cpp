// SPDX-License-Identifier: BSD-2-Clause
#include <linux/ethtool.h>
#include <linux/net_tstamp.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "ntpd/io/hardware_stamps.h"
#include "ntpd/os/hardware_clock.h"
#include "ntpd/os/unique_fd.h"

namespace ntp::io {
namespace {

class LinuxStampingInterfaces final : public StampingInterfaces {
 public:
  LinuxStampingInterfaces() : socket_(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {}

  [[nodiscard]] std::vector<std::string> names() const override {
    std::vector<std::string> names;
    struct if_nameindex* all = if_nameindex();
    for (auto* each = all; each != nullptr && each->if_index != 0; ++each) {
      ifreq request = request_for(each->if_name);
      if (ioctl(socket_.get(), SIOCGIFFLAGS, &request) != 0) continue;
      const auto flags = static_cast<unsigned>(request.ifr_flags);
      if ((flags & IFF_UP) != 0 && (flags & IFF_LOOPBACK) == 0) names.emplace_back(each->if_name);
    }
    if (all != nullptr) if_freenameindex(all);
    return names;
  }

  [[nodiscard]] std::uint32_t index_of(const std::string& name) const override {
    return name.size() < IFNAMSIZ ? if_nametoindex(name.c_str()) : 0;
  }

  Result<StampingAbility> ability_of(const std::string& name) override {
    ethtool_ts_info info{};
    info.cmd = ETHTOOL_GET_TS_INFO;
    ifreq request = request_for(name);
    request.ifr_data = reinterpret_cast<char*>(&info);
    if (ioctl(socket_.get(), SIOCETHTOOL, &request) != 0) {
      return fail("ETHTOOL_GET_TS_INFO: " + os::error_text(errno));
    }
    constexpr std::uint32_t kSends = SOF_TIMESTAMPING_TX_HARDWARE | SOF_TIMESTAMPING_RAW_HARDWARE;
    constexpr std::uint32_t kReceives =
        SOF_TIMESTAMPING_RX_HARDWARE | SOF_TIMESTAMPING_RAW_HARDWARE;
    StampingAbility ability;
    ability.transmit =
        (info.so_timestamping & kSends) == kSends && (info.tx_types & (1U << HWTSTAMP_TX_ON)) != 0;
    ability.receive = (info.so_timestamping & kReceives) == kReceives;
    ability.receive_filters = info.rx_filters;
    ability.clock = info.phc_index;
    return ability;
  }

  Result<void> enable(const std::string& name, bool transmit, int filter) override {
    hwtstamp_config wanted{};
    wanted.tx_type = transmit ? HWTSTAMP_TX_ON : HWTSTAMP_TX_OFF;
    wanted.rx_filter = filter;
    ifreq request = request_for(name);
    // What somebody else has switched on, such as PTP, is left alone if it is enough.
    hwtstamp_config present{};
    request.ifr_data = reinterpret_cast<char*>(&present);
    if (ioctl(socket_.get(), SIOCGHWTSTAMP, &request) == 0 && present.tx_type == wanted.tx_type &&
        (present.rx_filter == filter || present.rx_filter == HWTSTAMP_FILTER_ALL)) {
      return {};
    }
    request.ifr_data = reinterpret_cast<char*>(&wanted);
    if (ioctl(socket_.get(), SIOCSHWTSTAMP, &request) == 0) return {};
    return fail("SIOCSHWTSTAMP: " + os::error_text(errno));
  }

  Result<std::unique_ptr<HardwareClock>> open_clock(int number) override {
    return os::open_hardware_clock("/dev/ptp" + std::to_string(number));
  }

 private:
  static ifreq request_for(const std::string& name) {
    ifreq request{};
    std::memcpy(request.ifr_name, name.data(), std::min<std::size_t>(name.size(), IFNAMSIZ - 1));
    return request;
  }

  os::UniqueFd socket_;
};

}  // namespace

std::unique_ptr<StampingInterfaces> linux_stamping_interfaces() {
  return std::make_unique<LinuxStampingInterfaces>();
}

}  // namespace ntp::io
