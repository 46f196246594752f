// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "libntp/core/devices.h"

namespace ntp::test {

/// Devices that a test plays: each is named by its path, and is there once it is made here. What a
/// driver opens stays in reach of the test after it is closed.
class FakeDevices final : public Devices {
 public:
  struct Serial {
    SerialSettings settings;
    StreamHandlers handlers;
    std::string written;
    bool open = false;
    int opened = 0;
    std::optional<bool> rts, dtr;              // as set while it is open
    std::optional<std::string> write_failure;  // of write()

    void send(std::string_view text, WallTime at) {
      if (open) handlers.on_octets(as_bytes(text), at);
    }
    void vanish(const std::string& reason) {
      if (open) handlers.on_closed(reason);
    }
  };
  struct Pulses {
    std::optional<PulseEdge> captured;
    std::map<PulseEdge, Pulse> latest;
    std::optional<std::string> failure;          // of latest()
    std::optional<std::string> capture_failure;  // of capture()
    std::optional<std::string> kernel_failure = "kernel PLL (hardpps, RFC 1589) not implemented";
    bool bound = false;
    bool open = false;
  };
  struct Inbox {
    std::function<void(ByteView, WallTime)> handler;
    bool for_everybody = false;
    bool open = false;
    bool has_name = true;
    int opened = 0;
  };
  struct Link {
    Endpoint remote;
    std::function<void()> on_connected;
    StreamHandlers handlers;
    std::string sent;
    bool open = false;
  };
  struct Hardware {
    std::function<Result<std::vector<HardwareReading>>(int)> read;
    /// Set: each opening makes such a clock instead.
    std::function<Result<std::unique_ptr<HardwareClock>>()> make;
    bool open = false;
  };

  std::map<std::string, Serial> serials;
  std::map<std::string, Pulses> pulses;
  std::map<int, std::shared_ptr<ShmSegment>> segments;
  std::map<int, bool> segments_for_everybody;
  std::map<std::string, Inbox> inboxes;
  std::vector<std::shared_ptr<Link>> links;
  std::map<std::string, Hardware> hardware;
  std::map<std::string, std::string> files;
  Leap leap = Leap::None;
  int tai = 0;
  /// Opening fails with this, whatever it is.
  std::optional<std::string> failure;
  /// Opening what has this path, or name, fails with this; segment 0 has the name `NTP0`.
  std::map<std::string, std::string> refused;

  Result<std::unique_ptr<SerialPort>> open_serial(const SerialSettings& settings,
                                                  StreamHandlers handlers) override {
    const auto found = serials.find(settings.path);
    if (is_refused(settings.path) || found == serials.end()) return missing(settings.path);
    Serial& serial = found->second;
    serial.settings = settings;
    serial.handlers = std::move(handlers);
    serial.open = true;
    ++serial.opened;
    return std::unique_ptr<SerialPort>(std::make_unique<Port>(serial));
  }
  Result<std::unique_ptr<PulseCapture>> open_pulse(const std::string& path) override {
    const auto found = pulses.find(path);
    if (is_refused(path) || found == pulses.end()) return missing(path);
    found->second.open = true;
    return std::unique_ptr<PulseCapture>(std::make_unique<Capture>(found->second));
  }
  Result<std::shared_ptr<ShmSegment>> attach_segment(int unit, bool for_everybody) override {
    const std::string path = "NTP" + std::to_string(unit);
    if (is_refused(path)) return missing(path);
    auto& segment = segments[unit];
    if (!segment) segment = std::make_shared<ShmSegment>();
    segments_for_everybody[unit] = for_everybody;
    return segment;
  }
  Result<std::unique_ptr<DatagramInbox>> bind_inbox(
      const std::string& path, bool for_everybody,
      std::function<void(ByteView datagram, WallTime received)> on_datagram) override {
    if (is_refused(path)) return missing(path);
    const int opened = inboxes[path].opened + 1;
    inboxes[path] = {std::move(on_datagram), for_everybody, true, true, opened};
    return std::unique_ptr<DatagramInbox>(std::make_unique<Box>(inboxes[path]));
  }
  Result<std::unique_ptr<Connection>> connect(const Endpoint& remote,
                                              std::function<void()> on_connected,
                                              StreamHandlers handlers) override {
    if (is_refused(remote.to_string())) return missing(remote.to_string());
    auto link = std::make_shared<Link>();
    *link = {remote, std::move(on_connected), std::move(handlers), {}, true};
    links.push_back(link);
    return std::unique_ptr<Connection>(std::make_unique<Wire>(link));
  }
  Result<std::unique_ptr<HardwareClock>> open_hardware_clock(const std::string& path) override {
    const auto found = hardware.find(path);
    if (is_refused(path) || found == hardware.end()) return missing(path);
    if (found->second.make) return found->second.make();
    found->second.open = true;
    return std::unique_ptr<HardwareClock>(std::make_unique<Hard>(found->second));
  }
  std::optional<std::string> small_file(const std::string& path) override {
    const auto found = files.find(path);
    return found == files.end() ? std::nullopt : std::optional(found->second);
  }
  Leap kernel_leap() override { return leap; }
  int kernel_tai() override { return tai; }

