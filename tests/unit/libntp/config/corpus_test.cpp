// SPDX-License-Identifier: BSD-2-Clause
// The files of tests/golden/conf were given to NTPsec's ntpd 1.2.2 and 1.2.5. What those made of
// them stands here as facts; where Regulator differs on purpose, `mended` names the trap and why.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "libntp/config/parser.h"
#include "tests/unit/libntp/config/parse_helpers.h"

namespace ntp::config {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const std::string kFolder = REGULATOR_GOLDEN_DIR "/conf/";

FileAccess disk() {
  FileAccess access;
  access.load = [](const std::string& path) -> Result<std::string> {
    std::ifstream file(path, std::ios::binary);
    if (!file) return fail("No such file or directory");
    std::ostringstream text;
    text << file.rdbuf();
    return std::move(text).str();
  };
  access.list = [](const std::string& path) -> Result<std::vector<std::string>> {
    std::error_code error;
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(path, error)) {
      names.push_back(entry.path().filename());
    }
    if (error) return fail("Not a directory");
    return names;
  };
  return access;
}

ParseResult read(const std::string& name) { return parse_file(kFolder + name, disk()); }

struct Verdict {
  std::string file;
  /// Lines that NTPsec 1.2.5 has a syntax error in, by their true numbers.
  std::set<int> syntax_errors;
  /// Ours, if they differ: words of classic ntp are said in a warning instead.
  std::set<int> warned_instead;
  /// Lines of other errors, after which NTPsec ends or ignores an item.
  std::set<int> other_errors;
  /// What NTPsec does otherwise: the trap, and what is done here.
  std::string mended;
};

const std::vector<Verdict> kVerdicts{
    {"invalid/01-unknown-keyword.conf", {2}, {}, {}, ""},
    {"invalid/02-unknown-option-keeps-head.conf", {1, 3, 6}, {1, 3, 6}, {}, ""},
    {"invalid/03-missing-argument-drops-line.conf", {1, 5}, {}, {}, ""},
    {"invalid/04-adjacent-errors.conf",
     {2, 3, 4, 7},
     {},
     {},
     "27: NTPsec names line 2 for lines 3 and 4, too"},
    {"invalid/05-number-shapes.conf", {1, 4, 7, 10, 13, 16, 19}, {}, {}, ""},
    {"invalid/06-unknown-driver-exits.conf",
     {},
     {},
     {2},
     "17: NTPsec exits with status 1; the line is ignored"},
    {"invalid/07-bare-hex-prefix-exits.conf",
     {2},
     {},
     {},
     "17: NTPsec exits with status 1; a syntax error like any other"},
    {"invalid/08-overlong-word-exits-zero.conf",
     {2},
     {},
     {},
     "23: NTPsec exits with status 0; a syntax error like any other"},
    {"invalid/09-ntp-classic-leftovers.conf",
     {1, 4, 7, 10, 13, 16, 19, 22, 25, 28, 31},
     {1, 4, 7, 10, 13, 16, 19, 22, 25, 28, 31},
     {},
     ""},
    {"invalid/10-setvar-glued-equals.conf", {1, 4}, {}, {}, ""},
    {"invalid/11-punctuation.conf", {1, 4, 7}, {}, {}, ""},
    {"invalid/12-zero-bytes.conf", {}, {}, {}, "25: NTPsec has an error in line 0"},
    {"invalid/13-include-trouble.conf",
     {},
     {},
     {1, 2},
     "24: NTPsec reads a file that includes itself down to its depth limit"},
    {"invalid/14-end-stops-reading.conf", {}, {}, {}, "25: NTPsec has an error in line 2"},
    {"invalid/15-filegen-slash-hangs.conf",
     {},
     {},
     {1},
     "13: NTPsec spins for ever; the name is refused"},
    // Whether the certificate can be read shows when the server starts.
    {"invalid/16-nts-server-without-cert-exits.conf", {}, {}, {}, ""},
    {"invalid/17-nts-words.conf", {1, 4, 7, 10}, {}, {}, ""},
    {"valid/01-desktop-pool.conf", {}, {}, {}, ""},
    {"valid/02-lan-server.conf", {}, {}, {}, ""},
    {"valid/03-gps-refclocks.conf", {}, {}, {}, ""},
    {"valid/04-numeric-refclock-fudge.conf", {}, {}, {}, ""},
    {"valid/05-statistics.conf", {}, {}, {}, ""},
    {"valid/06-logging.conf", {}, {}, {}, ""},
    {"valid/07-access-forms.conf", {}, {}, {}, ""},
    {"valid/08-odd-lexing.conf", {}, {}, {}, ""},
    {"valid/09-includes.conf", {}, {}, {}, ""},
    {"valid/10-knobs.conf", {}, {}, {}, ""},
    {"valid/11-interfaces.conf", {}, {}, {}, ""},
    {"valid/12-duplicates-and-order.conf", {}, {}, {}, ""},
    {"valid/13-accepted-with-grumbling.conf", {}, {}, {9, 10, 11, 14, 15, 16}, ""},
};

