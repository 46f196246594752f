// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "libntp/core/address.h"

namespace ntp::config {

/// Where a setting stands.
struct Location {
  std::string file;
  int line = 0;    // from 1; 0 if it does not come from a file
  int column = 0;  // from 1
};

enum class SourceType : std::uint8_t { Server, Pool, Refclock };

/// One `server`, `pool`, `peer` or `refclock` line.
struct SourceSettings {
  Location where;
  SourceType type = SourceType::Server;
  std::string host;             // name or numeric address as written; empty for a refclock
  Family family = Family::Any;  // -4, -6
  bool iburst = false;
  bool burst = false;
  bool prefer = false;
  bool noselect = false;
  bool truechimer = false;  // the option `true`
  int min_poll = 6;         // log2 s
  int max_poll = 10;        // log2 s
  int version = 4;
  std::uint32_t key = 0;  // 0: none
  double bias = 0;        // s
  bool nts = false;
  bool nts_no_validation = false;  // noval
  std::string nts_ca;
  std::string nts_aead;

  std::string driver;  // refclock: the driver's name, lower case
  int unit = 0;
  int mode = 0;  // mode, subtype
  std::string path;
  std::string pps_path;
  int baud = 0;
  double time1 = 0;  // s
  double time2 = 0;  // s
  std::optional<int> stratum;
  std::optional<std::string> refid;
  unsigned flags = 0;  // bit 0 flag1 … bit 3 flag4
};

/// Flags of a restrict entry; the bits are those that mode 6 shows.
namespace restrict_flag {
inline constexpr std::uint32_t kIgnore = 0x1;
inline constexpr std::uint32_t kNoServe = 0x2;
inline constexpr std::uint32_t kNoTrust = 0x4;
inline constexpr std::uint32_t kVersion = 0x8;
inline constexpr std::uint32_t kNoPeer = 0x10;
inline constexpr std::uint32_t kLimited = 0x20;
inline constexpr std::uint32_t kNoQuery = 0x40;
inline constexpr std::uint32_t kNoModify = 0x80;
inline constexpr std::uint32_t kKod = 0x400;
inline constexpr std::uint32_t kMsSntp = 0x800;
inline constexpr std::uint32_t kFlake = 0x1000;
inline constexpr std::uint32_t kNoMruList = 0x2000;
}  // namespace restrict_flag

/// One `restrict` or `unrestrict` line.
struct RestrictSettings {
  enum class Subject : std::uint8_t { Default, Source, Address };
  Location where;
  bool remove = false;  // unrestrict
  Subject subject = Subject::Address;
  Family family = Family::Any;  // of `default`, and of host names
  std::string host;             // Subject::Address: as written, without its prefix length
  std::optional<int> prefix_length;
  std::optional<Address> mask;
  bool ntp_port = false;  // ntpport
  std::uint32_t flags = 0;
};

/// `tos`.
struct TosSettings {
  int min_clock = 3;
  int max_clock = 10;
  int min_sane = 1;
  int floor = 0;
  int ceiling = 15;
  int orphan = 17;
  int orphan_wait = 300;    // s
  double min_dist = 0.001;  // s
  double max_dist = 1.5;    // s
  double max_disp = 16;     // s
};

/// `tinker`.
struct TinkerSettings {
  double step_forward = 0.128;      // s
  double step_backward = 0.128;     // s
  double panic = 1000;              // s
  double stepout = 300;             // s
  int allan = 11;                   // log2 s
  double dispersion = 15;           // ppm
  std::optional<double> frequency;  // ppm
  double huffpuff = 0;              // s
};

/// Everything that ntp.conf and the command line decide: plain data, built once, then only read.
struct Settings {
  std::vector<SourceSettings> sources;
  std::vector<RestrictSettings> restrictions;
  TosSettings tos;
  TinkerSettings tinker;

  std::string drift_file;
  std::string log_file;
  std::string stats_dir;
  std::vector<std::string> pid_files;

  bool discipline = true;  // enable/disable ntp
  bool monitor = true;
  bool stats = true;
  bool kernel = true;  // accepted: the kernel's PLL is never used
  bool calibrate = false;
};

}  // namespace ntp::config
