// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/daemon/usage.h"

namespace ntp::daemon {
namespace {

void setting(std::string& text, const char* name, const std::string& value) {
  if (!value.empty()) text += std::string(name) + " \"" + value + "\";\n";
}

void remark(std::string& text, const char* name, const std::string& value) {
  if (!value.empty()) text += std::string("#") + name + " = " + value + '\n';
}

void remark(std::string& text, const char* name, bool value) {
  remark(text, name, std::string(value ? "true" : "false"));
}

}  // namespace

std::string usage() {
  return "usage: ntpd [options] [server ...]\n"
         "  -4, --ipv4                  use IPv4 only\n"
         "  -6, --ipv6                  use IPv6 only\n"
         "  -a, --assert                abort at once, as a failed assertion would\n"
         "  -c, --configfile FILE       read FILE instead of " REGULATOR_CONFIG_FILE
         "\n"
         "      --check                 read the configuration, say what is wrong with it, and "
         "exit\n"
         "      --json                  with --check: say it in JSON\n"
         "  -d, --debug                 stay in the foreground and log more; may be repeated\n"
         "  -D, --set-debug-level N     log more\n"
         "  -f, --driftfile FILE        keep the clock's frequency in FILE\n"
         "  -g, --panicgate             let the first correction exceed the panic limit\n"
         "  -G                          step the clock at the first correction\n"
         "  -h, --help                  show this and exit\n"
         "  -i, --jaildir DIR           change the root directory to DIR\n"
         "  -I, --interface NAME        listen on an interface or address; may be repeated\n"
         "  -k, --keyfile FILE          read symmetric keys from FILE\n"
         "  -l, --logfile FILE          log to FILE only\n"
         "  -L, --novirtualips          do not listen on virtual interfaces\n"
         "  -m, --mdns                  accepted and ignored\n"
         "  -n, --nofork                stay in the foreground and log to the terminal\n"
         "  -N, --nice                  run at the highest real-time priority\n"
         "  -p, --pidfile FILE          write the process number to FILE\n"
         "  -P, --priority N            run at real-time priority N\n"
         "  -q, --quit                  set the clock once and exit\n"
         "  -R, --dumpopts              show the options as understood and exit\n"
         "  -s, --statsdir DIR          write statistics below DIR\n"
         "  -t, --trustedkey N          trust key N; may be repeated\n"
         "  -u, --user USER[:GROUP]     give up root's rights and run as USER\n"
         "  -U, --updateinterval S      accepted and ignored\n"
         "  -z, --var NAME=VALUE        set a variable\n"
         "  -Z, --dvar NAME=VALUE       set a variable that is shown by default\n"
         "  -V, --version               show the version and exit\n"
         "  -w, --wait-sync S           wait up to S seconds for the first synchronization\n"
         "  -x, --slew                  slew offsets of up to 600 s\n";
}

std::string dump(const Options& options) {
  std::string text;
  setting(text, "conffile", options.config_file);
  setting(text, "driftfile", options.drift_file);
  remark(text, "allow_panic", options.panic_gate);
  remark(text, "force_step_once", options.step_first);
  if (!options.identity.jail.empty()) {
    remark(text, "chrootdir", '"' + options.identity.jail + "\";");
  }
  remark(text, "user", options.identity.user);
  remark(text, "group", options.identity.group);
  setting(text, "logfile", options.log_file);
  remark(text, "listen_to_virtual_ips", options.virtual_addresses);
  setting(text, "pidfile", options.pid_file);
  remark(text, "mode_ntpdate", options.quit);
  std::string stats_dir =
      options.stats_dir.empty() ? config::default_path::kStatsDir : options.stats_dir;
  if (!stats_dir.ends_with('/')) stats_dir += '/';
  setting(text, "statsdir", stats_dir);
  text += "#interface_interval = 300\n";
  return text;
}

}  // namespace ntp::daemon
