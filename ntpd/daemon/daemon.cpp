// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/daemon/daemon.h"

#include <signal.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <memory>
#include <optional>
#include <utility>

#include "libntp/config/parser.h"
#include "ntpd/daemon/config_file.h"
#include "ntpd/daemon/key_server.h"
#include "ntpd/daemon/log_targets.h"
#include "ntpd/daemon/new_files.h"
#include "ntpd/daemon/server_sockets.h"
#include "ntpd/daemon/without_effect.h"
#include "ntpd/engine/diagnostics.h"
#include "ntpd/engine/engine.h"
#include "ntpd/io/clock_watch.h"
#include "ntpd/io/event_loop.h"
#include "ntpd/io/hardware_stamps.h"
#include "ntpd/io/linux_devices.h"
#include "ntpd/io/local_addresses.h"
#include "ntpd/io/resolver.h"
#include "ntpd/io/signing_socket.h"
#include "ntpd/io/udp_client.h"
#include "ntpd/nts/client.h"
#include "ntpd/os/files.h"
#include "ntpd/os/linux_clock.h"
#include "ntpd/os/privileges.h"
#include "ntpd/os/process.h"
#include "ntpd/os/random.h"
#include "ntpd/refclock/early_units.h"
#include "ntpd/report/logger.h"

namespace ntp::daemon {
namespace {

control::Identity host_identity() {
  utsname names{};
  uname(&names);
  return {names.machine, names.sysname, names.release, version_line()};
}

/// The daemon on Linux: brings up each part of the host, in the order that rights and log targets
/// ask for, and hands them to the engine.
class Daemon {
 public:
  Daemon(const Options& options, const std::string& command_line)
      : options_(options), log_targets_(options, command_line, log_) {}

  int run() {
    log_targets_.open();
    if (const int status = leave(); status != 0) return status;
    const auto read = read_settings();
    if (!read) {
      log_.error(read.error().message);
      return kExitFailure;
    }
    const config::Settings& settings = *read;
    for (const config::NamedFile& file : settings.pid_files) write_pid_file(file.path);

    // Made after the fork: it holds descriptors that do not survive one.
    loop_.emplace();
    watch_signals();
    if (options_.priority) raise_priority();
    limit_resources(settings.limits);
    if (!open_sockets(settings)) return kExitFailure;
    // While there is the right to: the file may be root's alone.
    keys_ = std::make_shared<engine::KeyStore>(settings.keys, files_, log_);
    keys_->load();
    if (settings.nts.enable && !key_server_.open(settings)) return kExitFailure;
    hardware_stamps_.enable(settings.hardware_stamps);
    devices_.emplace(*loop_, clock_);
    clocks_ = std::make_shared<refclock::EarlyUnits>();
    clocks_->open(settings.sources, *devices_, clock_.mono());
    if (!drop_privileges()) return kExitPrivileges;
    check_statistics(settings);
    return serve(settings);
  }

 private:
  // ---- Before the loop -----------------------------------------------------------------------

  int leave() {
    if (options_.foreground) {
      write_pid_file(options_.pid_file);
      return 0;
    }
    os::Detachment detachment;
    detachment.wait_for_sync = options_.wait_for_sync;
    detachment.on_ready = [this](pid_t daemon) {
      if (!options_.pid_file.empty()) report(os::write_pid_file(options_.pid_file, daemon));
    };
    auto starter = os::detach(detachment);
    if (!starter) {
      log_.error("INIT: " + starter.error().message);
      return kExitFailure;
    }
    starter_ = std::move(*starter);
    // Whoever starts it is to see why it does not.
    log_.use_terminal(true);
    return 0;
  }

  Result<config::ParseResult> read_config(Reading reading) {
    config::ParseResult parsed = read_config_file(options_, files_, reading);
    if (auto applied = apply_options(options_, parsed.settings); !applied) {
      return Failure<Error>{applied.error()};
    }
    return parsed;
  }

