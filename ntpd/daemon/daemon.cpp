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

#include "libntp/config/parser.h"
#include "libntp/crypto/aead.h"
#include "ntpd/daemon/config_file.h"
#include "ntpd/daemon/without_effect.h"
#include "ntpd/engine/diagnostics.h"
#include "ntpd/engine/engine.h"
#include "ntpd/io/event_loop.h"
#include "ntpd/io/interface_filter.h"
#include "ntpd/io/linux_devices.h"
#include "ntpd/io/local_addresses.h"
#include "ntpd/io/resolver.h"
#include "ntpd/io/signing_socket.h"
#include "ntpd/io/udp_client.h"
#include "ntpd/io/udp_server.h"
#include "ntpd/nts/client.h"
#include "ntpd/nts/service.h"
#include "ntpd/os/files.h"
#include "ntpd/os/linux_clock.h"
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

statistics::KeSessionRecord to_record(const ke::SessionReport& session) {
  using Tag = statistics::KeSessionRecord::Tag;
  statistics::KeSessionRecord record;
  record.tag = session.outcome == ke::SessionOutcome::Good     ? Tag::Ok
               : session.outcome == ke::SessionOutcome::Failed ? Tag::Ke
                                                               : Tag::Tls;
  record.remote = session.remote;
  record.wall = session.wall;
  record.user = session.user;
  record.system = session.system;
  record.tls = session.tls;
  record.error = session.error;
  return record;
}

/// The daemon on Linux: brings up each part of the host, in the order that rights and log targets
/// ask for, and hands them to the engine.
class Daemon {
 public:
  Daemon(const Options& options, const std::string& command_line)
      : options_(options), command_line_(command_line) {}

  int run() {
    open_log();
    if (const int status = leave(); status != 0) return status;
    const auto read = read_settings();
    if (!read) {
      log_.error(read.error().message);
      return kExitFailure;
    }
    const config::Settings& settings = *read;
    write_pid_files(settings);

    // Made after the fork: it holds descriptors that do not survive one.
    io::EventLoop loop;
    watch_signals(loop);
    if (options_.priority) raise_priority();
    limit_resources(settings.limits);
    filter_interfaces(settings);
    if (!open_sockets(loop, settings)) return kExitFailure;
    // While there is the right to: the file may be root's alone.
    keys_ = std::make_shared<engine::KeyStore>(settings.keys, files_, log_);
    keys_->load();
    if (settings.nts.enable && !open_nts(settings)) return kExitFailure;
    io::LinuxDevices devices(loop, clock_);
    clocks_ = std::make_shared<refclock::EarlyUnits>();
    clocks_->open(settings.sources, devices, clock_.mono());
    if (!drop_privileges()) {
      clocks_.reset();  // their ports need the loop
      return kExitPrivileges;
    }
    check_statistics(settings);
    return serve(loop, devices, settings);
  }

 private:
  // NTPsec: with -l nothing goes anywhere else; with -n the terminal comes beside syslog.
  void open_log() {
    log_.show_debug(options_.debug > 0);
    if (options_.log_file.empty()) {
      log_.use_syslog(true);
      log_.use_terminal(options_.foreground);
    } else if (const auto opened = log_.use_file(options_.log_file); !opened) {
      log_.use_terminal(true);
      log_.error("LOG: " + opened.error().message);
      log_.use_terminal(options_.foreground);
    }
    announce();
  }

  void announce() {
    log_.info("INIT: " + version_line() + ": Starting");
    log_.info("INIT: Command line: " + command_line_);
  }

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

  Result<config::ParseResult> read_config() {
    config::ParseResult parsed = read_config_file(options_, files_);
    if (auto applied = apply_options(options_, parsed.settings); !applied) {
      return Failure<Error>{applied.error()};
    }
    return parsed;
  }

