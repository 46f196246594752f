// SPDX-License-Identifier: BSD-2-Clause
#include "ntpq/commands.h"

#include <algorithm>
#include <array>

#include "ntpq/commands_auth.h"
#include "ntpq/commands_local.h"
#include "ntpq/commands_peers.h"
#include "ntpq/commands_variables.h"

namespace ntp::ntpq {
namespace {

constexpr std::array kCommands = std::to_array<Command>({
    {"EOF", run_eof, "leave ntpq, as the end of the input does", "EOF"},
    {"addvars", run_addvars, "put names on the variable list, or change their values",
     "addvars name[=value][,...]"},
    {"apeers", run_apeers, "show the peers with their association ids", "apeers"},
    {"associations", run_associations, "show the associations and their status words",
     "associations"},
    {"authenticate", run_authenticate, "sign every request, or only those that need it",
     "authenticate [yes|no]"},
    {"cl", run_clocklist, "read the listed variables of a clock", "cl [assocID]"},
    {"clearvars", run_clearvars, "empty the variable list", "clearvars"},
    {"clocklist", run_clocklist, "read the listed variables of a clock", "clocklist [assocID]"},
    {"clockvar", run_clockvar, "read variables of a clock", "clockvar assocID [name ...]"},
    {"cooked", run_cooked, "print variables for reading", "cooked"},
    {"cv", run_clockvar, "read variables of a clock", "cv assocID [name ...]"},
    {"debug", run_debug, "show or set the level of debugging", "debug [no|more|less|n]"},
    {"delay", run_delay, "show or set a delay that has no effect", "delay [msec]"},
    {"exit", run_exit, "leave ntpq", "exit"},
    {"help", run_help, "list the commands, or say what one does", "help [command]"},
    {"host", run_host, "show or choose the server to be asked", "host [-4|-6] [hostname]"},
    {"hostnames", run_hostnames, "show names or addresses of peers", "hostnames [yes|no]"},
    {"keyid", run_keyid, "show or set the number of the key for signing requests", "keyid [key#]"},
    {"keytype", run_keytype, "show or set the type of keys that are typed",
     "keytype [digest-name]"},
    {"lassociations", run_associations, "show the associations and their status words",
     "lassociations"},
    {"lopeers", run_opeers, "show the peers with the local addresses", "lopeers"},
    {"lpassociations", run_passociations, "show the associations as last received",
     "lpassociations"},
    {"lpeers", run_peers, "show the peers", "lpeers"},
    {"mreadlist", run_mreadlist, "read the listed variables of several peers",
     "mreadlist assocIDlow assocIDhigh"},
    {"mreadvar", run_mreadvar, "read variables of several peers",
     "mreadvar assocIDlow assocIDhigh [name ...]"},
    {"mrl", run_mreadlist, "read the listed variables of several peers",
     "mrl assocIDlow assocIDhigh"},
    {"mrv", run_mreadvar, "read variables of several peers",
     "mrv assocIDlow assocIDhigh [name ...]"},
    {"ntpversion", run_ntpversion, "show or set a version number that has no effect",
     "ntpversion [version number]"},
    {"opeers", run_opeers, "show the peers with the local addresses", "opeers"},
    {"passociations", run_passociations, "show the associations as last received", "passociations"},
    {"passwd", run_passwd, "ask for the key for signing requests", "passwd"},
    {"peers", run_peers, "show the peers", "peers"},
    {"poll", run_poll, "not there: ask a server for the time", "poll [n] [verbose]"},
    {"quit", run_exit, "leave ntpq", "quit"},
    {"raw", run_raw, "print variables as they were received", "raw"},
    {"readlist", run_readlist, "read the listed variables of the system or of a peer",
     "readlist [assocID]"},
    {"readvar", run_readvar, "read variables of the system or of a peer",
     "readvar [assocID [name ...]]"},
    {"reslist", run_reslist, "show the server's access control list", "reslist"},
    {"rl", run_readlist, "read the listed variables of the system or of a peer", "rl [assocID]"},
    {"rmvars", run_rmvars, "take names from the variable list", "rmvars name[,...]"},
    {"rpeers", run_rpeers, "show the peers with their names last", "rpeers"},
    {"rv", run_readvar, "read variables of the system or of a peer", "rv [assocID [name ...]]"},
    {"showvars", run_showvars, "show the variable list", "showvars"},
    {"timeout", run_timeout, "show or set how long to wait for an answer", "timeout [msec]"},
    {"units", run_units, "print numbers with or without units", "units"},
    {"version", run_version, "show the version of ntpq", "version"},
    {"writelist", run_nothing, "not there: write the listed variables", "writelist [assocID]"},
    {"writevar", run_nothing, "not there: write variables", "writevar assocID name=value[,...]"},
});

static_assert(std::is_sorted(kCommands.begin(), kCommands.end(),
                             [](const Command& a, const Command& b) { return a.name < b.name; }));

}  // namespace

std::span<const Command> all_commands() { return kCommands; }

}  // namespace ntp::ntpq
