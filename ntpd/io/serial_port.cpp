// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/io/serial_port.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/steady_timer.hpp>
#include <cerrno>

#include "ntpd/io/descriptor.h"
#include "ntpd/io/port_lock.h"
#include "ntpd/io/read_budget.h"
#include "ntpd/os/unique_fd.h"

namespace ntp::io {
namespace {

namespace asio = boost::asio;
using os::error_text;

struct Rate {
  int baud;
  speed_t code;
};
constexpr std::array kRates = std::to_array<Rate>({
    {50, B50},           {75, B75},           {110, B110},         {134, B134},
    {150, B150},         {200, B200},         {300, B300},         {600, B600},
    {1200, B1200},       {1800, B1800},       {2400, B2400},       {4800, B4800},
    {9600, B9600},       {19200, B19200},     {38400, B38400},     {57600, B57600},
    {115200, B115200},   {230400, B230400},   {460800, B460800},   {500000, B500000},
    {576000, B576000},   {921600, B921600},   {1000000, B1000000}, {1152000, B1152000},
    {1500000, B1500000}, {2000000, B2000000}, {2500000, B2500000}, {3000000, B3000000},
    {3500000, B3500000}, {4000000, B4000000},
});

tcflag_t character_flags(const SerialSettings& settings) {
  tcflag_t flags = CLOCAL | CREAD;
  constexpr std::array<tcflag_t, 4> kSizes{CS5, CS6, CS7, CS8};
  flags |= kSizes[static_cast<std::size_t>(std::clamp(settings.data_bits, 5, 8) - 5)];
  if (settings.stop_bits == 2) flags |= CSTOPB;
  if (settings.parity != Parity::None) flags |= PARENB;
  if (settings.parity == Parity::Odd) flags |= PARODD;
  return flags;
}

Result<void> set_up(int fd, const SerialSettings& settings) {
  const auto rate = std::ranges::find(kRates, settings.baud, &Rate::baud);
  if (rate == kRates.end()) {
    return fail(settings.path + ": no such rate: " + std::to_string(settings.baud) + " baud");
  }
  termios line{};
  if (tcgetattr(fd, &line) != 0) {
    return fail(settings.path + ": no serial port: " + error_text(errno));
  }
  line = {};
  line.c_cflag = character_flags(settings);
  line.c_iflag = settings.lines ? IGNBRK | IGNPAR | ICRNL : settings.breaks ? 0 : IGNBRK;
  line.c_lflag = settings.lines ? ICANON : 0;
  if (!settings.lines) line.c_cc[VMIN] = 1;
  cfsetispeed(&line, rate->code);
  cfsetospeed(&line, rate->code);
  if (tcsetattr(fd, TCSANOW, &line) != 0) {
    return fail(settings.path + ": setting the line: " + error_text(errno));
  }
  const auto set_modem_line = [fd](int line_bit, std::optional<bool> wanted) {
    // A pty has none.
    if (wanted) (void)ioctl(fd, *wanted ? TIOCMBIS : TIOCMBIC, &line_bit);
  };
  set_modem_line(TIOCM_DTR, settings.dtr);
  set_modem_line(TIOCM_RTS, settings.rts);
  tcflush(fd, TCIOFLUSH);
  return {};
}

class Port : public std::enable_shared_from_this<Port> {
 public:
  Port(asio::io_context& context, const Clock& clock, int fd, StreamHandlers handlers)
      : clock_(clock), descriptor_(context, fd), pause_(context), handlers_(std::move(handlers)) {}

  void wait() {
    descriptor_.async_wait(Descriptor::wait_read,
                           [self = shared_from_this()](const boost::system::error_code& error) {
                             if (!self->closed_ && !error) self->read();
                           });
  }

  Result<void> write(ByteView octets) {
    const ssize_t written = ::write(descriptor_.native_handle(), octets.data(), octets.size());
    if (written == static_cast<ssize_t>(octets.size())) return {};
    return fail(written < 0 ? error_text(errno) : "the port is busy");
  }

  Result<void> set_modem_line(int line_bit, bool on) {
    if (ioctl(descriptor_.native_handle(), on ? TIOCMBIS : TIOCMBIC, &line_bit) == 0) return {};
    return fail(error_text(errno));
  }

  void close() {
    closed_ = true;
    pause_.cancel();
    // Else closing may wait until what was written has left.
    tcflush(descriptor_.native_handle(), TCIOFLUSH);
    boost::system::error_code ignored;
    descriptor_.close(ignored);
  }

 private:
  void read() {
    const WallTime now = clock_.wall();
    const ssize_t size = ::read(descriptor_.native_handle(), buffer_.data(), buffer_.size());
    if (size > 0) {
      handlers_.on_octets(ByteView(buffer_).first(static_cast<std::size_t>(size)), now);
    } else if (size == 0 || (errno != EAGAIN && errno != EINTR)) {
      handlers_.on_closed(size == 0 ? "the port has hung up" : error_text(errno));
      return;
    }
    if (closed_) return;
    const auto next = budget_.spend(size > 0 ? static_cast<std::size_t>(size) : 0,
                                    std::chrono::steady_clock::now());
    if (!next) return wait();
    pause_.expires_at(*next);
    pause_.async_wait([self = shared_from_this()](const boost::system::error_code& error) {
      if (!self->closed_ && !error) self->wait();
    });
  }

  const Clock& clock_;
  Descriptor descriptor_;
  asio::steady_timer pause_;
  StreamHandlers handlers_;
  ReadBudget budget_;
  std::array<std::uint8_t, ReadBudget::kPiece> buffer_{};
  bool closed_ = false;
};

class AsioSerialPort final : public SerialPort {
 public:
  AsioSerialPort(std::shared_ptr<Port> port, PortLock lock)
      : lock_(std::move(lock)), port_(std::move(port)) {}
  ~AsioSerialPort() override { port_->close(); }
  Result<void> write(ByteView octets) override { return port_->write(octets); }
  Result<void> set_rts(bool on) override { return port_->set_modem_line(TIOCM_RTS, on); }
  Result<void> set_dtr(bool on) override { return port_->set_modem_line(TIOCM_DTR, on); }

 private:
  PortLock lock_;
  std::shared_ptr<Port> port_;
};

}  // namespace

Result<std::unique_ptr<SerialPort>> open_serial_port(EventLoop& loop, const Clock& clock,
                                                     const SerialSettings& settings,
                                                     StreamHandlers handlers) {
  auto lock = PortLock::take(settings.lock_file);
  if (!lock) return Failure<Error>{lock.error()};
  os::UniqueFd fd(open(settings.path.c_str(), O_RDWR | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  if (!fd) return fail(settings.path + ": " + error_text(errno));
  if (auto ready = set_up(fd.get(), settings); !ready) return Failure<Error>{ready.error()};
  auto port = std::make_shared<Port>(loop.context(), clock, fd.get(), std::move(handlers));
  fd.release();
  port->wait();
  return std::unique_ptr<SerialPort>(
      std::make_unique<AsioSerialPort>(std::move(port), std::move(*lock)));
}

}  // namespace ntp::io