  Result<config::Settings> read_settings() {
    auto parsed = read_config(Reading::First);
    if (!parsed) return Failure<Error>{parsed.error()};
    log_targets_.follow("", parsed->settings.log_file);
    engine::write(log_, parsed->diagnostics);
    warn_of_missing_effects(parsed->settings);
    return std::move(parsed->settings);
  }

  void warn_of_missing_effects(const config::Settings& settings) {
    std::string names;
    for (const std::string& name : without_effect(settings)) {
      names += (names.empty() ? "" : ", ") + name;
    }
    if (!names.empty()) log_.warning("CONFIG: without effect in this version: " + names);
  }

  void write_pid_file(const std::string& path) {
    if (!path.empty()) report(os::write_pid_file(path, getpid()));
  }
  void report(const Result<void>& outcome) {
    if (!outcome) log_.error("INIT: " + outcome.error().message);
  }

  void raise_priority() {
    const auto raised = os::raise_priority(*options_.priority);
    if (!raised) log_.warning("INIT: " + raised.error().message);
  }

  void limit_resources(const config::ResourceLimits& wanted) {
    constexpr std::uint64_t kPage = 4096;
    std::optional<std::uint64_t> stack;
    std::optional<std::uint64_t> descriptors;
    if (wanted.stack_pages.value_or(0) > 0)
      stack = static_cast<std::uint64_t>(*wanted.stack_pages) * kPage;
    if (wanted.descriptors.value_or(0) > 0)
      descriptors = static_cast<std::uint64_t>(*wanted.descriptors);
    const auto limited = os::limit_resources(stack, descriptors);
    if (!limited) log_.error("INIT: " + limited.error().message);
  }

  bool open_sockets(const config::Settings& settings) {
    sockets_.emplace(
        *loop_, clock_, log_, options_.family,
        [this](const Datagram& datagram, const io::UdpServer::Reply& reply,
               const ServerSockets::LateReply& late) {
          if (engine_) engine_->on_server_datagram(datagram, reply, late);
        },
        [this](const Address& local) {
          if (engine_) engine_->on_unsent(local);
        });
    const auto opened = sockets_->open(settings);
    if (!opened) log_.error("IO: " + opened.error().message + "; EXITING");
    return opened.has_value();
  }

  bool drop_privileges() {
    if (!options_.identity.wanted()) return true;
    const auto dropped = os::drop_privileges(options_.identity);
    if (!dropped) {
      log_.error("INIT: can't drop root's rights: " + dropped.error().message);
      return false;
    }
    for (const std::string& missing : *dropped) log_.warning("INIT: " + missing);
    return true;
  }

  /// Said at the start, as the user that the daemon then is, so that it is not found out in a week.
  void check_statistics(const config::Settings& settings) {
    const auto& sets = settings.statistics;
    const bool in_use =
        std::any_of(sets.begin(), sets.end(), [](auto& set) { return set.enabled; });
    if (!in_use && settings.stats_dir.empty()) return;
    const auto fit = os::check_writable_directory(statistics::directory_of(settings));
    if (!fit) {
      log_.error("LOG: statistics directory can't be used: " + fit.error().message);
    }
  }

  // ---- On the loop ---------------------------------------------------------------------------

  int serve(const config::Settings& settings) {
    int status = 0;
    timers_.emplace(*loop_);
    network_.emplace(*loop_, clock_, settings.dscp);
    use_hardware_stamps();
    resolver_.emplace(*loop_);
    clock_.discipline(settings.discipline);
    key_client_ = std::make_unique<ke::Client>(*loop_, *resolver_, log_, settings.nts);
    const Host host{
        clock_, timers_.value(),   random_,          network_.value(), resolver_.value(), files_,
        log_,   key_client_.get(), &devices_.value()};

    engine_ = std::make_unique<engine::Engine>(settings, engine_options(status), host);
    if (!start_key_server()) return kExitFailure;
    engine_->start();
    watch_clock();
    if (!options_.foreground) log_.use_terminal(false);
    starter_.ready();
    loop_->run();
    key_server_.close();
    engine_->stop();
    return status;
  }

