// SPDX-License-Identifier: BSD-2-Clause
#include "ntpq/tools/kernel_time.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <sstream>

namespace ntp::tools {
namespace {

/// A kernel of the test: what it says, and what it was told.
struct FakeKernel {
  timex state{};
  int code = 5;
  int refusal = 0;
  std::vector<timex> told;

  FakeKernel() {
    state.time.tv_sec = 1'795'401'955;
    state.time.tv_usec = 259'376;
    state.maxerror = state.esterror = 16'000'000;
    state.status = STA_PLL | STA_UNSYNC;
    state.constant = 4;
    state.precision = 1;
    state.tolerance = 500L << 16;
  }
  int call(timex& fields) {
    if (fields.modes != 0) {
      told.push_back(fields);
      if (refusal != 0) return -refusal;
      if ((fields.modes & ADJ_NANO) != 0) state.status |= STA_NANO;
    }
    const auto modes = fields.modes;
    fields = state;
    fields.modes = modes;
    return code;
  }
};

struct Shown {
  int status = 0;
  std::string out;
  std::string err;
};

Shown show(FakeKernel& kernel, const std::vector<std::string>& arguments) {
  ::setenv("TZ", "UTC", 1);
  ::tzset();
  const auto options = parse_kernel_time_options(arguments);
  EXPECT_TRUE(options);
  std::ostringstream out;
  std::ostringstream err;
  Shown shown;
  shown.status = run_kernel_time(
      *options, [&](timex& fields) { return kernel.call(fields); }, out, err);
  shown.out = out.str();
  shown.err = err.str();
  return shown;
}

// The texts are those of NTPsec 1.2.5 for the same state.

TEST(KernelTime, ShowsWhatNtpsecShows) {
  FakeKernel kernel;
  const Shown shown = show(kernel, {});
  EXPECT_EQ(shown.out,
            "ntp_gettime() returns code 5 (ERROR)\n"
            "  time eeae2763.42667000 2026-11-23T02:45:55.259Z, (.259376),\n"
            "  maximum error 16000000 us, estimated error 16000000 us, TAI offset 0\n"
            "ntp_adjtime() returns code 5 (ERROR)\n"
            "  modes 0x0 (),\n"
            "  offset 0.000 us, frequency 0.000 ppm, interval 1 s,\n"
            "  maximum error 16000000 us, estimated error 16000000 us,\n"
            "  status 0x41 (PLL,UNSYNC),\n"
            "  time constant 4, precision 1.000 us, tolerance 500 ppm,\n");
  EXPECT_EQ(shown.status, 0);
  EXPECT_TRUE(kernel.told.empty());
}

TEST(KernelTime, ShowsRawTimes) {
  FakeKernel kernel;
  kernel.state.time.tv_usec = 929'169;
  EXPECT_NE(show(kernel, {"-r"})
                .out.find("  time eeae2763.edde0000 2026-11-23T02:45:55.929Z, (.929169),\n"
                          "  maximum error 16000000 us, estimated error 16000000 us"
                          "  ntptime=eeae2763.edde0000 unixtime=6b03a8e3.929169 "
                          "Mon Nov 23 02:45:55 2026\n, TAI offset 0\n"),
            std::string::npos);
}

TEST(KernelTime, ShowsJson) {
  FakeKernel kernel;
  kernel.state.time.tv_sec = 1'795'401'956;
  kernel.state.time.tv_usec = 608'477;
  const std::string text = show(kernel, {"-j"}).out;
  EXPECT_EQ(
      text.substr(0, text.find("\"version\"")),
      "{\"gettime-code\":5,\"gettime-status\":\"ERROR\",\"time\":\"2026-11-23T02:45:56.608Z\","
      "\"fractional-time\":\".608477\",\"maximum-error\":16000000,"
      "\"estimated-error\":16000000,\"TAI-offset\":0,\"adjtime-code\":5,"
      "\"adjtime-status\":\"ERROR\",\"modes\":\"0x0 ()\",\"offset\":0.000,"
      "\"frequency\":0.000,\"interval\":1,\"maximum-error\":16000000,"
      "\"estimated-error\":16000000,\"status\":\"0x41 (PLL,UNSYNC)\",\"time-constant\":4,"
      "\"precision\":1.000,\"tolerance\":500,");
  EXPECT_EQ(text.substr(text.size() - 3), "\"}\n");
}

TEST(KernelTime, ShowsNanosecondsAndPulses) {
  FakeKernel kernel;
  kernel.code = 0;
  kernel.state.status = STA_PLL | STA_NANO | STA_PPSFREQ;
  kernel.state.time.tv_usec = 5'400'123;
  kernel.state.offset = -1500;
  kernel.state.freq = -(3L << 15);
  kernel.state.shift = 4;
  kernel.state.jitter = 250;
  kernel.state.calcnt = 7;
  const std::string text = show(kernel, {}).out;
  for (const char* part : {"code 0 (OK)\n", ".005Z, (.005400123),\n",
                           "offset -1.500 us, frequency -1.500 ppm, interval 16 s,\n",
                           "status 0x2003 (PLL,PPSFREQ,NANO),\n",
                           "  pps frequency 0.000 ppm, stability 0.000 ppm, jitter 0.250 us,\n"
                           "  intervals 7, jitter exceeded 0, stability exceeded 0, errors 0.\n"}) {
    EXPECT_NE(text.find(part), std::string::npos) << part << text;
  }
}

TEST(KernelTime, ShowsWhatACallCosts) {
  FakeKernel kernel;
  EXPECT_EQ(show(kernel, {"-c"}).out.substr(0, 58),
            "[ us 259376: 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 ]\nntp_g");
}

TEST(KernelTime, SetsInTheUnitsOfTheKernel) {
  FakeKernel kernel;
  show(kernel, {"-o", "5000", "-t", "7", "-f", "-2.5", "-m", "3", "-e", "4", "-s", "1"});
  ASSERT_EQ(kernel.told.size(), 1U);
  EXPECT_EQ(kernel.told[0].modes, static_cast<unsigned>(ADJ_OFFSET | ADJ_TIMECONST | ADJ_FREQUENCY |
                                                        ADJ_MAXERROR | ADJ_ESTERROR | ADJ_STATUS));
  EXPECT_EQ(kernel.told[0].offset, 5);
  EXPECT_EQ(kernel.told[0].constant, 3);
  EXPECT_EQ(kernel.told[0].freq, -163'840);

  FakeKernel nano;
  show(nano, {"-N", "-o", "5000", "-t", "7"});
  ASSERT_EQ(nano.told.size(), 2U);
  EXPECT_EQ(nano.told[1].offset, 5000);
  EXPECT_EQ(nano.told[1].constant, 7);
  show(nano, {"-T", "37"});
  EXPECT_EQ(nano.told[2].modes, static_cast<unsigned>(ADJ_TAI));
  EXPECT_EQ(nano.told[2].constant, 37);
}

TEST(KernelTime, SaysThatOnlyRootMaySet) {
  FakeKernel kernel;
  kernel.refusal = EPERM;
  const Shown shown = show(kernel, {"-f", "1", "-j"});
  EXPECT_EQ(shown.status, 1);
  EXPECT_EQ(
      shown.err,
      "Must be root to set kernel values\nntp_adjtime() call fails: Operation not permitted\n");
  EXPECT_EQ(shown.out.substr(shown.out.size() - 3), "\"}\n");
}

TEST(KernelTime, SetsNothingIfAnOptionIsBad) {
  for (const std::vector<std::string>& arguments : {std::vector<std::string>{"-h"},
                                                    {"-d"},
                                                    {"-f", "501"},
                                                    {"-f", "nan"},
                                                    {"-o", "1ms"},
                                                    {"-s", "256"},
                                                    {"-x"},
                                                    {"word"},
                                                    {"-T"}}) {
    const auto options = parse_kernel_time_options(arguments);
    ASSERT_FALSE(options) << arguments[0];
    EXPECT_EQ(options.error().status, 2);
    EXPECT_EQ(options.error().text.substr(0, 14), "usage: ntptime");
  }
}

}  // namespace
}  // namespace ntp::tools
