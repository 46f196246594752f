// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <fstream>
#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "libntp/core/address.h"
#include "ntpq/names.h"
#include "ntpq/options.h"
#include "ntpq/record.h"
#include "ntpq/session.h"
#include "ntpq/variables.h"

namespace ntp::ntpq {

/// Where text goes, and what is known about the terminal.
struct Console {
  std::ostream& out;
  std::ostream& err;
  /// Debugging.
  std::ostream& log;
  /// Columns, 80 if standard output is no terminal.
  std::size_t width = 80;
};

/// An association of the server's list.
struct Association {
  std::uint16_t id = 0;
  std::uint16_t status = 0;
};

/// What the commands work on: the session, the output, and the state that commands change.
class Shell {
 public:
  Shell(const Options& options, Network& network, const Console& console);

  /// Runs one line, and with --json prints what it came to.
  void run_and_answer(std::string_view line);
  /// With --json: the answer to the command, which could not be asked.
  void answer_unasked(const std::string& host, std::string_view line, const std::string& why);
  /// Runs one line. An empty one does nothing; a command may be cut to any unique beginning.
  void run(std::string_view line);
  /// Turns to a server and forgets the associations of the last one. A failure has the lines to be
  /// shown.
  Result<void> open(const std::string& host, Family family);

  /// With --json, while a command runs: where its records go instead of text. Else null.
  [[nodiscard]] Answer* answer() { return answer_ ? &*answer_ : nullptr; }
  /// To standard output at once, or into the answer.
  void say(std::string_view text);
  /// What went wrong, to standard error at once, or among the errors of the answer.
  void warn(std::string_view text);
  void warn(const QueryError& error);
  /// The same where NTPsec says it on standard output.
  void complain(std::string_view text, std::string_view code = "message");
  /// A remark on standard error that nothing went wrong by; the answer has no place for it.
  void remark(std::string_view text);
  /// A line of debugging.
  void trace(int level, std::string_view line);
  /// Appends debugging to a file, or to standard error if the name is empty; false if it can't.
  bool log_to(const std::string& path);
  /// Standard output can't be written any more.
  [[nodiscard]] bool output_lost() const;

  /// Asks for the association list, sorted by id; false, and a message, if there is no answer.
  bool fetch_associations();
  /// The same, but an empty list is false too, with a message.
  bool load_associations();
  /// The association a command means: an id, or `&` and the number in the list; 0 is the server
  /// itself, also if `text` is empty. Nothing, and a message, if there is no such association.
  std::optional<std::uint16_t> find_association(std::string_view text);
  /// True if there is a key to sign with; else it says why not.
  bool get_key();
  /// What an address is shown as.
  std::string name_of(const std::string& address) { return names_.of(address); }
  /// What a peer is called by its variables: its address as a name, if names are shown and it has
  /// one; else as it was configured, or nothing.
  std::string peer_name(const Variables& variables);
  /// Whether that name has that address.
  bool leads_to(const std::string& name, const std::string& address) {
    return names_.lead_to(name, address);
  }

  Network& network;
  const Console console;
  Session session;

  const bool json;
  bool raw = false;
  bool units = false;
  bool names = true;
  bool wide = false;
  /// Columns for the peers tables.
  std::size_t table_width = 80;
  int debug_level = 0;
  int version = 2;
  int delay_ms = 20;
  Family family = Family::Any;
  bool quit = false;
  /// Whether somebody types the commands.
  bool at_terminal = false;
  /// mrulist shows entries as they come.
  bool direct = false;
  /// More clients than any daemon keeps: a list that is longer never ends.
  std::size_t most_clients = 1U << 20U;
  /// The file for debugging; empty: standard error, or where the program started with.
  std::string log_name;
  /// The hosts of the command line.
  std::vector<std::string> hosts;
  std::vector<Association> associations;
  /// The variable list of addvars: name and value.
  std::vector<std::pair<std::string, std::string>> user_variables;

 private:
  std::optional<std::uint16_t> find_index(std::string_view text);
  void begin_answer(const std::string& host, std::string_view line);
  void print_answer();

  std::optional<Answer> answer_;
  Names names_;
  std::ofstream log_file_;
  std::ostream* log_;
};

}  // namespace ntp::ntpq
