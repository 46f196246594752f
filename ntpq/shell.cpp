// SPDX-License-Identifier: BSD-2-Clause
#include "ntpq/shell.h"

#include <algorithm>
#include <ostream>

#include "libntp/core/bytes.h"
#include "libntp/wire/control.h"
#include "ntpq/commands.h"
#include "ntpq/json.h"
#include "ntpq/number.h"
#include "ntpq/text.h"

namespace ntp::ntpq {
namespace {

bool is_word_character(char character) {
  return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z') ||
         (character >= '0' && character <= '9') || character == '_';
}

/// The characters of the command. One with a hyphen is a whole word; one with a colon, too, and not
/// to be cut (NTPsec).
std::size_t command_length(std::string_view line) {
  const std::size_t blank = std::min(line.find_first_of(" \t"), line.size());
  const std::string_view word = line.substr(0, blank);
  if (word.starts_with(':')) return word.starts_with(":config") ? blank : 0;
  const bool hyphen = word.find('-') != std::string_view::npos;
  if (hyphen && std::string_view("config-from-file").starts_with(word)) return blank;
  const auto end = std::find_if_not(line.begin(), line.end(), is_word_character);
  return static_cast<std::size_t>(end - line.begin());
}

/// Without the stars that open most messages and what ends them.
std::string plain_message(std::string_view text) {
  text = trim(text);
  text.remove_prefix(std::min(text.find_first_not_of('*'), text.size()));
  return visible(trim(text));
}

std::vector<std::string> host_names(const Options& options) {
  std::vector<std::string> names;
  for (const Options::Host& host : options.hosts) names.push_back(host.name);
  return names;
}

}  // namespace

Shell::Shell(const Options& options, Network& the_network, const Console& the_console)
    : network(the_network),
      console(the_console),
      session(network, [this](int level, std::string_view line) { trace(level, line); }),
      json(options.json),
      units(options.units),
      names(!options.numeric),
      wide(options.wide),
      table_width(options.width.value_or(console.width)),
      debug_level(options.debug_level),
      family(options.family),
      hosts(host_names(options)),
      names_(network),
      log_(&console.log) {
  log_name = options.log_file;
  session.on_missing_mac = [this](std::string_view line) { remark(line); };
  if (options.key_id) session.credentials().set_id(*options.key_id);
}

void Shell::begin_answer(const std::string& host, std::string_view line) {
  answer_.emplace();
  answer_->host = visible(host);
  answer_->command = visible(trim(line));
  answer_->asked = network.wall();
}

void Shell::print_answer() {
  const std::string text = to_json(*answer_);
  answer_.reset();
  say(text);
}

void Shell::run_and_answer(std::string_view line) {
  if (!json || trim(line).empty()) {
    run(line);
    return;
  }
  begin_answer(session.host(), line);
  run(line);
  print_answer();
}

void Shell::answer_unasked(const std::string& host, std::string_view line, const std::string& why) {
  begin_answer(host, line);
  answer_->errors.push_back({"host_not_found", visible(trim(why))});
  print_answer();
}

void Shell::run(std::string_view line) {
  line = trim(line);
  if (line.empty()) return;
  const bool asks_help = line.front() == '?';
  const std::size_t length = command_length(line);
  const std::string_view word = asks_help ? "help" : line.substr(0, length);
  const std::string_view argument = trim(line.substr(asks_help ? 1 : length));

  const auto commands = all_commands();
  const Command* chosen = nullptr;
  std::size_t candidates = 0;
  for (const Command& command : commands) {
    if (command.name == word) {
      command.run(*this, argument);
      return;
    }
    // A colon left out is a mistake, not the other command that begins so.
    const std::string_view name =
        command.name.substr(command.name.front() == ':' && !word.starts_with(':') ? 1 : 0);
    if (name.substr(0, word.size()) != word) continue;
    chosen = &command;
    ++candidates;
  }
  if (candidates == 1) {
    chosen->run(*this, argument);
  } else if (line.front() == '!') {
    warn("Command `" + visible(line) + "' is unknown\n");
  } else {
    warn("***Command `" + visible(word) + "' " + (candidates == 0 ? "unknown" : "ambiguous") +
         "\n");
  }
}

Result<void> Shell::open(const std::string& host, Family of_family) {
  auto opened = session.open(host, of_family);
  if (opened) associations.clear();
  return opened;
}

bool Shell::get_key() {
  const auto got = session.credentials().complete(session.host());
  if (!got) warn(got.error().message);
  return got.has_value();
}

void Shell::say(std::string_view text) {
  if (answer_) {
    answer_->text += text;
  } else {
    console.out << text << std::flush;
  }
}

void Shell::warn(std::string_view text) {
  if (answer_) {
    answer_->errors.push_back({"message", plain_message(text)});
  } else {
    console.err << text << std::flush;
  }
}

void Shell::warn(const QueryError& error) {
  if (answer_) {
    answer_->errors.push_back({std::string(error.code()), plain_message(error.message())});
  } else {
    warn(error.message());
  }
}

void Shell::complain(std::string_view text, std::string_view code) {
  if (answer_) {
    answer_->errors.push_back({std::string(code), plain_message(text)});
  } else {
    say(text);
  }
}

void Shell::remark(std::string_view text) {
  if (!answer_) warn(text);
}

std::string Shell::peer_name(const Variables& variables) {
  const Variable* host = variables.find("srchost");
  const Variable* address = variables.find("srcadr");
  const auto parsed = address != nullptr ? parse_address(address->text) : std::nullopt;
  const bool has_address = parsed && !parsed->is_wildcard();
  if (names && has_address && !address->text.starts_with("127.127.")) {
    std::string name = name_of(address->text);
    if (name != address->text) return name;
  }
  if (host == nullptr && !has_address) host = variables.find("srcname");
  return host != nullptr ? visible(host->text) : std::string();
}

void Shell::trace(int level, std::string_view line) {
  if (debug_level < level) return;
  *log_ << line << '\n' << std::flush;
}

bool Shell::log_to(const std::string& path) {
  log_file_.close();
  log_name = path;
  log_ = &console.err;
  if (path.empty()) return true;
  log_file_.open(path, std::ios::app);
  if (!log_file_.is_open()) {
    log_name.clear();
    return false;
  }
  log_ = &log_file_;
  return true;
}

bool Shell::output_lost() const { return console.out.fail(); }

bool Shell::fetch_associations() {
  associations.clear();
  const auto reply = session.query(wire::ControlOpcode::ReadStatus, 0);
  if (!reply || reply->data.size() % 4 != 0) {
    warn(reply ? QueryError{QueryError::Reason::BadLength} : reply.error());
    return false;
  }
  ByteReader reader(as_bytes(reply->data));
  while (reader.remaining() > 0) {
    const std::uint16_t id = reader.u16();
    associations.push_back({id, reader.u16()});
  }
  std::stable_sort(associations.begin(), associations.end(),
                   [](const Association& a, const Association& b) { return a.id < b.id; });
  return true;
}

bool Shell::load_associations() {
  if (!fetch_associations()) return false;
  if (!associations.empty()) return true;
  // NTPsec: it names the server even if there is only one.
  if (!answer()) say("server=" + session.host() + " No association IDs returned\n");
  return false;
}

std::optional<std::uint16_t> Shell::find_association(std::string_view text) {
  const auto words = split_words(text);
  if (words.empty()) return 0;
  // NTPsec: the list is asked for even if the system is meant.
  if (associations.empty()) load_associations();
  if (words.front().front() == '&') return find_index(words.front().substr(1));

  const auto id = parse_decimal(words.front());
  if (!id) {
    warn("Invalid associd literal.\n");
    return std::nullopt;
  }
  const bool known =
      *id == 0 || std::any_of(associations.begin(), associations.end(),
                              [&](const Association& each) { return each.id == *id; });
  if (!known) {
    warn("Unknown associd.\n");
    return std::nullopt;
  }
  return static_cast<std::uint16_t>(*id);
}

std::optional<std::uint16_t> Shell::find_index(std::string_view text) {
  constexpr std::int64_t kMostIndex = 65535;
  const auto index = parse_decimal(text);
  if (!index) {
    warn("Invalid index literal.\n");
  } else if (*index < 0 || *index >= kMostIndex) {
    warn(std::to_string(*index) + " is not a valid association number.\n");
  } else if (*index == 0 || *index > static_cast<std::int64_t>(associations.size())) {
    warn("No such association as " + std::to_string(*index) + ".\n");
  } else {
    return associations[static_cast<std::size_t>(*index - 1)].id;
  }
  return std::nullopt;
}

}  // namespace ntp::ntpq
