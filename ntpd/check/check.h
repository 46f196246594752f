// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "libntp/config/key_file.h"
#include "libntp/config/parser.h"
#include "libntp/core/file_survey.h"
#include "libntp/core/time.h"
#include "ntpd/check/report.h"

namespace ntp::check {

/// What the driver of a reference clock makes of its options.
struct ClockFacts {
  enum class Use : std::uint8_t {
    None,    // there is no file, or none that has to be there
    Opened,  // a device
    Made     // a socket that the driver makes
  };
  Use use = Use::None;
  std::string device = {};
  /// Why it can't work with these options; empty if it can.
  std::string wrong = {};
};
using ClockQuestion = std::function<ClockFacts(const config::SourceSettings&)>;

/// What a dry run is made of beside the configuration.
struct Circumstances {
  std::string config_file;
  std::string user;   // -u; empty: root
  std::string group;  // -u
  WallTime now{};
  /// The key types that this host has; without it any is taken for one.
  config::KeyTypes key_types = {};
  /// Asks the driver of a clock; without it none is asked.
  ClockQuestion clock = {};
};

/// Judges a configuration that has been read and completed by the command line. Opens no socket,
/// resolves no name, changes nothing.
Report check(const config::ParseResult& parsed, const Circumstances& circumstances,
             const FileSurvey& files);

}  // namespace ntp::check
