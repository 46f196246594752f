# SPDX-License-Identifier: BSD-2-Clause
"""A hardware clock, played by a preloaded library, in UTC, and in TAI with the difference given."""

import os
import re

from lab import NTPD, OPEN, Lab, expect, wait_for
from receivers import clock_statistics, clock_variables, row, wait_for_offset, wait_for_tally

SHIM = os.environ["REGULATOR_DEVICE_SHIM"]


def start(host, ahead, options):
    config = host.write("phc.conf", [
        f"refclock phc unit 0 minpoll 3 maxpoll 3 flag4 1 {options}", "statistics clockstats",
        f"statsdir {host.folder}/", "filegen clockstats file clockstats type none enable",
        "disable ntp", *OPEN])
    return host.start("ours", ["env", f"LD_PRELOAD={SHIM}", "PTP_SHIM_PATH=/dev/ptp0",
                               f"PTP_SHIM_AHEAD={ahead}", NTPD, "-n", "-g", "-c", config])


with Lab() as lab:
    utc, tai, unknown = lab.host("utc"), lab.host("tai"), lab.host("unknown")
    daemons = [start(utc, 300000, "refid KVM"), start(tai, 37000300000, "flag1 1 time2 37"),
               start(unknown, 37000300000, "flag1 1")]
    found = wait_for_tally(utc, "PHC(0)", "*", 60)
    expect(found.refid == ".KVM." and found.stratum == 0, f"{found.refid} {found.stratum}")
    wait_for_offset(utc, "PHC(0)", 0.3, 30)
    wait_for_tally(tai, "PHC(0)", "*", 60)
    wait_for_offset(tai, "PHC(0)", 0.3, 30)
    shown = clock_variables(utc)
    expect('name="PHC"' in shown and re.search(r'timecode="\d+\.\d{9}"', shown), shown)
    lines = wait_for("clockstats", 20, lambda: clock_statistics(utc, "PHC(0)", utc.folder))[0]
    expect(re.fullmatch(r"PHC\(0\) \d+ 0 \d+", lines[-1]), lines[-1])
    # The kernel of this machine knows of no TAI unless somebody told it.
    text = clock_variables(unknown)
    expect("clk_bad_date" in text or row(unknown, "PHC(0)").reach, text)
    for daemon in daemons:
        daemon.expect_running()