 private:
  [[nodiscard]] bool is_refused(const std::string& path) const {
    return failure || refused.contains(path);
  }
  [[nodiscard]] Failure<Error> missing(const std::string& path) const {
    if (failure) return fail(*failure);
    const auto found = refused.find(path);
    return fail(path + ": " +
                (found == refused.end() ? "No such file or directory" : found->second));
  }

  struct Port final : SerialPort {
    explicit Port(Serial& serial) : serial_(serial) {}
    ~Port() override { serial_.open = false; }
    Result<void> write(ByteView octets) override {
      if (serial_.write_failure) return fail(*serial_.write_failure);
      serial_.written += as_text(octets);
      return {};
    }
    Result<void> set_rts(bool on) override {
      serial_.rts = on;
      return {};
    }
    Result<void> set_dtr(bool on) override {
      serial_.dtr = on;
      return {};
    }
    Serial& serial_;
  };
  struct Capture final : PulseCapture {
    explicit Capture(Pulses& pulses) : pulses_(pulses) {}
    ~Capture() override { pulses_.open = false; }
    Result<void> capture(PulseEdge edge) override {
      if (pulses_.capture_failure) return fail(*pulses_.capture_failure);
      pulses_.captured = edge;
      return {};
    }
    Result<std::optional<Pulse>> latest(PulseEdge edge) override {
      if (pulses_.failure) return fail(*pulses_.failure);
      const auto found = pulses_.latest.find(edge);
      return found == pulses_.latest.end() ? std::optional<Pulse>() : found->second;
    }
    Result<void> bind_kernel(PulseEdge) override {
      if (pulses_.kernel_failure) return fail(*pulses_.kernel_failure);
      pulses_.bound = true;
      return {};
    }
    Pulses& pulses_;
  };
  struct Box final : DatagramInbox {
    explicit Box(Inbox& inbox) : inbox_(inbox), opened_(inbox.opened) {}
    ~Box() override {
      // Another one may have its path by now.
      if (inbox_.opened == opened_) inbox_.open = false;
    }
    [[nodiscard]] bool has_name() const override { return inbox_.has_name; }
    Inbox& inbox_;
    int opened_;
  };
  struct Wire final : Connection {
    explicit Wire(std::shared_ptr<Link> link) : link_(std::move(link)) {}
    ~Wire() override { link_->open = false; }
    Result<void> send(ByteView octets) override {
      link_->sent += as_text(octets);
      return {};
    }
    std::shared_ptr<Link> link_;
  };
  struct Hard final : HardwareClock {
    explicit Hard(Hardware& hardware_clock) : hardware_(hardware_clock) {}
    ~Hard() override { hardware_.open = false; }
    Result<std::vector<HardwareReading>> read(int count) override { return hardware_.read(count); }
    Hardware& hardware_;
  };
};

}  // namespace ntp::test
