// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "libntp/core/address.h"

namespace ntp::config {

/// Where a setting stands. It is no part of what is set: two settings are equal wherever they
/// stand.
struct Location {
  std::string file;
  int line = 0;    // from 1; 0 if it does not come from a file
  int column = 0;  // from 1

  friend bool operator==(const Location&, const Location&) { return true; }
};

struct NamedFile {
  std::string path;
  Location where;

  friend bool operator==(const NamedFile&, const NamedFile&) = default;
};

/// Where things are that nothing says where (NTPsec 1.2.5).
namespace default_path {
inline constexpr const char* kStatsDir = "/var/NTP/";
inline constexpr const char* kNtsCertificate = "/etc/ntp/cert-chain.pem";
inline constexpr const char* kNtsKey = "/etc/ntp/key.pem";
inline constexpr const char* kNtsCookie = "/var/lib/ntp/nts-keys";
}  // namespace default_path

enum class SourceType : std::uint8_t { Server, Pool, Refclock };

/// The port of NTS-KE (RFC 8915 section 6).
inline constexpr std::uint16_t kNtsKePort = 4460;

/// One `server`, `pool`, `peer` or `refclock` line. The polls are the final ones: within 0 to 17,
/// and the lower not above the higher.
struct SourceSettings {
  Location where;
  SourceType type = SourceType::Server;
  /// A name or numeric address as written, without brackets and port; empty for a refclock. With
  /// `family` V4 or V6 a numeric address of the other family is a name that does not resolve.
  std::string host;
  Family family = Family::Any;  // -4, -6
  bool iburst = false;
  bool burst = false;
  bool prefer = false;
  bool noselect = false;
  bool truechimer = false;  // the option `true`
  int min_poll = 6;         // log2 s
  int max_poll = 10;        // log2 s
  int version = 4;          // 0 to 254
  std::uint32_t key = 0;    // 0: none
  double bias = 0;          // s
  bool nts = false;
  std::uint16_t nts_port = kNtsKePort;
  bool nts_no_validation = false;  // noval
  std::string nts_ca;
  std::string nts_aead;

