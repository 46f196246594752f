# SPDX-License-Identifier: BSD-2-Clause
"""gpsd 3.25 or later with its default settings feeds our socket with the time of the sentences, as it
would chrony's: the offset is the one that gpsd itself reports. gpsd is stopped and comes back."""

import os
import re
import time

from gpsd import Watcher, start_gpsd
from lab import OPEN, Lab, expect, join, wait_for
from receivers import (Beat, TcpReceiver, clock_statistics, clock_variables, row, wait_for_polls,
                       wait_for_tally)

DEVICE = "tcp://10.77.0.254:4000"
# What gpsd makes of the device's name, as it does of /dev/ttyS0.
SOCKET = "/run/chrony.clk.10.77.0.254:4000.sock"

with Lab() as lab:
    join()
    ours = lab.host("ours")
    Beat(TcpReceiver(4000))
    daemon = ours.ours(f"refclock sock unit 0 path {SOCKET} refid GPS minpoll 3 maxpoll 3 flag4 1",
                       f"statsdir {lab.folder}/", "statistics clockstats",
                       "filegen clockstats file clockstats type none enable",
                       "tinker step 0", *OPEN)
    wait_for("the socket", 20, lambda: os.path.exists(SOCKET))
    gpsd = start_gpsd(ours, DEVICE)
    watcher = Watcher(ours.v4)
    found = wait_for_tally(ours, "SOCK(0)", "*", 60)
    expect(found.refid == ".GPS.", found.refid)
    system = ours.variables()
    expect(system["stratum"] == "1" and system["refid"] == "GPS", f"system {system}")
    wait_for_polls(ours, "SOCK(0)", watcher.recent, 80)
    shown = clock_variables(ours)
    expect('device="Samples from a socket"' in shown, shown)
    last = re.search(r'timecode="\d+\.\d{6} (-0\.\d{9})"', shown)
    # The sentences leave 50 ms after the second; gpsd may be late.
    expect(last and -0.5 < float(last[1]) <= -0.05, shown)
    lines = clock_statistics(ours, "SOCK(0)", lab.folder)
    expect(lines and all(len(line.split()) == 5 for line in lines), f"clockstats {lines}")
    expect(any(line.split()[2] not in ("0",) and line.split()[3] == "0" for line in lines),
           f"no samples, or bad ones: {lines}")

    gpsd.stop(10)
    wait_for("gpsd missed", 40, lambda: "clk_no_reply" in daemon.text() or
             "noreply=0" not in clock_variables(ours))
    time.sleep(1)
    start_gpsd(ours, DEVICE)
    wait_for("gpsd used again", 60, lambda: row(ours, "SOCK(0)").reach & 1)
    daemon.expect_running()
