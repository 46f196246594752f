// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/report/logger.h"

#include <fcntl.h>
#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <syslog.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace ntp::report {
namespace {

spdlog::level::level_enum to_spdlog(LogLevel level) {
  switch (level) {
    case LogLevel::Error:
      return spdlog::level::err;
    case LogLevel::Warning:
      return spdlog::level::warn;
    case LogLevel::Notice:  // spdlog has no such level; syslog's notice is written by hand
    case LogLevel::Info:
      return spdlog::level::info;
    case LogLevel::Debug:
      break;
  }
  return spdlog::level::debug;
}

int to_syslog(LogLevel level) {
  switch (level) {
    case LogLevel::Error:
      return LOG_ERR;
    case LogLevel::Warning:
      return LOG_WARNING;
    case LogLevel::Notice:
      return LOG_NOTICE;
    case LogLevel::Info:
      return LOG_INFO;
    case LogLevel::Debug:
      break;
  }
  return LOG_DEBUG;
}

std::string printable(std::string_view text) {
  std::string line(text);
  std::replace_if(
      line.begin(), line.end(),
      [](char c) {
        const auto octet = static_cast<unsigned char>(c);
        return (octet < 0x20 && c != '\t') || octet == 0x7f;
      },
      '?');
  return line;
}

using Sink = std::shared_ptr<spdlog::sinks::sink>;

}  // namespace

struct Logger::Impl {
  explicit Impl(std::string name) : program(std::move(name)) {}

  template <class SinkType, class... Arguments>
  Sink make(Arguments&&... arguments) {
    auto sink = std::make_shared<SinkType>(std::forward<Arguments>(arguments)...);
    sink->set_pattern("%Y-%m-%dT%H:%M:%S " + program + "[%P]: %v");
    return sink;
  }

  Result<Sink> open(const std::string& target) {
    if (target == "stdout") return make<spdlog::sinks::stdout_sink_st>();
    if (target == "stderr") return make<spdlog::sinks::stderr_sink_st>();
    // Tried first: the sink would create missing directories and wait for the reader of a pipe.
    constexpr int kFlags = O_WRONLY | O_CREAT | O_APPEND | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
    const int fd = ::open(target.c_str(), kFlags, 0644);
    if (fd < 0) return fail(target + ": " + std::generic_category().message(errno));
    ::close(fd);
    try {
      return make<spdlog::sinks::basic_file_sink_st>(target);
    } catch (const spdlog::spdlog_ex& error) {
      return fail(target + ": " + error.what());
    }
  }

  static void emit(const Sink& sink, const spdlog::details::log_msg& message) {
    if (!sink) return;
    try {
      sink->log(message);
      sink->flush();
    } catch (const spdlog::spdlog_ex&) {
      // A full disk is no reason to stop keeping time.
    }
  }

  std::string program;
  std::string path;
  Sink file;
  Sink output;
  Sink errors;
  bool syslog = false;
  bool debug = false;
};

Logger::Logger(std::string program) : impl_(std::make_unique<Impl>(std::move(program))) {}

Logger::~Logger() { use_syslog(false); }

void Logger::write(LogLevel level, std::string_view text) {
  if (level == LogLevel::Debug && !impl_->debug) return;
  const std::string line = printable(text);
  const spdlog::details::log_msg message(spdlog::string_view_t{}, to_spdlog(level), line);
  Impl::emit(impl_->file, message);
  Impl::emit(level == LogLevel::Error ? impl_->errors : impl_->output, message);
  if (impl_->syslog) ::syslog(to_syslog(level), "%s", line.c_str());
}

void Logger::use_terminal(bool on) {
  impl_->output = on ? impl_->make<spdlog::sinks::stdout_sink_st>() : nullptr;
  impl_->errors = on ? impl_->make<spdlog::sinks::stderr_sink_st>() : nullptr;
}

void Logger::use_syslog(bool on) {
  if (on == impl_->syslog) return;
  impl_->syslog = on;
  if (on) {
    openlog(impl_->program.c_str(), LOG_PID, LOG_DAEMON);
  } else {
    closelog();
  }
}

Result<void> Logger::use_file(const std::string& path) {
  auto sink = impl_->open(path);
  if (!sink) return Failure<Error>{sink.error()};
  impl_->path = path;
  impl_->file = std::move(*sink);
  return {};
}

Result<void> Logger::reopen() {
  return impl_->path.empty() ? Result<void>{} : use_file(std::string(impl_->path));
}

void Logger::show_debug(bool on) { impl_->debug = on; }

}  // namespace ntp::report
