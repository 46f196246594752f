// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/daemon/daemon.h"

#include <signal.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <memory>

#include "libntp/config/parser.h"
#include "ntpd/engine/engine.h"
#include "ntpd/io/event_loop.h"
#include "ntpd/io/resolver.h"
#include "ntpd/io/udp_client.h"
#include "ntpd/io/udp_server.h"
#include "ntpd/os/files.h"
#include "ntpd/os/linux_clock.h"
#include "ntpd/os/process.h"
#include "ntpd/os/random.h"
#include "ntpd/report/logger.h"

namespace ntp::daemon {
namespace {

control::Identity host_identity() {
  utsname names{};
  uname(&names);
  return {names.machine, names.sysname, names.release, version_line()};
}

LogLevel to_log_level(config::Severity severity) {
  switch (severity) {
    case config::Severity::Error:
      return LogLevel::Error;
    case config::Severity::Warning:
      return LogLevel::Warning;
    case config::Severity::Info:
      break;
  }
  return LogLevel::Info;
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
    if (!open_sockets(loop)) return kExitFailure;
    // While there is the right to: the file may be root's alone.
    keys_ = std::make_shared<engine::KeyStore>(settings.keys, files_, log_);
    keys_->load();
    if (!drop_privileges()) return kExitPrivileges;
    return serve(loop, settings);
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
    log_.use_terminal(false);
    return 0;
  }

  Result<config::Settings> read_settings() {
    const std::string path =
        options_.config_file.empty() ? REGULATOR_CONFIG_FILE : options_.config_file;
    config::FileAccess access;
    access.load = [this](const std::string& name) { return files_.load(name); };
    access.list = [this](const std::string& name) { return files_.list(name); };
    config::ParseResult parsed = config::parse_file(path, access);
    if (!parsed.settings.log_file.empty()) switch_log(parsed.settings.log_file);
    for (const config::Diagnostic& diagnostic : parsed.diagnostics) {
      log_.write(to_log_level(diagnostic.severity), diagnostic.to_string());
    }
    if (auto applied = apply_options(options_, parsed.settings); !applied) {
      return Failure<Error>{applied.error()};
    }
    return std::move(parsed.settings);
  }

  void switch_log(const std::string& path) {
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
    loop.on_signals({SIGHUP}, [this](int) {
      log_.info("LOG: Saw SIGHUP");
      if (const auto reopened = log_.reopen(); !reopened) {
        log_.error("LOG: " + reopened.error().message);
      }
      if (engine_) engine_->reload_keys();
    });
    // NTPsec: these change the debug level of debug builds, and are a line in the log of others.
    loop.on_signals({SIGUSR1, SIGUSR2}, [this](int number) {
      log_.show_debug(number == SIGUSR1);
      log_.info(std::string("LOG: debug lines ") + (number == SIGUSR1 ? "on" : "off"));
    });
  }

  void raise_priority() {
    const auto raised = os::raise_priority(*options_.priority);
    if (!raised) log_.warning("INIT: " + raised.error().message);
  }

  bool open_sockets(io::EventLoop& loop) {
    io::UdpServer::Options server;
    server.ipv4 = options_.family != Family::V6;
    server.ipv6 = options_.family != Family::V4;
    auto opened =
        io::UdpServer::open(loop, time_, log_, server,
                            [this](const Datagram& datagram, const io::UdpServer::Reply& reply) {
                              if (engine_) engine_->on_server_datagram(datagram, reply);
                            });
    if (!opened) {
      log_.error("IO: " + opened.error().message + "; EXITING");
      return false;
    }
    sockets_ = std::move(*opened);
    return true;
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
    engine.precision = os::measure_precision();
    engine.family = options_.family;
    engine.allow_panic = options_.panic_gate;
    engine.step_first = options_.step_first;
    engine.slew_only = options_.slew;
    engine.quit_when_set = options_.quit;
    engine.identity = host_identity();
    engine.keys = keys_;
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

  int serve(io::EventLoop& loop, const config::Settings& settings) {
    int status = 0;
    io::AsioTimers timers(loop);
    io::UdpNetwork network(loop, time_);
    io::SystemResolver resolver(loop);
    os::SystemRandom random;
    const std::unique_ptr<Clock> clock = os::open_clock(settings.discipline, log_);
    const Host host{*clock, timers, random, network, resolver, files_, log_};

    engine_ = std::make_unique<engine::Engine>(settings, engine_options(loop, status), host);
    engine_->start();
    starter_.ready();
    loop.run();
    engine_->stop();
    sockets_.reset();
    engine_.reset();
    return status;
  }

  const Options& options_;
  const std::string& command_line_;
  report::Logger log_{"ntpd"};
  os::Files files_;
  os::ReadOnlyClock time_;
  os::Starter starter_;
  std::shared_ptr<engine::KeyStore> keys_;
  std::unique_ptr<io::UdpServer> sockets_;
  std::unique_ptr<engine::Engine> engine_;
};

}  // namespace

int run_daemon(const Options& options, const std::string& command_line) {
  signal(SIGPIPE, SIG_IGN);
  return Daemon(options, command_line).run();
}

}  // namespace ntp::daemon
