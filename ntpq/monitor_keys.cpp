// SPDX-License-Identifier: BSD-2-Clause
#include <algorithm>
#include <array>

#include "ntpq/monitor.h"

namespace ntp::ntpq {
namespace {

constexpr std::array<std::string_view, 18> kHelp = {
    "Any key refreshes the screen. These do more:",
    "",
    "a o p r  the table of sources with association ids, local addresses,",
    "         reference ids, or with the name last",
    "space    the next of these forms",
    "d        details of one source in place of the clients",
    "j k      the next source, the one before (also the arrow keys)",
    "m        clients alone, or sources too",
    "n        names or addresses",
    "s        only sources that are configured or reachable, or all",
    "u        numbers with or without units",
    "w        long names on a line of their own, or cut",
    "+ -      more or less debugging, into the log file",
    "? h      this text",
    "q x      end",
    "",
    "",
    "Press any key to resume monitoring"};

/// The keys of the forms of the table, in the order of PeersForm.
constexpr std::string_view kForms = "paor";

}  // namespace

std::span<const std::string_view> Monitor::key_help() { return kHelp; }

bool Monitor::press(char key) {
  show_help_ = false;
  const std::size_t count = std::max<std::size_t>(sources_.size(), 1);
  switch (key) {
    case 'q':
    case 'x':
      return false;
    case 'p':
    case 'a':
    case 'o':
    case 'r':
      form_ = static_cast<PeersForm>(kForms.find(key));
      break;
    case ' ':
      form_ = static_cast<PeersForm>((static_cast<std::size_t>(form_) + 1) % kForms.size());
      break;
    case 'd':
      if (!show_detail_) selected_ = 0;
      show_detail_ = !show_detail_;
      show_sources_ = true;
      break;
    case 'm':
      show_sources_ = !show_sources_;
      show_detail_ = false;
      break;
    case 'n':
      options_.names = !options_.names;
      break;
    case 's':
      reachable_only_ = !reachable_only_;
      break;
    case 'u':
      options_.units = !options_.units;
      break;
    case 'w':
      wide_ = !wide_;
      break;
    case 'j':
      selected_ = (selected_ + 1) % count;
      break;
    case 'k':
      selected_ = (selected_ + count - 1) % count;
      break;
    case '+':
      ++options_.debug_level;
      break;
    case '-':
      options_.debug_level = std::max(options_.debug_level - 1, 0);
      break;
    case '?':
    case 'h':
      show_help_ = true;
      break;
    default:
      break;
  }
  return true;
}

}  // namespace ntp::ntpq
