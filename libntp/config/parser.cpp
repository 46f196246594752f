// SPDX-License-Identifier: BSD-2-Clause
#include "libntp/config/parser.h"

#include <algorithm>
#include <array>

#include "libntp/config/classic.h"
#include "libntp/config/directives.h"
#include "libntp/config/include_stack.h"

namespace ntp::config {
namespace {

struct DirectiveEntry {
  Keyword keyword;
  Directive parse;
};

constexpr auto kDirectives =
    std::to_array<DirectiveEntry>({{Keyword::ControlKey, parse_controlkey},
                                   {Keyword::Disable, parse_switches},
                                   {Keyword::DriftFile, parse_driftfile},
                                   {Keyword::Dscp, parse_number},
                                   {Keyword::Enable, parse_switches},
                                   {Keyword::Extra, parse_extra},
                                   {Keyword::FileGen, parse_filegen},
                                   {Keyword::Fudge, parse_fudge},
                                   {Keyword::HwTimestamp, parse_hwtimestamp},
                                   {Keyword::Interface, parse_interface},
                                   {Keyword::Keys, parse_keys},
                                   {Keyword::LeapFile, parse_path},
                                   {Keyword::LeapSmearInterval, parse_number},
                                   {Keyword::Limit, parse_limit},
                                   {Keyword::LogConfig, parse_logconfig},
                                   {Keyword::LogFile, parse_path},
                                   {Keyword::MdnsTries, parse_number},
                                   {Keyword::Mru, parse_mru},
                                   {Keyword::Nic, parse_interface},
                                   {Keyword::NonVolatile, parse_number},
                                   {Keyword::NtpSigndSocket, parse_keys},
                                   {Keyword::Nts, parse_nts},
                                   {Keyword::Peer, parse_server},
                                   {Keyword::Phone, parse_phone},
                                   {Keyword::PidFile, parse_path},
                                   {Keyword::Pool, parse_server},
                                   {Keyword::RefClock, parse_refclock},
                                   {Keyword::RequestKey, parse_controlkey},
                                   {Keyword::Reset, parse_reset},
                                   {Keyword::Restrict, parse_restrict},
                                   {Keyword::Rlimit, parse_rlimit},
                                   {Keyword::Server, parse_server},
                                   {Keyword::SetVar, parse_setvar},
                                   {Keyword::Statistics, parse_statistics},
                                   {Keyword::StatsDir, parse_statsdir},
                                   {Keyword::Tick, parse_number},
                                   {Keyword::Tinker, parse_tinker},
                                   {Keyword::Tos, parse_tos},
                                   {Keyword::TrustedKey, parse_trustedkey},
                                   {Keyword::Unconfig, parse_unpeer},
                                   {Keyword::Unpeer, parse_unpeer},
                                   {Keyword::Unrestrict, parse_restrict}});

Directive find_directive(Keyword keyword) {
  const auto entry = std::find_if(kDirectives.begin(), kDirectives.end(),
                                  [&](const auto& each) { return each.keyword == keyword; });
  return entry == kDirectives.end() ? nullptr : entry->parse;
}

/// Directives that set one thing, so that the last line counts.
bool has_one_value(Keyword directive) {
  switch (directive) {
    case Keyword::ControlKey:
    case Keyword::DriftFile:
    case Keyword::Dscp:
    case Keyword::Keys:
    case Keyword::LeapFile:
    case Keyword::LogFile:
    case Keyword::NonVolatile:
    case Keyword::StatsDir:
      return true;
    default:
      return false;
  }
}

/// Directives that decide which files the daemon writes or reads as a configuration. NTPsec: nobody
/// may send them by mode 6.
bool is_local_only(Keyword directive) {
  return directive == Keyword::DriftFile || directive == Keyword::IncludeFile ||
         directive == Keyword::LogFile || directive == Keyword::PidFile ||
         directive == Keyword::StatsDir;
}

/// One reading of a configuration, from the first text to the settings.
class Reader {
 public:
  explicit Reader(const FileAccess* files) : stack_(files, report_) {}

  [[nodiscard]] IncludeStack& stack() { return stack_; }
  /// What is read comes from afar and adds to these settings.
  void begin_with(Settings running) {
    remote_ = true;
    draft_.begin_with(std::move(running));
  }

  void read_all() {
    while (OpenText* text = stack_.top()) {
      Line line(text->lexer, report_, text->name);
      if (line.peek().kind == TokenKind::EndOfText) {
        stack_.pop();
      } else {
        read_command(*text, line);
      }
    }
  }

  ParseResult finish() {
    ParseResult result;
    result.settings = draft_.finish(report_);
    result.diagnostics = report_.take();
    result.hints = report_.take_hints();
    result.syntax_errors = syntax_errors_;
    result.rejections = std::move(rejections_);
    return result;
  }

 private:
  /// The part of a command after any `includefile PATH`.
  enum class Rest : std::uint8_t { Complete, Void, Refused, EndsReading };

