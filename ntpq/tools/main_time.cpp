// SPDX-License-Identifier: BSD-2-Clause
#include <sys/timex.h>

#include <cerrno>
#include <iostream>

#include "ntpq/companion.h"
#include "ntpq/tools/kernel_time.h"

int main(int argc, char** argv) {
  using namespace ntp::tools;
  return ntp::ntpq::run_companion(argc, argv, parse_kernel_time_options,
                                  [](const KernelTimeOptions& options) {
                                    const auto kernel = [](timex& fields) {
                                      const int state = ::adjtimex(&fields);
                                      return state < 0 ? -errno : state;
                                    };
                                    return run_kernel_time(options, kernel, std::cout, std::cerr);
                                  });
}