  std::string driver;   // refclock: the driver's name, lower case
  int driver_type = 0;  // its number t in 127.127.t.u
  int unit = 0;         // 0 to 255
  int mode = 0;         // mode, subtype
  std::string path;
  std::string pps_path;
  int baud = 0;
  double time1 = 0;  // s
  double time2 = 0;  // s
  std::optional<int> stratum;
  std::optional<std::string> refid;  // at most four characters
  unsigned flags = 0;                // bit 0 flag1 … bit 3 flag4
  /// What `phone` lists, for the clocks that dial.
  std::vector<std::string> phones;
  friend bool operator==(const SourceSettings&, const SourceSettings&) = default;
};

/// `unpeer`, `unconfig`: an association id, or a name or address. Those that match a source of the
/// same text have already removed it.
struct UnpeerSettings {
  Location where;
  std::uint16_t association = 0;  // 0: by host
  std::string host;
  Family family = Family::Any;
  friend bool operator==(const UnpeerSettings&, const UnpeerSettings&) = default;
};

/// `fudge`. Those that match a source of the same text have already changed it.
struct FudgeSettings {
  Location where;
  int driver_type = 0;
  int unit = 0;
  std::optional<double> time1;  // s
  std::optional<double> time2;  // s
  std::optional<int> stratum;
  std::optional<std::string> refid;
  unsigned flags = 0;      // bit 0 flag1 … bit 3 flag4
  unsigned flags_set = 0;  // which of them the line names
  friend bool operator==(const FudgeSettings&, const FudgeSettings&) = default;
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

/// One `restrict` or `unrestrict` line. `unrestrict` without flags and without `ntpport` removes
/// the entry, with them it clears them.
struct RestrictSettings {
  enum class Subject : std::uint8_t { Default, Source, Address };
  Location where;
  bool remove = false;  // unrestrict
  Subject subject = Subject::Address;
  Family family = Family::Any;  // of `default`, and of host names
  std::string host;             // Subject::Address: as written, without its prefix length
  std::optional<int> prefix_length;
  std::optional<Address> mask;  // of the family of `host` if that is numeric
  bool ntp_port = false;        // ntpport
  std::uint32_t flags = 0;
  friend bool operator==(const RestrictSettings&, const RestrictSettings&) = default;
};

/// `limit`. The score of a client grows by 1/burst a packet and decays with that time constant.
struct LimitSettings {
  double average = 1.0;  // packets a second
  double burst = 20;     // s
  double kod = 0.5;      // packets a second above the average
  Location where = {};   // the last line that sets any of it
  friend bool operator==(const LimitSettings&, const LimitSettings&) = default;
};

/// `mru`: the list of recent clients. Kibibytes are counted as NTPsec's entries of 96 bytes.
struct MruSettings {
  static constexpr std::uint32_t kUnlimited = 0xffffffff;
  std::uint32_t max_depth = 10922;  // entries
  std::uint32_t min_depth = 600;    // entries
  int max_age = 3600;               // s
  int min_age = 64;                 // s
  std::uint32_t initial = 42;       // entries
  std::uint32_t increment = 42;     // entries
  friend bool operator==(const MruSettings&, const MruSettings&) = default;
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
  /// Others are told the estimated time in place of that of a clock that is only read.
  bool correct = false;
  friend bool operator==(const TosSettings&, const TosSettings&) = default;
};

/// `tinker`.
struct TinkerSettings {
  double step_forward = 0.128;      // s
  double step_backward = 0.128;     // s
  double panic = 1000;              // s
  double stepout = 300;             // s, never less
  int allan = 11;                   // log2 s
  double dispersion = 15;           // ppm
  std::optional<double> frequency;  // ppm
  double huffpuff = 0;              // s; 0: off, else at least 900
  friend bool operator==(const TinkerSettings&, const TinkerSettings&) = default;
};

/// `keys`, `trustedkey`, `controlkey`, `ntpsigndsocket`.
struct KeySettings {
  struct Range {
    std::uint16_t first = 0;
    std::uint16_t last = 0;
    Location where;
    friend bool operator==(const Range&, const Range&) = default;
  };
  std::string file;
  Location file_at;
  std::vector<Range> trusted;
  std::int32_t control_key = 0;  // 0: none
  Location control_key_at;
  /// The directory of Samba's signing socket.
  std::string signd_socket = "/var/lib/samba/ntp_signd";
  friend bool operator==(const KeySettings&, const KeySettings&) = default;
};

/// `nts`. An empty string or option is the built-in default.
struct NtsSettings {
  bool enable = false;  // the NTS-KE server
  Location enable_at;
  std::string certificate;
  Location certificate_at;
  std::string key;
  Location key_at;
  std::string cookie;
  Location cookie_at;
  std::string ca;
  Location ca_at;
  std::string aead;
  std::string min_tls;
  std::string max_tls;
  std::string cipher_suites;
  std::string ecdh_curves;
  bool server_preference = false;
  friend bool operator==(const NtsSettings&, const NtsSettings&) = default;
};

enum class StatisticsSet : std::uint8_t {
  Clock,
  Loop,
  Peer,
  Proto,
  Raw,
  Sys,
  Use,
  Nts,
  NtsKe,
  NtsKeLog
};
inline constexpr std::size_t kStatisticsSets = 10;

enum class FileGeneration : std::uint8_t { None, Pid, Day, Week, Month, Year, Age };

/// One set of statistics, of `statistics` and `filegen`.
struct StatisticsSettings {
  Location where;  // the last line that names it
  bool enabled = false;
  std::string file;  // empty: the name of the set
  FileGeneration type = FileGeneration::Day;
  bool link = true;
  friend bool operator==(const StatisticsSettings&, const StatisticsSettings&) = default;
};

/// Message classes of `logconfig`: the four items of a class lie side by side.
namespace log_mask {
inline constexpr std::uint32_t kInfo = 1;
inline constexpr std::uint32_t kEvents = 2;
inline constexpr std::uint32_t kStatus = 4;
inline constexpr std::uint32_t kStatistics = 8;
inline constexpr int kSysShift = 0;
inline constexpr int kPeerShift = 4;
inline constexpr int kClockShift = 8;
inline constexpr int kSyncShift = 12;
inline constexpr std::uint32_t kDefault = 0xfU << kSyncShift;
}  // namespace log_mask

/// `interface`, `nic`; the last rule that matches an address decides.
struct InterfaceRule {
  enum class Action : std::uint8_t { Listen, Ignore, Drop };
  enum class Match : std::uint8_t { All, V4, V6, Wildcard, Name, Address };
  Location where;
  Action action = Action::Listen;
  Match match = Match::All;
  std::string name;  // Match::Name: a shell pattern, any case
  Prefix prefix;     // Match::Address
  friend bool operator==(const InterfaceRule&, const InterfaceRule&) = default;
};

/// `setvar`.
struct VariableSettings {
  std::string name;
  std::string value;
  bool is_default = false;  // shown by default in system variables
  friend bool operator==(const VariableSettings&, const VariableSettings&) = default;
};

/// `rlimit`.
struct ResourceLimits {
  std::optional<int> stack_pages;  // of 4 KiB
  std::optional<int> descriptors;
  friend bool operator==(const ResourceLimits&, const ResourceLimits&) = default;
};

/// Sets of counters that `reset` clears.
namespace reset_target {
inline constexpr unsigned kAllPeers = 1;
inline constexpr unsigned kAuth = 2;
inline constexpr unsigned kControl = 4;
inline constexpr unsigned kIo = 8;
inline constexpr unsigned kMemory = 16;
inline constexpr unsigned kSystem = 32;
inline constexpr unsigned kTimer = 64;
}  // namespace reset_target

/// Everything that ntp.conf and the command line decide: plain data, built once, then only read.
struct Settings {
  std::vector<SourceSettings> sources;
  std::vector<UnpeerSettings> unpeers;
  std::vector<FudgeSettings> fudges;
  std::vector<RestrictSettings> restrictions;
  LimitSettings limit;
  MruSettings mru;
  TosSettings tos;
  Location tos_at;  // the last line
  TinkerSettings tinker;
  KeySettings keys;
  NtsSettings nts;

