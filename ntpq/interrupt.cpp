// SPDX-License-Identifier: BSD-2-Clause
#include "ntpq/interrupt.h"

#include <signal.h>
#include <unistd.h>

namespace ntp::ntpq::interrupt {
namespace {

// A signal handler can reach nothing but what is static.
volatile sig_atomic_t is_pending = 0;
volatile sig_atomic_t is_busy = 0;

void take(int) {
  if (is_busy != 0 && is_pending == 0) {
    is_pending = 1;
    return;
  }
  if (::isatty(STDIN_FILENO) != 0) {
    [[maybe_unused]] const ssize_t written = ::write(STDOUT_FILENO, "\n", 1);
  }
  ::_exit(0);
}

}  // namespace

void watch() {
  struct sigaction action {};
  action.sa_handler = take;
  // Without SA_RESTART: what waits is to wake up.
  ::sigaction(SIGINT, &action, nullptr);
}

bool pending() { return is_pending != 0; }
void forget() { is_pending = 0; }
void set_busy(bool busy) { is_busy = busy ? 1 : 0; }

}  // namespace ntp::ntpq::interrupt
