// SPDX-License-Identifier: BSD-2-Clause
#include <sys/ioctl.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

#include "ntpq/interrupt.h"
#include "ntpq/line_editor.h"
#include "ntpq/number.h"
#include "ntpq/options.h"
#include "ntpq/program.h"
#include "ntpq/udp_network.h"

namespace ntp::ntpq {
namespace {

/// Columns of the terminal on standard output; 80 if there is none or it does not know.
std::size_t terminal_width() {
  constexpr std::size_t kPlain = 80;
  if (::isatty(STDOUT_FILENO) == 0) return kPlain;
  if (const char* columns = std::getenv("COLUMNS")) {
    const auto value = parse_decimal(columns);
    if (value && *value > 0) return static_cast<std::size_t>(*value);
  }
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  return kPlain;
}

int refuse(const EarlyExit& exit) {
  (exit.to_stdout ? std::cout : std::cerr) << exit.text << std::flush;
  return exit.status;
}

int run(int argc, char** argv) {
  // A reader that goes away shows as a failed write.
  std::signal(SIGPIPE, SIG_IGN);
  interrupt::watch();

  const std::vector<std::string> arguments(argv + (argc > 0 ? 1 : 0), argv + argc);
  const auto options = parse_options(arguments);
  if (!options) return refuse(options.error());
  std::ofstream log_file;
  if (!options->log_file.empty()) {
    log_file.open(options->log_file, std::ios::app);
    if (!log_file) {
      return refuse({"ntpq: can't write to " + options->log_file + "\n", false, 1});
    }
  }
  UdpNetwork network;
  const Console console{std::cout, std::cerr, log_file.is_open() ? log_file : std::cerr,
                        terminal_width()};
  return run_program(*options, network, console,
                     {std::cin, ::isatty(STDIN_FILENO) != 0, edit_line});
}

}  // namespace
}  // namespace ntp::ntpq

int main(int argc, char** argv) { return ntp::ntpq::run(argc, argv); }