std::set<int> lines(const ParseResult& result, Severity severity, bool syntax) {
  std::set<int> found;
  for (const auto& diagnostic : result.diagnostics) {
    const bool is_syntax = diagnostic.text.starts_with("syntax error");
    if (diagnostic.severity == severity && is_syntax == syntax) found.insert(diagnostic.where.line);
  }
  return found;
}

TEST(Corpus, HasOneVerdictForEachFile) {
  std::set<std::string> files;
  for (const std::string folder : {"valid", "invalid"}) {
    for (const auto& entry : std::filesystem::directory_iterator(kFolder + folder)) {
      if (entry.path().extension() == ".conf") {
        files.insert(folder + '/' + entry.path().filename().string());
      }
    }
  }
  std::set<std::string> judged;
  for (const Verdict& verdict : kVerdicts) judged.insert(verdict.file);
  EXPECT_EQ(files, judged);
}

TEST(Corpus, HasItsErrorsInTheLinesThatNtpsecHasThemIn) {
  for (const Verdict& verdict : kVerdicts) {
    SCOPED_TRACE(verdict.file + ' ' + verdict.mended);
    const ParseResult result = read(verdict.file);
    std::set<int> wanted;
    for (const int line : verdict.syntax_errors) {
      if (!verdict.warned_instead.contains(line)) wanted.insert(line);
    }
    EXPECT_EQ(lines(result, Severity::Error, true), wanted);
    EXPECT_EQ(lines(result, Severity::Error, false), verdict.other_errors);
    const std::set<int> warned = lines(result, Severity::Warning, false);
    for (const int line : verdict.warned_instead) EXPECT_TRUE(warned.contains(line)) << line;
    for (const auto& diagnostic : result.diagnostics) {
      EXPECT_EQ(diagnostic.where.file, kFolder + verdict.file);
      EXPECT_GT(diagnostic.where.column, 0);
    }
  }
}

TEST(Corpus, SaysNothingOfFilesThatNtpsecAcceptsInSilence) {
  for (const char* name : {"01-desktop-pool", "02-lan-server", "03-gps-refclocks",
                           "04-numeric-refclock-fudge", "05-statistics", "06-logging",
                           "07-access-forms", "09-includes", "10-knobs", "11-interfaces"}) {
    EXPECT_THAT(read(std::string("valid/") + name + ".conf").diagnostics, IsEmpty()) << name;
  }
}

TEST(Corpus, PointsAtTheWordInError) {
  EXPECT_THAT(errors(read("invalid/05-number-shapes.conf")),
              ElementsAre("1:13", "4:27", "7:13", "10:11", "13:12", "16:34", "19:27"));
  EXPECT_THAT(errors(read("invalid/11-punctuation.conf")), ElementsAre("1:25", "4:26", "7:5"));
  EXPECT_THAT(errors(read("invalid/17-nts-words.conf")),
              ElementsAre("1:12", "4:8", "7:10", "10:5"));
}

TEST(Corpus, AppliesWhatStandsBeforeAnError) {
  const Settings head = read("invalid/02-unknown-option-keeps-head.conf").settings;
  ASSERT_THAT(hosts(head), ElementsAre("192.0.2.10"));
  EXPECT_TRUE(head.sources[0].iburst);
  EXPECT_EQ(head.sources[0].min_poll, 6);
  ASSERT_EQ(head.restrictions.size(), 1U);
  EXPECT_EQ(head.restrictions[0].flags, restrict_flag::kNoModify);
  EXPECT_FALSE(head.monitor);
  EXPECT_TRUE(head.kernel);

  const Settings void_lines = read("invalid/03-missing-argument-drops-line.conf").settings;
  EXPECT_THAT(hosts(void_lines), ElementsAre("192.0.2.11"));
  EXPECT_EQ(void_lines.tinker.step_forward, 0.128);

  const Settings numbers = read("invalid/05-number-shapes.conf").settings;
  EXPECT_EQ(numbers.drift_file, "/var/lib/ntp/ntp.drift");
  EXPECT_THAT(numbers.sources, IsEmpty());
  EXPECT_FALSE(numbers.tinker.frequency);

  const Settings glued = read("invalid/10-setvar-glued-equals.conf").settings;
  ASSERT_EQ(glued.variables.size(), 1U);
  EXPECT_EQ(glued.variables[0].name + '=' + glued.variables[0].value, "fine=open");

  const Settings punctuated = read("invalid/11-punctuation.conf").settings;
  EXPECT_TRUE(punctuated.sources.at(0).iburst);
  EXPECT_EQ(punctuated.restrictions.at(0).flags, restrict_flag::kNoModify);
}

