// SPDX-License-Identifier: BSD-2-Clause
#include "ntpq/commands.h"

#include <algorithm>
#include <array>

#include "ntpq/commands_auth.h"
#include "ntpq/commands_lists.h"
#include "ntpq/commands_local.h"
#include "ntpq/commands_mru.h"
#include "ntpq/commands_peers.h"
#include "ntpq/commands_statistics.h"
#include "ntpq/commands_variables.h"
#include "ntpq/commands_why.h"

namespace ntp::ntpq {
namespace {

constexpr std::array kCommands = std::to_array<Command>({
    {":config", run_config, "send lines of ntp.conf to the server", ":config <configuration>"},
    {"EOF", run_eof, "leave ntpq, as the end of the input does", "EOF"},
    {"addvars", run_addvars, "put names on the variable list, or change their values",
     "addvars name[=value][,...]"},
    {"apeers", run_apeers, "show the peers with their association ids", "apeers"},
    {"associations", run_associations, "show the associations and their status words",
     "associations"},
    {"authenticate", run_authenticate, "sign every request, or only those that need it",
     "authenticate [yes|no]"},
    {"authinfo", run_authinfo, "show the counters of symmetric authentication", "authinfo"},
    {"cl", run_clocklist, "read the listed variables of a clock", "cl [assocID]"},
    {"clearvars", run_clearvars, "empty the variable list", "clearvars"},
    {"clocklist", run_clocklist, "read the listed variables of a clock", "clocklist [assocID]"},
    {"clockvar", run_clockvar, "read variables of a clock",
     "clockvar [assocID] [name=value[,...]]"},
    {"config-from-file", run_config_from_file, "send a file of lines of ntp.conf to the server",
     "config-from-file <configuration filename>"},
    {"cooked", run_cooked, "print variables for reading", "cooked"},
    {"cv", run_clockvar, "read variables of a clock", "cv [ assocID ] [ name=value[,...] ]"},
    {"debug", run_debug, "show or set the level of debugging", "debug [no|more|less|n]"},
    {"delay", run_delay, "show or set a delay that has no effect", "delay [ msec ]"},
    {"direct", run_direct, "show clients as they come, or as a table", "direct"},
    {"doflake", run_doflake, "lose packets on purpose", "doflake <probability>"},
    {"exit", run_exit, "leave ntpq", "exit"},
    {"help", run_help, "list the commands, or say what one does", "help [ command ]"},
    {"host", run_host, "show or choose the server to be asked", "host [-4|-6] [hostname]"},
    {"hostnames", run_hostnames, "show names or addresses of peers", "hostnames [yes|no]"},
    {"ifstats", run_ifstats, "show the server's addresses and their counters", "ifstats"},
    {"iostats", run_iostats, "show the counters of packets sent and received", "iostats"},
    {"kerninfo", run_kerninfo, "show the state of the kernel's clock", "kerninfo"},
    {"keyid", run_keyid, "show or set the number of the key for signing requests", "keyid [key#]"},
    {"keytype", run_keytype, "show or set the type of keys that are typed",
     "keytype [digest-name]"},
    {"lassociations", run_associations, "show the associations and their status words",
     "lassociations"},
    {"logfile", run_logfile, "show or choose the file for debugging; <stderr> is standard error",
     "logfile [file]"},
    {"lopeers", run_opeers, "show the peers with the local addresses", "lopeers"},
    {"lpassociations", run_passociations, "show the associations as last received",
     "lpassociations"},
    {"lpeers", run_peers, "show the peers", "lpeers"},
    {"monstats", run_monstats, "show the counters and limits of the list of clients", "monstats"},
    {"mreadlist", run_mreadlist, "read the listed variables of several peers",
     "mreadlist assocIDlow assocIDhigh"},
    {"mreadvar", run_mreadvar, "read variables of several peers",
     "mreadvar assocIDlow assocIDhigh [name=value[,...]]"},
    {"mrl", run_mrl, "read the listed variables of several peers", "mrl assocIDlow assocIDhigh"},
    {"mrulist", run_mrulist, "show the server's recent clients",
     "mrulist [tag=value] [tag=value] [tag=value] [tag=value]"},
    {"mrv", run_mrv, "read variables of several peers",
     "mrv assocIDlow assocIDhigh [name=value[,...]]"},
    {"mssntpinfo", run_mssntpinfo, "show the counters of MS-SNTP", "mssntpinfo"},
    {"noflake", run_noflake, "lose no packets on purpose", "noflake"},
    {"ntpversion", run_ntpversion, "show or set a version number that has no effect",
     "ntpversion [version number]"},
    {"ntsinfo", run_ntsinfo, "show the counters of NTS", "ntsinfo"},
    {"opeers", run_opeers, "show the peers with the local addresses", "opeers"},
    {"passociations", run_passociations, "show the associations as last received", "passociations"},
    {"passwd", run_passwd, "ask for the key for signing requests", "passwd []"},
    {"peers", run_peers, "show the peers", "peers"},
    {"poll", run_poll, "not there: ask a server for the time", "poll [n] [verbose]"},
    {"pstats", run_pstats, "show the counters of a peer", "pstats assocID"},
    {"quit", run_exit, "leave ntpq", "quit"},
    {"raw", run_raw, "print variables as they were received", "raw"},
    {"readlist", run_readlist, "read the listed variables of the system or of a peer",
     "readlist [assocID]"},
    {"readvar", run_readvar, "read variables of the system or of a peer",
     "readvar [assocID] [varname1] [varname2] [varname3]"},
    {"reslist", run_reslist, "show the server's access control list", "reslist"},
    {"rl", run_readlist, "read the listed variables of the system or of a peer", "rl [assocID]"},
    {"rmvars", run_rmvars, "take names from the variable list", "rmvars name[,...]"},
    {"rpeers", run_rpeers, "show the peers with their names last", "rpeers"},
    {"rv", run_readvar, "read variables of the system or of a peer",
     "rv [assocID] [varname1] [varname2] [varname3]"},
    {"showvars", run_showvars, "show the variable list", "showvars"},
    {"sysinfo", run_sysinfo, "show the system variables with legends", "sysinfo"},
    {"sysstats", run_sysstats, "show the server's uptime and packet counters", "sysstats"},
    {"timeout", run_timeout, "show or set how long to wait for an answer", "timeout [ msec ]"},
    {"timerstats", run_timerstats, "show the counters of the timer", "timerstats"},
    {"units", run_units, "print numbers with or without units", "units"},
    {"version", run_version, "show the version of ntpq", "version"},
    {"why", run_why, "say why the clock is not synchronized, or a source not used", "why"},
    {"writelist", run_nothing, "not there: write the listed variables", "writelist [ assocID ]"},
    {"writevar", run_nothing, "not there: write variables", "writevar assocID name=value,[...]"},
});

static_assert(std::is_sorted(kCommands.begin(), kCommands.end(),
                             [](const Command& a, const Command& b) { return a.name < b.name; }));

}  // namespace

std::span<const Command> all_commands() { return kCommands; }

}  // namespace ntp::ntpq