  engine::EngineOptions engine_options(int& status) {
    engine::EngineOptions engine;
    engine.signing_socket = &signing_socket_.emplace(*loop_);
    engine.precision = os::measure_precision();
    char precision[64];
    std::snprintf(precision, sizeof precision, "INIT: precision = %.3f usec (%d)",
                  std::ldexp(1e6, engine.precision), engine.precision);
    log_.info(precision);
    engine.family = options_.family;
    engine.allow_panic = options_.panic_gate;
    engine.step_first = options_.step_first;
    engine.slew_only = options_.slew;
    engine.quit_when_set = options_.quit;
    engine.identity = host_identity();
    engine.process_id = getpid();
    engine.resource_usage = os::resource_usage;
    engine.kernel_clock = os::kernel_clock;
    engine.interfaces = [this] { return ServerSockets::views(engine_->settings()); };
    engine.take_over = [this](config::ParseResult parsed) { take_over(std::move(parsed)); };
    engine.on_hour = [this] {
      log_targets_.follow_rotation();
      key_server_.refresh();
    };
    engine.ke_counts = [this] { return key_server_.counts(); };
    engine.keys = keys_;
    engine.early_clocks = std::move(clocks_);
    engine.is_own_address = [](const Address& address) {
      const auto own = io::local_addresses();
      return std::any_of(own.begin(), own.end(),
                         [&](const auto& each) { return each.address == address; });
    };
    engine.on_exit = [this, &status](int wanted) {
      status = wanted;
      loop_->stop();
    };
    // NTPsec: this line is for scripts, beside the log.
    engine.on_clock_set = [](engine::Setting setting, double offset) {
      const char* const what = setting == engine::Setting::Step   ? "set"
                               : setting == engine::Setting::Slew ? "slew"
                                                                  : "offset";
      std::printf("ntpd: time %s %+.6fs\n", what, offset);
      std::fflush(stdout);
    };
    engine.on_synchronized = [this] { starter_.synchronized(); };
    return engine;
  }

  void use_hardware_stamps() {
    if (!hardware_stamps_.any()) return;
    network_->stamp_in_hardware(hardware_stamps_);
    sockets_->stamp_in_hardware(hardware_stamps_);
  }

  void watch_clock() {
    auto watch = io::ClockWatch::start(*loop_, [this] { engine_->clock_disturbed(); });
    if (watch) {
      clock_watch_ = std::move(*watch);
    } else {
      log_.info("CLOCK: jumps of the clock are found some seconds later: " + watch.error().message);
    }
  }

  bool start_key_server() {
    KeyServer::Callbacks callbacks;
    callbacks.on_keys = [this](const nts::CookieKeys* keys) {
      report(engine_->set_cookie_keys(keys));
    };
    callbacks.on_session = [this](const statistics::KeSessionRecord& session,
                                  std::uint64_t unreported) {
      engine_->on_key_establishment(session, unreported);
    };
    return key_server_.start(*loop_, std::move(callbacks));
  }

  void watch_signals() {
    loop_->on_signals({SIGTERM, SIGINT, SIGQUIT, SIGBUS}, [this](int number) {
      log_.error("ERR: ntpd exiting on signal " + std::to_string(number) + " (" +
                 strsignal(number) + ')');  // NOLINT(concurrency-mt-unsafe): of this thread alone
      loop_->stop();
    });
    loop_->on_signals({SIGHUP}, [this](int) {
      log_.info("LOG: Saw SIGHUP");
      log_targets_.follow_rotation();
      if (!engine_) return;
      const auto sections = reload();
      const bool keys_read = std::ranges::find(sections, config::Section::Keys) != sections.end();
      if (!keys_read) engine_->reload_keys();
      engine_->refresh_files();
      key_server_.refresh();
    });
    // NTPsec: these change the debug level of debug builds, and are a line in the log of others.
    loop_->on_signals({SIGUSR1, SIGUSR2}, [this](int number) {
      log_.show_debug(number == SIGUSR1);
      log_.info(std::string("LOG: debug lines ") + (number == SIGUSR1 ? "on" : "off"));
    });
  }