TEST(Corpus, ReadsOnWhereNtpsecEnds) {
  EXPECT_THAT(hosts(read("invalid/06-unknown-driver-exits.conf").settings),
              ElementsAre("192.0.2.10", "192.0.2.11"));
  EXPECT_THAT(hosts(read("invalid/07-bare-hex-prefix-exits.conf").settings),
              ElementsAre("192.0.2.10"));
  EXPECT_THAT(hosts(read("invalid/08-overlong-word-exits-zero.conf").settings),
              ElementsAre("192.0.2.10"));
  EXPECT_THAT(hosts(read("invalid/13-include-trouble.conf").settings), ElementsAre("192.0.2.10"));
  EXPECT_THAT(hosts(read("invalid/14-end-stops-reading.conf").settings), ElementsAre("192.0.2.10"));
  const Settings filegen = read("invalid/15-filegen-slash-hangs.conf").settings;
  EXPECT_EQ(statistics_of(filegen, StatisticsSet::Loop).file, "");
  EXPECT_TRUE(statistics_of(filegen, StatisticsSet::Loop).enabled);
}

TEST(Corpus, HasNtpsecsOrderOfApplication) {
  const Settings includes = read("valid/09-includes.conf").settings;
  EXPECT_EQ(includes.keys.file, "/nonexistent/keys-from-a");
  EXPECT_THAT(hosts(includes), ElementsAre("192.0.2.21", "192.0.2.22", "192.0.2.23", "192.0.2.30",
                                           "192.0.2.24", "192.0.2.31"));
  const Settings knobs = read("valid/10-knobs.conf").settings;
  EXPECT_EQ(knobs.tinker.stepout, 300);
  EXPECT_EQ(knobs.tos.min_clock, 3);
  EXPECT_FALSE(knobs.kernel);
  const Settings repeats = read("valid/12-duplicates-and-order.conf").settings;
  EXPECT_THAT(hosts(repeats), ElementsAre("192.0.2.10", "ntp.example.net", "192.0.2.13"));
  EXPECT_EQ(repeats.sources[2].min_poll, 10);
  EXPECT_EQ(repeats.phones.size(), 9U);
  const Settings statistics = read("valid/05-statistics.conf").settings;
  EXPECT_FALSE(statistics.stats);
  EXPECT_EQ(statistics_of(statistics, StatisticsSet::Loop).file, "loops");
  EXPECT_FALSE(statistics_of(statistics, StatisticsSet::Proto).enabled);
  EXPECT_EQ(read("valid/06-logging.conf").settings.log_classes, 0xffffU);
}

TEST(Corpus, LexesAsNtpsecDoes) {
  const Settings odd = read("valid/08-odd-lexing.conf").settings;
  EXPECT_THAT(hosts(odd), ElementsAre("192.0.2.10", "192.0.2.11", "192.0.2.12", "caf.example.net"));
  EXPECT_EQ(odd.sources[1].min_poll, 4);
  EXPECT_EQ(odd.sources[2].bias, -0.25);
  EXPECT_EQ(odd.sources[2].version, 3);
  ASSERT_EQ(odd.variables.size(), 2U);
  EXPECT_EQ(odd.variables[0].value, "no restarts {ever}; = ok");
  EXPECT_TRUE(odd.variables[0].is_default);
  EXPECT_EQ(odd.variables[1].value, "1");
}

TEST(Corpus, DropsTheLinesThatNtpsecDrops) {
  const Settings settings = read("valid/13-accepted-with-grumbling.conf").settings;
  EXPECT_THAT(hosts(settings), ElementsAre("192.0.2.10", "192.0.2.11", "192.0.2.13"));
  EXPECT_EQ(settings.keys.trusted.size(), 2U);  // 1, and 10 to 12
}

}  // namespace
}  // namespace ntp::config
