// SPDX-License-Identifier: BSD-2-Clause
#include "ntpq/line_editor.h"

#include <cstdio>
// The library's header needs FILE.
#include <editline/readline.h>

#include <cstdlib>
#include <cstring>
#include <memory>
#include <vector>

#include "ntpq/completion.h"

namespace ntp::ntpq {
namespace {

constexpr int kRememberedLines = 500;

struct FreeText {
  void operator()(char* text) const { std::free(text); }
};

/// The library asks for one candidate after the other, from `state` 0 on.
char* next_candidate(const char*, int state) {
  static std::vector<std::string> candidates;
  static std::size_t next = 0;
  if (state == 0) {
    candidates =
        completions(std::string_view(rl_line_buffer).substr(0, static_cast<std::size_t>(rl_point)));
    next = 0;
  }
  return next < candidates.size() ? ::strdup(candidates[next++].c_str()) : nullptr;
}

char** complete(const char* word, int, int) {
  // Names of files are no answer to anything here.
  rl_attempted_completion_over = 1;
  return rl_completion_matches(word, next_candidate);
}

void set_up() {
  static bool done = false;
  if (done) return;
  done = true;
  static char name[] = "ntpq";
  static char breaks[] = " \t";
  rl_readline_name = name;
  rl_basic_word_break_characters = breaks;
  rl_attempted_completion_function = complete;
  using_history();
  stifle_history(kRememberedLines);
}

}  // namespace

std::optional<std::string> edit_line(const std::string& prompt) {
  set_up();
  const std::unique_ptr<char, FreeText> line(::readline(prompt.c_str()));
  if (!line) return std::nullopt;
  if (*line != '\0') ::add_history(line.get());
  return std::string(line.get());
}

}  // namespace ntp::ntpq
