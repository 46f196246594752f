// SPDX-License-Identifier: BSD-2-Clause
#include <malloc.h>
#include <sys/stat.h>

#include <cstdio>
#include <cstdlib>
#include <exception>

#include "ntpd/daemon/daemon.h"
#include "ntpd/daemon/dry_run.h"

namespace {

// NTPsec: a umask of 0 is taken for an oversight.
void set_umask() {
  const mode_t inherited = umask(022);
  if (inherited != 0) umask(inherited);
}

std::string join(int argc, char** argv) {
  std::string line;
  for (int i = 0; i < argc; ++i) line += (i > 0 ? " " : "") + std::string(argv[i]);
  return line;
}

}  // namespace

int main(int argc, char** argv) {
  set_umask();
  // The resolver's thread gets no heap of its own: the daemon is to stay small.
  mallopt(M_ARENA_MAX, 1);  // NOLINT(concurrency-mt-unsafe): before there is any thread
  try {
    const auto options = ntp::daemon::parse_options(argc, argv);
    if (!options) {
      std::fputs(options.error().to_stdout.c_str(), stdout);
      std::fputs(options.error().to_stderr.c_str(), stderr);
      return options.error().status;
    }
    if (options->abort) std::abort();
    if (options->check) return ntp::daemon::run_check(*options);
    return ntp::daemon::run_daemon(*options, join(argc, argv));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "ntpd: %s\n", error.what());
    return ntp::daemon::kExitFailure;
  }
}
