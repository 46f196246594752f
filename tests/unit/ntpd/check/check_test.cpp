// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/check/check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/unit/ntpd/check/fake_survey.h"

namespace ntp::check {
namespace {

using testing::IsEmpty;

// A configuration without fault, of seven lines, that the mistakes are added to.
const std::string kSources =
    "server 192.0.2.1 iburst\n"
    "server 192.0.2.2 iburst\n"
    "server 192.0.2.3 iburst\n"
    "server 192.0.2.4 iburst\n";
const std::string kGood = kSources +
                          "restrict default kod limited nomodify noquery\n"
                          "restrict 127.0.0.1\n"
                          "restrict ::1\n";
constexpr int kNext = 8;  // the line behind them

// The first of January 2026.
const WallTime kNow{std::chrono::seconds(1'767'225'600)};

FakeSurvey host() {
  FakeSurvey files;
  files.directory("/").directory("/etc").directory("/var").directory("/var/NTP", 0755,
                                                                     FakeSurvey::kUser);
  files.directory("/var/lib", 0755).directory("/var/lib/ntp", 0755, FakeSurvey::kUser);
  files.directory("/root", 0700).directory("/run");
  files.special("/run/pipe", FileFacts::Kind::Pipe);
  files.special("/run/device", FileFacts::Kind::Device);
  files.special("/dev/root", FileFacts::Kind::Device, 0600);
  files.directory("/dev").directory("/sys/class/net").directory("/sys/class/net/eth0");
  files.file("/etc/ntp.keys", "# keys\n1 AES 0123456789abcdef\n 7 MD5 secret\n", 0640);
  files.file("/etc/open.keys", "1 AES 0123456789abcdef\n", 0644);
  files.file("/etc/leap", "#$ 3676924800\n#@ 4000000000\n", 0644);
  files.file("/etc/old.leap", "#@ 3960057600\n", 0644);
  files.file("/etc/cert.pem", "", 0644).file("/etc/key.pem", "", 0640, FakeSurvey::kUser);
  return files;
}

// A driver that opens the path, has two subtypes, and makes a socket instead in the second.
ClockFacts facts_of(const config::SourceSettings& source) {
  if (source.mode > 1) return {.wrong = "there is no subtype " + std::to_string(source.mode)};
  using Use = ClockFacts::Use;
  const Use use = source.path.empty() ? Use::None : source.mode == 1 ? Use::Made : Use::Opened;
  return {.use = use, .device = source.path};
}

Report judge(const std::string& text, const std::string& user = "ntp",
             const FakeSurvey& files = host()) {
  return check(config::parse_text(text, "ntp.conf"), {"ntp.conf", user, "", kNow, {}, facts_of},
               files);
}

std::string shown(const Report& report) {
  std::string text;
  for (const Finding& each : report.findings) {
    text += std::string(name_of(each.severity)) + ' ' + each.kind + ' ' +
            std::to_string(each.where.line) + ": " + each.text + '\n';
  }
  return text;
}

struct Mistake {
  std::string name;
  std::string text;
  int line;
  Severity severity;
  std::string kind;
  std::string says;
};

void PrintTo(const Mistake& mistake, std::ostream* out) { *out << mistake.name; }

class OneMistake : public testing::TestWithParam<Mistake> {};

TEST_P(OneMistake, IsNamedWithItsFileAndLine) {
  const Mistake& mistake = GetParam();
  const Report report = judge(mistake.text);
  const auto found =
      std::find_if(report.findings.begin(), report.findings.end(),
                   [](const Finding& each) { return each.severity != Severity::Note; });
  ASSERT_NE(found, report.findings.end());
  EXPECT_EQ(std::count_if(report.findings.begin(), report.findings.end(),
                          [](const Finding& each) { return each.severity != Severity::Note; }),
            1)
      << shown(report);
  EXPECT_EQ(found->where.file, "ntp.conf");
  EXPECT_EQ(found->where.line, mistake.line) << shown(report);
  EXPECT_EQ(found->severity, mistake.severity);
  EXPECT_EQ(found->kind, mistake.kind);
  EXPECT_THAT(found->text, testing::HasSubstr(mistake.says));
  EXPECT_EQ(report.status(), mistake.severity == Severity::Error ? 2 : 1);
  EXPECT_THAT(to_text(report),
              testing::HasSubstr("ntp.conf:" + std::to_string(mistake.line) + ':'));
}

const std::vector<Mistake> kMistakes{
    {"Syntax", kGood + "sevrer 192.0.2.5\n", kNext, Severity::Error, "syntax",
     "expected a directive"},
    {"KodAlone",
     kSources + "restrict 10.0.0.0/8 kod\nrestrict default nomodify\n"
                "restrict 127.0.0.1\nrestrict ::1\n",
     5, Severity::Warning, "line", "add 'limited'"},
    {"ShutOutByIgnore", kGood + "restrict 192.0.2.0/24 ignore\n", kNext, Severity::Error,
     "source-shut-out", "192.0.2."},
    {"ShutOutByNoserve", kGood + "restrict 192.0.2.3 noserve\n", kNext, Severity::Error,
     "source-shut-out", "'noserve' drops the answers of 192.0.2.3 (line 3)"},
    {"ShutOutByNotrust", kGood + "restrict 192.0.2.4 notrust\n", kNext, Severity::Error,
     "source-shut-out", "notrust"},
    {"NtpqShutOut", kSources + "restrict default nomodify noquery\n", 5, Severity::Warning,
     "ntpq-shut-out", "127.0.0.1 and ::1"},
    {"FamilyFlagForNumber", kGood + "tinker freq -4\n", kNext, Severity::Error, "syntax",
     "write -4.0"},
    {"MinpollOverMaxpoll", kGood + "server 192.0.2.5 minpoll 12\n", kNext, Severity::Warning,
     "line", "write both"},
    {"PrefixZero", kGood + "restrict 10.0.0.0/0 nomodify\n", kNext, Severity::Warning, "line",
     "write 'default'"},
    {"BadMask", kGood + "restrict 10.0.0.0 mask 255.0.0 nomodify\n", kNext, Severity::Error, "line",
     "unusable"},
    {"PoolOptions", kGood + "pool pool.example prefer key 1\ntrustedkey 1\nkeys /etc/ntp.keys\n",
     kNext, Severity::Warning, "pool-option", "'key', 'prefer'"},
    {"ClockOptionsOfAServer", kGood + "server 192.0.2.5 time1 0.1 flag1 1\n", kNext,
     Severity::Warning, "no-effect", "'time1', 'flag1 to flag4' of 192.0.2.5"},
    {"ModemWithoutNumber", kGood + "refclock modem\n", kNext, Severity::Warning, "no-phone",
     "no number to dial"},
    {"ClockOfUnknownSubtype", kGood + "refclock generic subtype 25\n", kNext, Severity::Error,
     "clock-option", "generic unit 0: there is no subtype 25"},
    {"ClockWithoutDevice", kGood + "refclock nmea path /dev/gps7\n", kNext, Severity::Warning,
     "clock-device", "/dev/gps7: there is no such device"},
    {"ClockAtADirectory", kGood + "refclock nmea path /etc\n", kNext, Severity::Warning,
     "clock-device", "it is no device"},
    {"ClockWithoutPulse", kGood + "refclock nmea path /run/device ppspath /dev/pps7\n", kNext,
     Severity::Warning, "clock-device", "/dev/pps7: there is no such device"},
    {"ClockSocketInNoDirectory", kGood + "refclock sock mode 1 path /none/clock.sock\n", kNext,
     Severity::Error, "file-unwritable", "no directory /none"},
    {"PulseWithoutSeconds", kGood + "refclock pps\n", kNext, Severity::Warning, "pps-alone",
     "no source is preferred"},
    {"MinclockOverMaxclock", kGood + "tos minclock 11\n", kNext, Severity::Warning, "tos",
     "'minclock 11' is above 'maxclock 10'"},
    {"NoStratumIsGood", kGood + "tos floor 15\n", kNext, Severity::Error, "tos",
     "no source is ever used"},
    {"NoDistanceIsGood", kGood + "tos maxdist 0\n", kNext, Severity::Error, "tos",
     "no source is nearer"},
    {"TrustedKeysWithoutFile", kGood + "trustedkey 1\n", kNext, Severity::Error, "key-missing",
     "no 'keys' line"},
    {"NtpqShutOutByItsOwnLine",
     kSources + "restrict default nomodify\nrestrict 127.0.0.1 noquery\nrestrict ::1\n", 6,
     Severity::Warning, "ntpq-shut-out", "from 127.0.0.1"},
    {"ListenOnNoInterface", kGood + "interface listen eth7\n", kNext, Severity::Warning,
     "interface-unknown", "there is no interface 'eth7'"},
    {"StampsOfNoInterface", kGood + "hwtimestamp eth0 eth7\n", kNext, Severity::Warning,
     "interface-unknown", "there is no interface 'eth7'"},
    {"NoKeysLine", kGood + "server 192.0.2.5 key 1\n", kNext, Severity::Error, "key-missing",
     "no 'keys' line"},
    {"KeyMissing", kGood + "keys /etc/ntp.keys\ntrustedkey 1 (5 ... 9)\nserver 192.0.2.5 key 5\n",
     kNext + 2, Severity::Error, "key-missing", "key 5 for 192.0.2.5"},
    {"KeyUntrusted", kGood + "keys /etc/ntp.keys\ntrustedkey 1\ncontrolkey 7\n", kNext + 2,
     Severity::Error, "key-untrusted", "key 7 for 'controlkey'"},
    {"TrustedKeyMissing", kGood + "keys /etc/ntp.keys\ntrustedkey 1 2\n", kNext + 1,
     Severity::Warning, "key-missing", "trusted key 2"},
    {"KeysWorldReadable", kGood + "keys /etc/open.keys\n", kNext, Severity::Warning,
     "secret-world-readable", "mode 0644"},
    {"KeysMissing", kGood + "keys /etc/none\n", kNext, Severity::Error, "file-unreadable",
     "no such file"},
    {"CertificateMissing", kGood + "nts enable key /etc/key.pem cookie /var/lib/ntp/cookies\n",
     kNext, Severity::Error, "file-unreadable", "/etc/ntp/cert-chain.pem"},
    {"PrivateKeyUnreadable",
     kGood + "nts enable cert /etc/cert.pem key /etc/ntp.keys cookie /var/lib/ntp/cookies\n", kNext,
     Severity::Error, "file-unreadable", "user ntp may not read it"},
    {"PrivateKeyWorldReadable",
     kGood + "nts enable cert /etc/cert.pem key /etc/cert.pem cookie /var/lib/ntp/cookies\n", kNext,
     Severity::Warning, "secret-world-readable", "NTS private key"},
    {"StatsdirMissing", kGood + "statsdir /var/none\n", kNext, Severity::Warning, "statsdir",
     "no such directory"},
    {"StatsdirUnwritable", kGood + "statistics loopstats\nstatsdir /var/lib\n", kNext + 1,
     Severity::Error, "statsdir", "user ntp may not write"},
    {"DriftfileUnwritable", kGood + "driftfile /etc/ntp.drift\n", kNext, Severity::Error,
     "file-unwritable", "may not write to /etc"},
    {"LeapFileExpired", kGood + "leapfile /etc/old.leap\n", kNext, Severity::Warning,
     "leap-file-expired", "expired on 2025-06-28"},
    {"LeapFileOfAnotherKind", kGood + "leapfile /etc/cert.pem\n", kNext, Severity::Error,
     "leap-file", "no leap second file"},
    {"TwoSources",
     "restrict default nomodify\nunrestrict default noquery\n"
     "server 192.0.2.1\nserver 192.0.2.2\n",
     3, Severity::Warning, "too-few-sources", "neither outvotes"},
    {"ThreeSources",
     "restrict 127.0.0.1\nrestrict ::1\nserver 192.0.2.1\nserver 192.0.2.2\n"
     "server 192.0.2.3\n",
     3, Severity::Warning, "too-few-sources", "3 sources"},
    {"MinsaneTooHigh", kGood + "tos minsane 5\n", 1, Severity::Error, "too-few-sources",
     "never set"},
    {"SmearingMixed", kGood + "server time1.google.com\n", kNext, Severity::Warning,
     "smearing-mixed", "192.0.2.1 does not"},
    {"SmearingWithLeapFile",
     "restrict 127.0.0.1\nrestrict ::1\nserver time1.google.com\n"
     "server time2.google.com\nserver time3.google.com\nserver time4.google.com\n"
     "leapfile /etc/leap\n",
     7, Severity::Warning, "smearing-leapfile", "does them again"},
    {"DisableBeatsEnable", kGood + "disable kernel\nenable kernel\n", kNext + 1, Severity::Warning,
     "no-effect", "ntp.conf line 8"},
    {"FudgeWithoutClock", kGood + "fudge 127.127.28.0 refid GPS\n", kNext, Severity::Warning,
     "no-effect", "no clock 127.127.28.0"},
    {"InterfaceRulesClose", kGood + "interface ignore eth0\n", kNext, Severity::Warning,
     "interface-closes-all", "close all other"},
    {"Duplicate", kGood + "server 192.0.2.1 prefer\n", kNext, Severity::Warning, "line",
     "duplicate"},
    {"DisabledStatistics", kGood + "statistics loopstats\ndisable stats\n", kNext,
     Severity::Warning, "no-effect", "disable stats"},
    {"Noval", kGood + "server time.example nts noval\n", kNext, Severity::Warning, "nts-unverified",
     "any certificate"},
    {"PidFileDirectoryMissing", kGood + "pidfile /var/none/ntpd.pid\n", kNext, Severity::Error,
     "file-unwritable", "no directory /var/none"},
    {"PidFileIsAPipe", kGood + "pidfile /run/pipe\n", kNext, Severity::Error, "file-unwritable",
     "it is a pipe"},
    {"LogFileIsAPipe", kGood + "logfile /run/pipe\n", kNext, Severity::Error, "file-unwritable",
     "it is a pipe"},
    {"DriftFileIsADevice", kGood + "driftfile /run/device\n", kNext, Severity::Error,
     "file-unwritable", "it is a device"},
    {"MaskWithHoles", kGood + "restrict 10.0.0.0 mask 255.0.255.0 nomodify\n", kNext,
     Severity::Warning, "mask", "has holes"},
};

INSTANTIATE_TEST_SUITE_P(Check, OneMistake, testing::ValuesIn(kMistakes),
                         [](const auto& instance) { return instance.param.name; });

TEST(Check, FindsBadLinesOfTheKeyFile) {
  FakeSurvey files = host();
  files.file("/etc/odd.keys", "1 AES 0123456789abcdef\nx SHA1 y\n", 0640);
  const Report report = judge(kGood + "keys /etc/odd.keys\n", "ntp", files);
  ASSERT_EQ(report.findings.size(), 1U);
  EXPECT_EQ(report.findings[0].kind, "key-file");
  EXPECT_EQ(report.findings[0].where.file, "/etc/odd.keys");
  EXPECT_EQ(report.findings[0].where.line, 2);
}

TEST(Check, TellsThatTheListOfClientsStaysOn) {
  const Report report = judge(kGood + "disable monitor\n");
  ASSERT_EQ(report.findings.size(), 1U) << shown(report);
  EXPECT_EQ(report.findings[0].kind, "no-effect");
  EXPECT_THAT(judge(kGood + "disable monitor\nunrestrict default limited\n").findings, IsEmpty());
}

TEST(Check, FindsALimitThatServesNobody) {
  for (const char* line : {"limit average 0\n", "limit average 1 burst 0\n", "limit burst 0.5\n"}) {
    const Report report = judge(kGood + line);
    ASSERT_EQ(report.findings.size(), 1U) << line << shown(report);
    EXPECT_EQ(report.findings[0].kind, "limit-too-low");
    EXPECT_EQ(report.findings[0].where.line, kNext);
    EXPECT_EQ(report.status(), 2);
  }
  EXPECT_THAT(judge(kGood + "limit average 0.05 burst 20\n").findings, IsEmpty());
}

TEST(Check, KnowsTheKeyTypesOfTheHost) {
  FakeSurvey files = host();
  files.file("/etc/odd.keys", "1 FOO 0123456789abcdef\n", 0640);
  const auto parsed =
      config::parse_text(kGood + "keys /etc/odd.keys\ntrustedkey 1\nserver 192.0.2.5 key 1\n", "x");
  Circumstances circumstances;
  circumstances.key_types = [](std::string_view) { return std::optional<config::KeyType>(); };
  const Report report = check(parsed, circumstances, files);
  EXPECT_EQ(std::count_if(report.findings.begin(), report.findings.end(),
                          [](const Finding& each) {
                            return each.kind == "key-file" || each.kind == "key-missing";
                          }),
            3)
      << shown(report);
}

TEST(Check, FindsNothingWhereNothingIsWrong) {
  for (const std::string& text :
       {kGood,
        kGood + "driftfile /var/lib/ntp/ntp.drift\nstatsdir /var/NTP\nstatistics loopstats\n"
                "leapfile /etc/leap\n",
        kGood + "keys /etc/ntp.keys\ntrustedkey 1 7\ncontrolkey 7\nserver 192.0.2.5 key 1\n",
        kGood + "nts enable cert /etc/cert.pem key /etc/key.pem cookie /var/lib/ntp/cookies\n",
        kGood + "restrict 192.0.2.0/24 ignore\nrestrict source nomodify noquery\n",
        kGood + "refclock modem flag1 1 time1 0.1\nphone ATDT13034944774\n",
        kGood + "refclock jjy path /run/device\n",
        kGood + "refclock nmea path /run/device prefer\nrefclock pps ppspath /run/device\n",
        kGood + "refclock pps prefer\n", kGood + "refclock pps\ntos minsane 0\n",
        kGood + "refclock sock mode 1 path /run/clock.sock\n",
        kGood + "interface listen eth0:1\ninterface listen eth*\nhwtimestamp *\n",
        std::string("pool pool.example iburst\nrestrict 127.0.0.1\nrestrict ::1\n")}) {
    const Report report = judge(text);
    EXPECT_THAT(report.findings, IsEmpty()) << text << shown(report);
    EXPECT_EQ(report.status(), 0);
  }
}

TEST(Check, TakesTheBuiltInAccessListForANoteOnly) {
  const Report report = judge(kSources);
  EXPECT_EQ(report.status(), 0);
  EXPECT_EQ(report.count(Severity::Note), 1U) << shown(report);
}

TEST(Check, JudgesByTheUser) {
  const std::string text = kGood + "driftfile /etc/ntp.drift\n";
  EXPECT_EQ(judge(text, "").status(), 0);
  EXPECT_EQ(judge(text, "ntp").status(), 2);
  const Report unknown = judge(kGood, "nobody-at-all");
  EXPECT_EQ(unknown.status(), 2);
  EXPECT_EQ(unknown.findings.at(0).kind, "user");
}

TEST(Check, SaysWhatItCantSee) {
  FakeSurvey files = host();
  files.hidden("/etc/ntp.keys");
  const Report report =
      judge(kGood + "keys /etc/ntp.keys\ntrustedkey 9\nserver 192.0.2.5 key 9\n", "ntp", files);
  ASSERT_EQ(report.files.size(), 1U);
  EXPECT_FALSE(report.files[0].possible);
  EXPECT_EQ(report.files[0].why_not, "it can't be seen from here");
  EXPECT_EQ(report.status(), 0) << shown(report);
}

TEST(Check, TellsThatADeviceOpensAtTheStartOnly) {
  const Report report = judge(kGood + "refclock nmea path /dev/root prefer\n");
  EXPECT_EQ(report.status(), 0) << shown(report);
  EXPECT_THAT(shown(report), testing::HasSubstr("user ntp may not read /dev/root"));
}

TEST(Check, DoesNotBlameALineForWhatIsBuiltIn) {
  const Report report = judge(kSources + "restrict 10.0.0.0/8 noquery\n");
  EXPECT_EQ(report.status(), 0) << shown(report);
}

TEST(Check, AdvisesWhatHelps) {
  const auto advice = [](const std::string& line) {
    return judge(kGood + line + "\n").findings.at(0).advice;
  };
  EXPECT_EQ(advice("restrict 192.0.2.3 ignore"), "leave 'ignore' out");
  EXPECT_THAT(advice("restrict 192.0.2.0/24 noserve"), testing::HasSubstr("restrict 192.0.2."));
  EXPECT_EQ(advice("restrict 127.0.0.1 version"), "leave 'version' out");
}

TEST(Check, KnowsWhichKeysAreTrustedWithoutReadingThem) {
  FakeSurvey files = host();
  files.hidden("/etc/ntp.keys");
  const Report report = judge(kGood + "keys /etc/ntp.keys\nserver 192.0.2.5 key 1\n", "ntp", files);
  EXPECT_EQ(report.status(), 2) << shown(report);
  EXPECT_THAT(shown(report), testing::HasSubstr("key-untrusted 9: key 1 for 192.0.2.5"));
}

TEST(Check, PlansFilesSourcesAndAccess) {
  const Report report = judge(kGood + "driftfile /var/lib/ntp/ntp.drift\n");
  const std::string text = to_text(report);
  EXPECT_THAT(text, testing::HasSubstr("192.0.2.4"));
  EXPECT_THAT(text, testing::HasSubstr("iburst minpoll 6 maxpoll 10  (ntp.conf:4)"));
  EXPECT_THAT(text, testing::HasSubstr("0.0.0.0/0"));
  EXPECT_THAT(text, testing::HasSubstr("kod limited nomodify noquery"));
  EXPECT_THAT(text, testing::HasSubstr("/var/lib/ntp/ntp.drift: yes"));
  EXPECT_THAT(text, testing::HasSubstr("0 errors, 0 warnings, 0 notes\n"));
}

TEST(Check, SaysTheSameInJson) {
  const std::string json = to_json(judge(kGood + "sevrer \"x\n"));
  for (const char* part :
       {R"("config":"ntp.conf")", R"("user":"ntp")", R"("type":"server")", R"("name":"192.0.2.1")",
        R"("options":["iburst","minpoll 6","maxpoll 10"])", R"("range":"0.0.0.0/0")",
        R"("severity":"error","kind":"syntax","file":"ntp.conf","line":8,"column":1)",
        R"("errors":1,"warnings":0,"status":2)"}) {
    EXPECT_THAT(json, testing::HasSubstr(part));
  }
}

TEST(Check, KeepsJsonCleanOfForeignBytes) {
  Report report;
  report.findings.push_back({Severity::Error, "line", {"a\"\xff\x01", 1, 1}, "\xc3", ""});
  const std::string json = to_json(report);
  EXPECT_THAT(json, testing::HasSubstr("a\\\"?\\u0001"));
  EXPECT_TRUE(std::all_of(json.begin(), json.end(),
                          [](char c) { return static_cast<unsigned char>(c) < 0x80; }));
}

TEST(Check, WarnsOfTheOrderOfFilesInADirectory) {
  config::FileAccess access;
  access.load = [](const std::string& path) -> Result<std::string> {
    if (path == "/etc/ntp.conf") return kGood;
    if (path == "/etc/ntp.d/10-base.conf") return std::string("tos maxclock 5\n");
    if (path == "/etc/ntp.d/90-local.conf") return std::string("tos maxclock 9\n");
    return fail("No such file or directory");
  };
  access.list = [](const std::string& path) -> Result<std::vector<std::string>> {
    if (path != "/etc/ntp.d") return fail("Not a directory");
    return std::vector<std::string>{"10-base.conf", "90-local.conf"};
  };
  const Report report =
      check(config::parse_file("/etc/ntp.conf", access), {"/etc/ntp.conf", "", "", kNow}, host());
  ASSERT_EQ(report.findings.size(), 1U) << shown(report);
  EXPECT_EQ(report.findings[0].where.file, "/etc/ntp.d/90-local.conf");
  EXPECT_EQ(report.findings[0].where.line, 1);
  EXPECT_THAT(report.findings[0].text, testing::HasSubstr("'tos maxclock' has no effect"));
  EXPECT_EQ(report.status(), 1);
}

}  // namespace
}  // namespace ntp::check
