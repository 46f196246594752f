// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/report/logger.h"

#include <fcntl.h>
#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <optional>
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

/// What tells one file from another, whatever its name.
struct FileIdentity {
  dev_t device = 0;
  ino_t number = 0;

  friend bool operator==(const FileIdentity&, const FileIdentity&) = default;
};

std::optional<FileIdentity> identity_of(const std::string& path) {
  struct stat found {};
  if (::stat(path.c_str(), &found) != 0) return std::nullopt;
  return FileIdentity{found.st_dev, found.st_ino};
}

bool is_stream(const std::string& path) { return path == "stdout" || path == "stderr"; }

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
  /// Of the open file; nothing for a stream.
  std::optional<FileIdentity> identity;
  std::uint64_t errors_written = 0;
  std::uint64_t warnings_written = 0;
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
  if (level == LogLevel::Error) ++impl_->errors_written;
  if (level == LogLevel::Warning) ++impl_->warnings_written;
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
  impl_->identity = is_stream(path) ? std::nullopt : identity_of(path);
  impl_->file = std::move(*sink);
  if (impl_->errors_written > 0 || impl_->warnings_written > 0) {
    write(impl_->errors_written > 0 ? LogLevel::Error : LogLevel::Warning,
          "LOG: " + std::to_string(impl_->errors_written) + " errors and " +
              std::to_string(impl_->warnings_written) + " warnings in previous log file(s)");
  }
  return {};
}

Result<void> Logger::follow_rotation() {
  if (impl_->path.empty() || is_stream(impl_->path)) return {};
  if (const auto now = identity_of(impl_->path); now && now == impl_->identity) return {};
  auto sink = impl_->open(impl_->path);
  if (!sink) return Failure<Error>{sink.error()};
  info("LOG: " + impl_->path + " was moved or removed, closing the old file");
  impl_->identity = identity_of(impl_->path);
  impl_->file = std::move(*sink);
  info("LOG: using " + impl_->path);
  return {};
}

void Logger::show_debug(bool on) { impl_->debug = on; }

}  // namespace ntp::report
