// SPDX-License-Identifier: BSD-2-Clause
#define NCURSES_NOMACROS  // they would take the names of member functions
#include <ncurses.h>

#include <algorithm>
#include <fstream>
#include <iostream>
#include <optional>

#include "ntpq/companion.h"
#include "ntpq/interrupt.h"
#include "ntpq/monitor.h"
#include "ntpq/text.h"
#include "ntpq/udp_network.h"

namespace ntp::ntpq {
namespace {

/// The terminal in full-screen mode, for as long as this lives.
class FullScreen {
 public:
  FullScreen() {
    ::initscr();
    ::cbreak();
    ::noecho();
    ::keypad(stdscr, TRUE);
    ::curs_set(0);
  }
  FullScreen(const FullScreen&) = delete;
  FullScreen& operator=(const FullScreen&) = delete;
  ~FullScreen() { ::endwin(); }

  [[nodiscard]] static std::size_t rows() {
    return static_cast<std::size_t>(std::max(getmaxy(stdscr), 1));
  }

  static void show(const MonitorScreen& screen) {
    ::erase();
    for (std::size_t row = 0; row < screen.size(); ++row) {
      const MonitorLine& line = screen[row];
      const auto style = line.style == MonitorLine::Style::Bold      ? A_BOLD
                         : line.style == MonitorLine::Style::Reverse ? A_REVERSE
                                                                     : A_NORMAL;
      ::attrset(static_cast<int>(style));
      ::mvaddnstr(static_cast<int>(row), 0, line.text.c_str(), getmaxx(stdscr));
    }
    ::attrset(static_cast<int>(A_NORMAL));
    ::refresh();
  }

  /// 0 if none came in time.
  static char key(std::optional<Duration> patience) {
    using std::chrono::milliseconds;
    const auto wait = patience ? std::chrono::duration_cast<milliseconds>(*patience).count() : -1;
    ::timeout(static_cast<int>(wait));
    const int pressed = ::getch();
    if (pressed == KEY_UP) return 'k';
    if (pressed == KEY_DOWN) return 'j';
    return pressed > 0 && pressed < 0x7f ? static_cast<char>(pressed) : '\0';
  }
};

/// Opened with the first line.
class LogFile {
 public:
  explicit LogFile(std::string path) : path_(std::move(path)) {}
  void write(std::string_view line) {
    if (!file_.is_open()) file_.open(path_, std::ios::app);
    file_ << line << '\n' << std::flush;
  }

 private:
  std::string path_;
  std::ofstream file_;
};

Result<void> watch(Monitor& monitor) {
  if (auto opened = monitor.open(); !opened) return opened;
  const FullScreen terminal;
  for (;;) {
    const auto screen = monitor.refresh(FullScreen::rows());
    if (!screen) return Failure<Error>{screen.error()};
    FullScreen::show(*screen);
    const char key = FullScreen::key(monitor.interval());
    if (interrupt::pending() || !monitor.press(key)) return {};
  }
}

int run(const MonitorOptions& options) {
  interrupt::watch();
  // An interrupt never ends the program with the terminal in full-screen mode.
  interrupt::set_busy(true);
  UdpNetwork network;
  LogFile log(options.log_file);
  Monitor monitor(options, network, [&](std::string_view line) { log.write(line); });
  const auto watched = watch(monitor);
  // NTPsec: whatever ends it, the status is 0.
  if (!watched) std::cout << trim(watched.error().message) << "\n";
  return 0;
}

}  // namespace
}  // namespace ntp::ntpq

int main(int argc, char** argv) {
  return ntp::ntpq::run_companion(argc, argv, ntp::ntpq::parse_monitor_options, ntp::ntpq::run);
}