  // ---- Another configuration -----------------------------------------------------------------

  /// Gives the sections that have been taken over.
  std::vector<config::Section> reload() {
    auto parsed = read_config(Reading::Again);
    if (!parsed) {
      log_.error("CONFIG: not reloaded: " + parsed.error().message);
      return {};
    }
    return take_over(std::move(*parsed));
  }

  /// Brings every part of the daemon to another configuration.
  std::vector<config::Section> take_over(config::ParseResult parsed) {
    const config::Settings before = engine_->settings();
    if (!parsed.has_errors()) check_new_files(before, parsed, files_);
    if (!parsed.has_errors()) {
      warn_of_missing_effects(parsed.settings);
      // The engine can only begin to steer a clock that has been taken over.
      if (!before.discipline && parsed.settings.discipline) clock_.discipline(true);
    }
    bool nts_changed = false;
    auto sections = engine_->reload(std::move(parsed));
    for (const config::Section section : sections) {
      const config::Settings& now = engine_->settings();
      nts_changed |= section == config::Section::Nts || section == config::Section::Network;
      if (section == config::Section::Log) log_targets_.follow(before.log_file, now.log_file);
      if (section == config::Section::Statistics) check_statistics(now);
      if (section != config::Section::Network) continue;
      network_->set_dscp(now.dscp);
      if (now.hardware_stamps != before.hardware_stamps) {
        hardware_stamps_.enable(now.hardware_stamps);
        use_hardware_stamps();
      }
      // Later: it may be one of the sockets to be closed that brought the request to do so.
      timers_->at(clock_.mono(), [this, before] { sockets_->follow(before, engine_->settings()); });
    }
    // Certificates that are trusted may have changed, too.
    key_client_->reconfigure(engine_->settings().nts);
    if (!engine_->settings().discipline) clock_.discipline(false);
    if (nts_changed) key_server_.follow(engine_->settings());
    return sections;
  }

  // In the order in which they come to be: each may use those before it to its end.
  const Options& options_;
  report::Logger log_{"ntpd"};
  LogTargets log_targets_;
  os::Files files_;
  os::HostClock clock_{log_};
  os::SystemRandom random_;
  io::HardwareStamps hardware_stamps_{io::linux_stamping_interfaces(), log_};
  os::Starter starter_;
  std::shared_ptr<engine::KeyStore> keys_;
  std::optional<io::EventLoop> loop_;
  std::optional<io::LinuxDevices> devices_;
  std::shared_ptr<refclock::EarlyUnits> clocks_;  // their ports need the loop
  std::optional<io::AsioTimers> timers_;
  std::optional<io::UdpNetwork> network_;
  std::optional<io::SystemResolver> resolver_;
  std::optional<io::UnixSigningSocket> signing_socket_;
  std::unique_ptr<ke::Client> key_client_;
  std::unique_ptr<engine::Engine> engine_;
  std::unique_ptr<io::ClockWatch> clock_watch_;
  KeyServer key_server_{options_.family, {clock_, random_, files_, log_}};
  std::optional<ServerSockets> sockets_;
};

}  // namespace

int run_daemon(const Options& options, const std::string& command_line) {
  signal(SIGPIPE, SIG_IGN);
  signal(SIGALRM, SIG_IGN);  // NTPsec's own timer, which somebody may still poke
  return Daemon(options, command_line).run();
}

}  // namespace ntp::daemon