  /// One command, up to its end. NTPsec: `includefile PATH` may have another command behind it,
  /// which counts first; if that is void, so is the include.
  void read_command(const OpenText& text, Line& line) {
    constexpr std::size_t kMaxIncludes = 100;
    std::vector<std::pair<std::string, Location>> includes;
    Rest rest = Rest::Complete;
    while (rest == Rest::Complete && line.peek().is(Keyword::IncludeFile)) {
      const Location where = line.here();
      if (remote_) {
        rest = refuse_remote(line, "remote includefile");
        break;
      }
      line.take();
      auto path = line.string();
      if (!path) {
        rest = Rest::Void;
      } else if (includes.size() < kMaxIncludes) {
        includes.emplace_back(*std::move(path), where);
      }
    }
    if (rest == Rest::Complete) rest = read_directive(line, !includes.empty());
    const bool left_over = rest == Rest::Complete && !line.at_end();
    if (left_over) line.reject_rest();
    if (left_over || rest == Rest::Void) count_rejection(line.rejected_column(), "syntax error");
    line.skip_rest();
    if (rest == Rest::EndsReading) return stack_.clear();
    if (rest == Rest::Void || rest == Rest::Refused) return;
    // The last one pushed is read first.
    for (auto include = includes.rbegin(); include != includes.rend(); ++include) {
      stack_.include(text, include->first, include->second);
    }
  }

  Rest read_directive(Line& line, bool after_include) {
    if (line.at_end()) return Rest::Complete;
    const Token& word = line.peek();
    if (word.is(Keyword::End)) {
      line.take();
      return Rest::EndsReading;
    }
    if (word.kind == TokenKind::String && !word.quoted && word.text == "discard") {
      line.take();
      return parse_discard(line, draft_) ? Rest::Complete : Rest::Void;
    }
    const Directive parse =
        word.kind == TokenKind::Keyword ? find_directive(word.keyword) : nullptr;
    if (parse == nullptr) {
      line.expect("a directive");
      if (after_include) return Rest::Complete;
      reject_directive(line);
      return Rest::Void;
    }
    const std::string name = word.text;
    if (remote_ && is_local_only(word.keyword))
      return refuse_remote(line, name + " remote configuration");
    const Keyword directive = line.take().keyword;
    line.set_directive(directive);
    if (remote_) return parse_remote(directive, parse, line);
    if (!parse(directive, line, draft_)) return Rest::Void;
    if (has_one_value(directive)) draft_.note_setting(name, line.start(), report_);
    return Rest::Complete;
  }

  /// Of two directives some items are for the file alone.
  Rest parse_remote(Keyword directive, Directive parse, Line& line) {
    const auto statistics = draft_.settings.statistics;
    const SwitchWords stats = draft_.stats;
    if (!parse(directive, line, draft_)) return Rest::Void;
    if (directive == Keyword::FileGen && moved(statistics)) {
      draft_.settings.statistics = statistics;
      return refuse_remote(line, "filegen file, type and link remote configuration");
    }
    if (stats.enabled != draft_.stats.enabled || stats.disabled != draft_.stats.disabled) {
      draft_.stats = stats;
      return refuse_remote(line, "enable/disable stats remote configuration");
    }
    return Rest::Complete;
  }

  Rest refuse_remote(Line& line, const std::string& what) {
    const std::string why = what + " ignored";
    report_.error(line.start(), why);
    count_rejection(line.start().column - 1, why);
    line.skip_rest();
    return Rest::Refused;
  }

  /// Whether a set goes to other files than before.
  [[nodiscard]] bool moved(const decltype(Settings::statistics)& before) const {
    const auto& now = draft_.settings.statistics;
    return !std::equal(now.begin(), now.end(), before.begin(), [](const auto& a, const auto& b) {
      return a.file == b.file && a.type == b.type && a.link == b.link;
    });
  }

  void reject_directive(Line& line) {
    const auto advice = classic_directive_advice(line.peek().text);
    if (advice.empty()) return line.reject("a directive");
    report_.warning(line.here(), quote(line.peek().text) + " is of classic ntp: " +
                                     std::string(advice) + " (the line is ignored)");
    line.skip_rest();
  }

  void count_rejection(int column, const std::string& why) {
    ++syntax_errors_;
    if (rejections_.size() < kMaxDiagnostics) {
      rejections_.push_back("column " + std::to_string(column) + " " + why);
    }
  }

  Report report_;
  Draft draft_;
  IncludeStack stack_;
  bool remote_ = false;
  std::size_t syntax_errors_ = 0;
  std::vector<std::string> rejections_;
};

}  // namespace

bool ParseResult::has_errors() const {
  return std::any_of(diagnostics.begin(), diagnostics.end(),
                     [](const Diagnostic& each) { return each.severity == Severity::Error; });
}

ParseResult parse_file(const std::string& path, const FileAccess& files) {
  Reader reader(&files);
  reader.stack().push_main(path);
  reader.read_all();
  // NTPsec: `end` in the main file does not keep ntp.d from being read.
  reader.stack().push_directory_beside(path);
  reader.read_all();
  return reader.finish();
}

ParseResult parse_text(std::string_view text, const std::string& name) {
  Reader reader(nullptr);
  reader.stack().push_text(name, std::string(text));
  reader.read_all();
  return reader.finish();
}

ParseResult parse_more(Settings running, std::string_view text, const std::string& name) {
  Reader reader(nullptr);
  reader.begin_with(std::move(running));
  reader.stack().push_text(name, std::string(text));
  reader.read_all();
  return reader.finish();
}

}  // namespace ntp::config
