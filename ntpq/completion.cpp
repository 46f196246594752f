// SPDX-License-Identifier: BSD-2-Clause
#include "ntpq/completion.h"

#include <algorithm>
#include <span>

#include "ntpq/commands.h"
#include "ntpq/text.h"

namespace ntp::ntpq {
namespace {

constexpr std::string_view kSystemVariables[] = {
    "authcmacdecrypts",
    "authcmacencrypts",
    "authcmacfails",
    "authdecrypts",
    "authdelay",
    "authdigestdecrypts",
    "authdigestencrypts",
    "authdigestfails",
    "authencrypts",
    "authfreek",
    "authkeys",
    "authklookups",
    "authknotfound",
    "authreset",
    "clk_jitter",
    "clk_wander",
    "clk_wander_threshold",
    "clock",
    "expire",
    "free_rbuf",
    "frequency",
    "io_dropped",
    "io_ignored",
    "io_pkt_reads",
    "io_received",
    "io_ref_reads",
    "io_sendfailed",
    "io_sent",
    "io_wakeups",
    "iostats_reset",
    "kesterr",
    "kfreq",
    "kfreqtol",
    "kmaxerr",
    "koffset",
    "kppscalibdur",
    "kppscaliberrs",
    "kppscalibs",
    "kppsfreq",
    "kppsjitexc",
    "kppsjitter",
    "kppsstab",
    "kppsstbexc",
    "kprecis",
    "kstflags",
    "ktimeconst",
    "leap",
    "leapsec",
    "lockclock",
    "mintc",
    "mru_deepest",
    "mru_depth",
    "mru_enabled",
    "mru_exists",
    "mru_hashslots",
    "mru_maxage",
    "mru_maxdepth",
    "mru_maxmem",
    "mru_mem",
    "mru_minage",
    "mru_mindepth",
    "mru_new",
    "mru_none",
    "mru_oldest_age",
    "mru_recyclefull",
    "mru_recycleold",
    "nts_client_recv_bad",
    "nts_client_recv_bad_r",
    "nts_client_recv_good",
    "nts_client_recv_good_r",
    "nts_client_send",
    "nts_client_send_r",
    "nts_cookie_decode",
    "nts_cookie_decode_current",
    "nts_cookie_decode_current_r",
    "nts_cookie_decode_error",
    "nts_cookie_decode_error_r",
    "nts_cookie_decode_old",
    "nts_cookie_decode_old2",
    "nts_cookie_decode_old2_r",
    "nts_cookie_decode_old_r",
    "nts_cookie_decode_older",
    "nts_cookie_decode_older_r",
    "nts_cookie_decode_r",
    "nts_cookie_decode_too_old",
    "nts_cookie_decode_too_old_r",
    "nts_cookie_decode_total",
    "nts_cookie_decode_total_r",
    "nts_cookie_make",
    "nts_cookie_make_r",
    "nts_cookie_not_server",
    "nts_cookie_not_server_r",
    "nts_ke_probes_bad",
    "nts_ke_probes_bad_r",
    "nts_ke_probes_good",
    "nts_ke_probes_good_r",
    "nts_ke_serves_bad",
    "nts_ke_serves_bad_cpu",
    "nts_ke_serves_bad_cpu_r",
    "nts_ke_serves_bad_r",
    "nts_ke_serves_bad_wall",
    "nts_ke_serves_bad_wall_r",
    "nts_ke_serves_good",
    "nts_ke_serves_good_cpu",
    "nts_ke_serves_good_cpu_r",
    "nts_ke_serves_good_r",
    "nts_ke_serves_good_wall",
    "nts_ke_serves_good_wall_r",
    "nts_ke_serves_nossl",
    "nts_ke_serves_nossl_cpu",
    "nts_ke_serves_nossl_cpu_r",
    "nts_ke_serves_nossl_r",
    "nts_ke_serves_nossl_wall",
    "nts_ke_serves_nossl_wall_r",
    "nts_server_recv_bad",
    "nts_server_recv_bad_r",
    "nts_server_recv_good",
    "nts_server_recv_good_r",
    "nts_server_send",
    "nts_server_send_r",
    "offset",
    "peer",
    "peeradr",
    "peermode",
    "precision",
    "processor",
    "refid",
    "reftime",
    "release",
    "rootdelay",
    "rootdisp",
    "rootdist",
    "ss_badauth",
    "ss_badauth_r",
    "ss_badformat",
    "ss_badformat_r",
    "ss_declined",
    "ss_declined_r",
    "ss_kodsent",
    "ss_kodsent_r",
    "ss_limited",
    "ss_limited_r",
    "ss_numctlreq",
    "ss_oldver",
    "ss_oldver_r",
    "ss_processed",
    "ss_processed_r",
    "ss_received",
    "ss_received_r",
    "ss_reset",
    "ss_reset_r",
    "ss_restricted",
    "ss_restricted_r",
    "ss_thisver",
    "ss_thisver_r",
    "ss_uptime",
    "ss_ver1",
    "ss_ver1_r",
    "ss_ver1client",
    "ss_ver1client_r",
    "ss_ver1symm",
    "ss_ver1symm_r",
    "ss_ver1zero",
    "ss_ver1zero_r",
    "stratum",
    "sys_jitter",
    "sys_var_list",
    "system",
    "tai",
    "tc",
    "timer_overruns",
    "timer_xmts",
    "timerstats_reset",
    "total_rbuf",
    "used_rbuf",
    "version",
};

constexpr std::string_view kPeerVariables[] = {
    "authenable", "authentic",  "badauth",       "bias",      "bogusorg",   "candidate",
    "config",     "delay",      "dispersion",    "dstadr",    "dstport",    "filtdelay",
    "filtdisp",   "filtoffset", "flash",         "headway",   "hmode",      "hpoll",
    "jitter",     "keyid",      "leap",          "mode",      "ntscookies", "offset",
    "oldpkt",     "org",        "peer_var_list", "pmode",     "ppoll",      "precision",
    "reach",      "rec",        "received",      "refid",     "reftime",    "rootdelay",
    "rootdisp",   "selbroken",  "seldisp",       "sent",      "srcadr",     "srchost",
    "srcport",    "stratum",    "timer",         "timereach", "timerec",    "unreach",
    "xmt",
};

constexpr std::string_view kClockVariables[] = {
    "baddata", "badformat", "clock_var_list", "device", "flags",   "fudgetime1", "fudgetime2",
    "name",    "noreply",   "poll",           "refid",  "stratum", "timecode",
};

constexpr std::string_view kBlanks = " \t";

/// The command that a beginning means, if it is one alone.
std::string_view command_of(std::string_view word) {
  std::string_view found;
  for (const Command& command : all_commands()) {
    if (command.name == word) return word;
    if (!command.name.starts_with(word)) continue;
    if (!found.empty()) return {};
    found = command.name;
  }
  return found;
}

/// The variables that may be named behind these words.
std::span<const std::string_view> variables_after(std::span<const std::string_view> words) {
  if (words.size() < 2) return {};
  const std::string_view command = command_of(words[0]);
  const bool reads = command == "rv" || command == "readvar";
  if (reads) {
    return words[1] == "0" ? std::span<const std::string_view>(kSystemVariables) : kPeerVariables;
  }
  if (command == "cv" || command == "clockvar") return kClockVariables;
  const bool reads_many = command == "mrv" || command == "mreadvar";
  return reads_many && words.size() > 2 ? std::span<const std::string_view>(kPeerVariables)
                                        : std::span<const std::string_view>();
}

}  // namespace

std::vector<std::string> completions(std::string_view line) {
  const std::size_t blank = line.find_last_of(kBlanks);
  const std::string_view before = blank == line.npos ? std::string_view() : line.substr(0, blank);
  std::string_view word = blank == line.npos ? line : line.substr(blank + 1);
  const std::vector<std::string_view> words = split_words(before);
  std::vector<std::string> found;
  const bool helps = words.size() == 1 && (words[0] == "help" || words[0] == "?");
  if (words.empty() || helps) {
    for (const Command& command : all_commands()) {
      if (command.name.starts_with(word)) found.emplace_back(command.name);
    }
  } else {
    // Names may be separated by commas, too.
    const std::size_t comma = word.rfind(',');
    const std::string front(comma == word.npos ? std::string_view() : word.substr(0, comma + 1));
    word.remove_prefix(front.size());
    for (const std::string_view name : variables_after(words)) {
      if (name.starts_with(word)) found.push_back(front + std::string(name));
    }
  }
  std::sort(found.begin(), found.end());
  return found;
}

}  // namespace ntp::ntpq
