// SPDX-License-Identifier: BSD-2-Clause
// The clock of a virtual machine, seen and moved without the daemon under test. One static program,
// because the machine has nothing else:
//   guest_clock set ADDRESS SECONDS  sets the clock so far ahead of the server's
//   guest_clock state                the kernel's clock on one line
//   guest_clock offset ADDRESS       the server's clock minus ours and the delay, in s: the
//   quickest
//                                    of eight requests
#include <arpa/inet.h>
#include <endian.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/timex.h>
#include <unistd.h>

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <optional>
#include <string>

namespace {

constexpr int kRequests = 8;
constexpr double kEpoch = 2208988800.0;  // s from 1900 to 1970

// Seconds since a whole second near to now, so that a double keeps the nanoseconds.
double now(time_t base) {
  timespec time{};
  clock_gettime(CLOCK_REALTIME, &time);
  return static_cast<double>(time.tv_sec - base) + static_cast<double>(time.tv_nsec) * 1e-9;
}

double stamp_at(const unsigned char* octets, time_t base) {
  std::uint32_t seconds = 0;
  std::uint32_t fraction = 0;
  std::memcpy(&seconds, octets, 4);
  std::memcpy(&fraction, octets + 4, 4);
  const double whole = be32toh(seconds) - kEpoch - static_cast<double>(base);
  return whole + be32toh(fraction) * 0x1p-32;
}

int shift(double seconds) {
  timex change{};
  change.modes = ADJ_SETOFFSET | ADJ_NANO;
  change.time.tv_sec = static_cast<time_t>(std::floor(seconds));
  change.time.tv_usec = std::lround((seconds - std::floor(seconds)) * 1e9);
  if (adjtimex(&change) >= 0) return 0;
  std::perror("adjtimex");
  return 1;
}

int state() {
  timex clock{};
  const int result = adjtimex(&clock);
  std::printf("state=%d status=0x%x freq=%.3f tick=%ld maxerror=%ld esterror=%ld pll=%ld tai=%d\n",
              result, static_cast<unsigned>(clock.status),
              static_cast<double>(clock.freq) / 65536.0, clock.tick, clock.maxerror, clock.esterror,
              clock.offset, clock.tai);
  return result < 0 ? 1 : 0;
}

struct Measured {
  double offset = 0;
  double delay = 0;
};

std::optional<Measured> ask(int fd) {
  unsigned char packet[48] = {0x23};  // version 4, client
  const time_t base = std::time(nullptr);
  // The own stamp is a cookie only: the server gives it back.
  const std::uint64_t cookie = static_cast<std::uint64_t>(now(base) * 1e9) ^ 0x5a5a5a5a00000000U;
  std::memcpy(packet + 40, &cookie, sizeof cookie);
  const double sent = now(base);
  if (send(fd, packet, sizeof packet, 0) != sizeof packet) return std::nullopt;
  pollfd waiting{fd, POLLIN, 0};
  while (poll(&waiting, 1, 1000) == 1) {
    const ssize_t length = recv(fd, packet, sizeof packet, 0);
    const double received = now(base);
    if (length != sizeof packet || std::memcmp(packet + 24, &cookie, sizeof cookie) != 0) continue;
    const double their_receive = stamp_at(packet + 32, base);
    const double their_transmit = stamp_at(packet + 40, base);
    return Measured{((their_receive - sent) + (their_transmit - received)) / 2,
                    (received - sent) - (their_transmit - their_receive)};
  }
  return std::nullopt;
}

std::optional<Measured> measure(const char* address) {
  sockaddr_in server{};
  server.sin_family = AF_INET;
  server.sin_port = htons(123);
  const int fd = socket(AF_INET, SOCK_DGRAM, 0);
  if (inet_pton(AF_INET, address, &server.sin_addr) != 1 ||
      connect(fd, reinterpret_cast<const sockaddr*>(&server), sizeof server) != 0) {
    std::fprintf(stderr, "guest_clock: no way to %s\n", address);
    return std::nullopt;
  }
  std::optional<Measured> best;
  for (int i = 0; i < kRequests; ++i) {
    const auto measured = ask(fd);
    if (measured && (!best || measured->delay < best->delay)) best = measured;
  }
  close(fd);
  return best;
}

int offset(const char* address) {
  const auto measured = measure(address);
  if (!measured) return 1;
  std::printf("offset=%.9f delay=%.9f\n", measured->offset, measured->delay);
  return 0;
}

int set(const char* address, double ahead) {
  const auto measured = measure(address);
  return measured ? shift(measured->offset + ahead) : 1;
}

}  // namespace

int main(int count, char** words) {
  const std::string what = count > 1 ? words[1] : "";
  if (what == "set" && count == 4) return set(words[2], std::atof(words[3]));
  if (what == "state" && count == 2) return state();
  if (what == "offset" && count == 3) return offset(words[2]);
  std::fprintf(stderr, "usage: guest_clock set ADDRESS SECONDS | state | offset ADDRESS\n");
  return 2;
}