  std::string drift_file;
  Location drift_file_at;
  double wander_threshold = 1e-7;  // s/s; nonvolatile, and the second word of driftfile
  std::string leap_file;
  Location leap_file_at;
  std::optional<int> leap_smear_interval;  // s
  std::string log_file;
  Location log_file_at;
  std::uint32_t log_classes = log_mask::kDefault;
  std::string stats_dir;  // ends in a slash, unless empty
  Location stats_dir_at;
  std::array<StatisticsSettings, kStatisticsSets> statistics;  // by StatisticsSet
  std::vector<NamedFile> pid_files;

  std::vector<InterfaceRule> interfaces;
  bool no_virtual_addresses = false;         // -L: devices with a colon in their name are ignored
  std::vector<std::string> hardware_stamps;  // interfaces, `*` for all that can; hwtimestamp
  Location hardware_stamps_at;               // the last line
  int dscp = 46;
  std::uint16_t extra_port = 0;  // 0: none
  int mdns_tries = 5;
  std::vector<VariableSettings> variables;
  std::vector<std::string> phones;
  ResourceLimits limits;
  unsigned reset_counters = 0;  // reset_target

  bool discipline = true;  // enable/disable ntp
  /// As written; the list of recent clients is kept all the same while an entry has `limited`.
  bool monitor = true;
  bool stats = true;
  bool kernel = true;  // accepted: the kernel's PLL is never used
  bool calibrate = false;
};

}  // namespace ntp::config
