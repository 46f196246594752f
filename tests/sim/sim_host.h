// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <string>
#include <vector>

#include "libntp/core/seams.h"
#include "tests/sim/error_recorder.h"
#include "tests/sim/random.h"
#include "tests/sim/sim_clock.h"
#include "tests/sim/sim_files.h"
#include "tests/sim/sim_log.h"
#include "tests/sim/sim_network.h"
#include "tests/sim/sim_nts.h"
#include "tests/sim/sim_resolver.h"
#include "tests/sim/sim_timers.h"
#include "tests/sim/world.h"
#include "tests/support/fake_devices.h"

namespace ntp::sim {

/// A simulated machine: all that a daemon sees of its host. It stays as it is, files and running
/// clock included, when a daemon on it is restarted.
class SimHost {
 public:
  SimHost(SimNetwork& network, std::vector<Address> addresses, const Oscillator& oscillator)
      : name("host " + addresses.at(0).to_string()),
        clock(network.world(), oscillator, name + " clock"),
        timers(network.world(), clock),
        random(network.world().random(name + " random")),
        stack(
            network, std::move(addresses), [this] { return clock.wall(); }, name + " network"),
        resolver(network.world()),
        key_establishment(network.world(), resolver),
        log(network.world()),
        recorder(network.world(), clock) {}

  /// As the daemon's constructor takes it.
  [[nodiscard]] Host seams() {
    return {clock, timers, random, stack, resolver, files, log, &key_establishment, &devices};
  }
  [[nodiscard]] const Address& address() const { return stack.addresses().front(); }

  std::string name;
  SimClock clock;
  SimTimers timers;
  SimRandom random;
  SimStack stack;
  SimResolver resolver;
  SimKeyEstablishment key_establishment;
  SimFiles files;
  SimLog log;
  test::FakeDevices devices;
  ErrorRecorder recorder;
};

}  // namespace ntp::sim