  Result<config::Settings> read_settings() {
    auto parsed = read_config();
    if (!parsed) return Failure<Error>{parsed.error()};
    if (!parsed->settings.log_file.empty()) switch_log(parsed->settings.log_file);
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

  void reload(io::EventLoop& loop) {
    auto parsed = read_config();
    if (!parsed) {
      log_.error("CONFIG: not reloaded: " + parsed.error().message);
      return;
    }
    take_over(loop, std::move(*parsed));
  }

  /// Files that are newly named and can't be read are errors like those of the text: then nothing
  /// of the new configuration counts.
  void check_new_files(const config::Settings& before, config::ParseResult& parsed) {
    const auto check = [&](const std::string& was, const std::string& path,
                           const config::Location& where) {
      if (path.empty() || path == was) return;
      if (const auto content = files_.load(path); !content) {
        parsed.diagnostics.push_back({config::Severity::Error, where, content.error().message});
      }
    };
    const config::Settings& wanted = parsed.settings;
    check(before.keys.file, wanted.keys.file, wanted.keys.file_at);
    if (wanted.nts.enable) {
      check(before.nts.enable ? before.nts.certificate : "", wanted.nts.certificate,
            wanted.nts.certificate_at);
      check(before.nts.enable ? before.nts.key : "", wanted.nts.key, wanted.nts.key_at);
    }
    const std::string& log = wanted.log_file;
    if (log.empty() || log == before.log_file || log == "stdout" || log == "stderr") return;
    if (const auto fit = files_.append(log, ""); !fit) {
      parsed.diagnostics.push_back({config::Severity::Error, {}, fit.error().message});
    }
  }

  /// Brings every part of the daemon to another configuration.
  void take_over(io::EventLoop& loop, config::ParseResult parsed) {
    const config::Settings before = engine_->settings();
    check_new_files(before, parsed);
    if (!parsed.has_errors()) {
      warn_of_missing_effects(parsed.settings);
      // The engine can only begin to steer a clock that has been taken over.
      if (!before.discipline && parsed.settings.discipline) clock_.discipline(true);
    }
    bool nts_changed = false;
    for (const config::Section section : engine_->reload(std::move(parsed))) {
      nts_changed |= section == config::Section::Nts || section == config::Section::Network;
      if (section == config::Section::Log) follow_log(before);
      if (section == config::Section::Statistics) check_statistics(engine_->settings());
      if (section != config::Section::Network) continue;
      // Later: it may be one of the sockets to be closed that brought the request to do so.
      timers_->at(clock_.mono(), [this, &loop, before] { follow_network(loop, before); });
    }
    // Certificates that are trusted may have changed, too.
    if (key_client_) key_client_->reconfigure(engine_->settings().nts);
    if (!engine_->settings().discipline) clock_.discipline(false);
    if (nts_changed) follow_nts(loop);
  }

  bool open_nts(const config::Settings& settings) {
    ke::ServerOptions server;
    server.ipv4 = options_.family != Family::V6;
    server.ipv6 = options_.family != Family::V4;
    // Descriptors that are left for all else.
    constexpr std::uint64_t kSpare = 200;
    const std::uint64_t most = os::raise_descriptor_limit(server.limits.total + kSpare);
    server.limits.total =
        std::min<std::uint64_t>(server.limits.total, most > 2 * kSpare ? most - kSpare : most / 2);
    auto opened = ke::Service::open(settings, server, {clock_, random_, files_, log_});
    if (!opened) {
      log_.error("NTSs: " + opened.error().message);
      return false;
    }
    nts_ = std::move(*opened);
    return true;
  }

  bool start_nts(io::EventLoop& loop) {
    const auto started = nts_->start(
        [this](const nts::CookieKeys& keys) { report(engine_->set_cookie_keys(&keys)); },
        [this, &loop](ke::SessionReport session) {
          loop.post([this, session = std::move(session)] {
            if (engine_) engine_->on_key_establishment(to_record(session), session.unreported);
          });
        });
    if (!started) log_.error("NTS: " + started.error().message);
    return started.has_value();
  }

  void follow_nts(io::EventLoop& loop) {
    const config::Settings& now = engine_->settings();
    if (!now.nts.enable) {
      close_nts();
      report(engine_->set_cookie_keys(nullptr));
    } else if (nts_) {
      nts_->reconfigure(now);
    } else if (open_nts(now) && !start_nts(loop)) {
      nts_.reset();
    }
  }

  void close_nts() {
    ke_counts_ = ke_counts();
    nts_.reset();
  }
  [[nodiscard]] nts::KeServerCounts ke_counts() const {
    return nts_ ? ke_counts_ + nts_->counts() : ke_counts_;
  }

  void follow_network(io::EventLoop& loop, const config::Settings& before) {
    const config::Settings& now = engine_->settings();
    filter_interfaces(now);
    sockets_->set_dscp(now.dscp);
    network_->set_dscp(now.dscp);
    if (extra_sockets_) extra_sockets_->set_dscp(now.dscp);
    if (now.extra_port != before.extra_port) open_extra_port(loop, now);
  }

  void follow_log(const config::Settings& before) {
    const std::string& wanted = engine_->settings().log_file;
    if (wanted == before.log_file) return;
    if (wanted.empty()) {
      open_log();
    } else {
      switch_log(wanted);
    }
  }

  void switch_log(const std::string& path) {
    log_.notice("LOG: switching logging to " + path);
    if (const auto opened = log_.use_file(path); !opened) {
      log_.error("LOG: " + opened.error().message);
      return;
    }
    log_.use_syslog(false);
    announce();
  }

  void write_pid_files(const config::Settings& settings) {
    for (const std::string& path : settings.pid_files) write_pid_file(path);
  }
  void write_pid_file(const std::string& path) {
    if (!path.empty()) report(os::write_pid_file(path, getpid()));
  }
  void report(const Result<void>& outcome) {
    if (!outcome) log_.error("INIT: " + outcome.error().message);
  }

  void watch_signals(io::EventLoop& loop) {
    loop.on_signals({SIGTERM, SIGINT, SIGQUIT}, [this, &loop](int number) {
      log_.error("ERR: ntpd exiting on signal " + std::to_string(number) + " (" +
                 strsignal(number) + ')');
      loop.stop();
    });
    loop.on_signals({SIGHUP}, [this, &loop](int) {
      log_.info("LOG: Saw SIGHUP");
      follow_log_rotation();
      if (!engine_) return;
      reload(loop);
      engine_->refresh_files();
      if (nts_) nts_->refresh();
    });
    // NTPsec: these change the debug level of debug builds, and are a line in the log of others.
    loop.on_signals({SIGUSR1, SIGUSR2}, [this](int number) {
      log_.show_debug(number == SIGUSR1);
      log_.info(std::string("LOG: debug lines ") + (number == SIGUSR1 ? "on" : "off"));
    });
  }

  void follow_log_rotation() {
    if (const auto followed = log_.follow_rotation(); !followed) {
      log_.error("LOG: " + followed.error().message);
    }
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

  void raise_priority() {
    const auto raised = os::raise_priority(*options_.priority);
    if (!raised) log_.warning("INIT: " + raised.error().message);
  }

  bool open_sockets(io::EventLoop& loop, const config::Settings& settings) {
    auto opened = listen(loop, settings, kNtpPort);
    if (!opened) {
      log_.error("IO: " + opened.error().message + "; EXITING");
      return false;
    }
    sockets_ = std::move(*opened);
    open_extra_port(loop, settings);
    return true;
  }

  void open_extra_port(io::EventLoop& loop, const config::Settings& settings) {
    extra_sockets_.reset();
    if (settings.extra_port == 0 || settings.extra_port == kNtpPort) return;
    auto opened = listen(loop, settings, settings.extra_port);
    if (opened) {
      extra_sockets_ = std::move(*opened);
    } else {
      log_.error("IO: extra port: " + opened.error().message);
    }
  }

  Result<std::unique_ptr<io::UdpServer>> listen(io::EventLoop& loop,
                                                const config::Settings& settings,
                                                std::uint16_t port) {
    io::UdpServer::Options server;
    server.port = port;
    server.ipv4 = options_.family != Family::V6;
    server.ipv6 = options_.family != Family::V4;
    server.dscp = settings.dscp;
    const engine::Engine::LateReply late = [this, port](const Endpoint& remote,
                                                        const Address& local, ByteView payload) {
      const auto& sockets = port == kNtpPort ? sockets_ : extra_sockets_;
      if (sockets) sockets->send(remote, local, payload);
    };
    return io::UdpServer::open(
        loop, clock_, log_, server,
        [this, late](const Datagram& datagram, const io::UdpServer::Reply& reply) {
          if (engine_ && serves(datagram.local)) {
            engine_->on_server_datagram(datagram, reply, late);
          }
        });
  }

  bool serves(const Address& local) {
    return interfaces_->accepts_all() || interfaces_->accepts(local, clock_.mono());
  }

  void filter_interfaces(const config::Settings& settings) {
    interfaces_.emplace(settings.interfaces, !settings.no_virtual_addresses, io::local_addresses);
  }

  std::vector<control::InterfaceView> interface_views() const {
    constexpr unsigned kUp = 0x1;
    constexpr unsigned kLoopback = 0x4;
    const config::Settings& settings = engine_->settings();
    std::vector<control::InterfaceView> views;
    for (const config::LocalAddress& each : io::local_addresses()) {
      const auto action =
          config::action_for(each, settings.interfaces, !settings.no_virtual_addresses);
      control::InterfaceView view;
      view.local.address = each.address;
      view.name = each.device;
      view.enabled = action == config::InterfaceRule::Action::Listen;
      view.flags = kUp | (each.loopback_device ? kLoopback : 0);
      views.push_back(std::move(view));
    }
    return views;
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

  engine::EngineOptions engine_options(io::EventLoop& loop, int& status) {
    engine::EngineOptions engine;
    engine.signing_socket = &signing_socket_.emplace(loop);
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
    engine.interfaces = [this] { return interface_views(); };
    engine.take_over = [this, &loop](config::ParseResult parsed) {
      take_over(loop, std::move(parsed));
    };
    engine.on_hour = [this] {
      follow_log_rotation();
      if (nts_) nts_->refresh();
    };
    engine.ke_counts = [this] { return ke_counts(); };
    engine.keys = keys_;
    engine.early_clocks = std::move(clocks_);
    engine.is_own_address = [](const Address& address) {
      const auto own = io::local_addresses();
      return std::any_of(own.begin(), own.end(),
                         [&](const auto& each) { return each.address == address; });
    };
    engine.on_exit = [&loop, &status](int wanted) {
      status = wanted;
      loop.stop();
    };
    // NTPsec: this line is for scripts, beside the log.
    engine.on_clock_set = [](bool stepped, double offset) {
      std::printf("ntpd: time %s %+.6fs\n", stepped ? "set" : "slew", offset);
      std::fflush(stdout);
    };
    engine.on_synchronized = [this] { starter_.synchronized(); };
    return engine;
  }

  void start_key_client(io::EventLoop& loop, Resolver& resolver, const config::Settings& settings) {
    if (const auto known = crypto::known_answer_test(); !known) {
      log_.error("NTSc: NTS can't be used: " + known.error().message);
      return;
    }
    key_client_ = std::make_unique<ke::Client>(loop, resolver, log_, settings.nts);
  }

  int serve(io::EventLoop& loop, Devices& devices, const config::Settings& settings) {
    int status = 0;
    io::AsioTimers timers(loop);
    timers_ = &timers;
    io::UdpNetwork network(loop, clock_, settings.dscp);
    network_ = &network;
    io::SystemResolver resolver(loop);
    clock_.discipline(settings.discipline);
    start_key_client(loop, resolver, settings);
    const Host host{clock_, timers, random_,           network, resolver,
                    files_, log_,   key_client_.get(), &devices};

    engine_ = std::make_unique<engine::Engine>(settings, engine_options(loop, status), host);
    if (nts_ && !start_nts(loop)) {
      engine_.reset();
      return kExitFailure;
    }
    engine_->start();
    if (!options_.foreground) log_.use_terminal(false);
    starter_.ready();
    loop.run();
    close_nts();
    engine_->stop();
    sockets_.reset();
    extra_sockets_.reset();
    engine_.reset();
    key_client_.reset();
    signing_socket_.reset();
    network_ = nullptr;
    timers_ = nullptr;
    return status;
  }

  const Options& options_;
  const std::string& command_line_;
  report::Logger log_{"ntpd"};
  os::Files files_;
  os::HostClock clock_{log_};
  os::SystemRandom random_;
  os::Starter starter_;
  std::optional<io::InterfaceFilter> interfaces_;
  std::shared_ptr<engine::KeyStore> keys_;
  std::shared_ptr<refclock::EarlyUnits> clocks_;
  std::unique_ptr<io::UdpServer> sockets_;
  std::unique_ptr<io::UdpServer> extra_sockets_;
  io::UdpNetwork* network_ = nullptr;
  io::AsioTimers* timers_ = nullptr;
  std::unique_ptr<ke::Client> key_client_;
  std::optional<io::UnixSigningSocket> signing_socket_;
  std::unique_ptr<engine::Engine> engine_;
  std::unique_ptr<ke::Service> nts_;
  nts::KeServerCounts ke_counts_;  // of those that were in use before nts_
};

}  // namespace

int run_daemon(const Options& options, const std::string& command_line) {
  signal(SIGPIPE, SIG_IGN);
  signal(SIGALRM, SIG_IGN);  // NTPsec's own timer, which somebody may still poke
  return Daemon(options, command_line).run();
}

}  // namespace ntp::daemon
