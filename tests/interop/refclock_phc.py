# SPDX-License-Identifier: BSD-2-Clause
"""A hardware clock, played by a preloaded library, in UTC, and in TAI with the difference given, known
by the leap second file, and not known; by each of the ways that there are to read one."""

import ctypes
import os
import re

from lab import NTPD, OPEN, Lab, expect, wait_for
from receivers import clock_statistics, clock_variables, row, wait_for_offset, wait_for_tally

SHIM = os.environ["REGULATOR_DEVICE_SHIM"]


# Of the kernel's struct timex: so many octets, and where TAI - UTC is.
TIMEX_SIZE, TIMEX_TAI = 208, 160
# It expires in 2130; TAI - UTC is 37 s since 2017.
LEAP_FILE = ["#$ 3676924800", "#@ 7258118400", "2272060800 10", "3692217600 37"]


def kernel_tai():
    timex = (ctypes.c_int * (TIMEX_SIZE // 4))()
    expect(ctypes.CDLL(None).adjtimex(timex) >= 0, "adjtimex")
    return timex[TIMEX_TAI // 4]


def start(host, ahead, options, *more, way="extended"):
    config = host.write("phc.conf", [
        f"refclock phc unit 0 minpoll 3 maxpoll 3 flag4 1 {options}", "statistics clockstats",
        f"statsdir {host.folder}/", "filegen clockstats file clockstats type none enable",
        "disable ntp", *more, *OPEN])
    return host.start("ours", ["env", f"LD_PRELOAD={SHIM}", "PTP_SHIM_PATH=/dev/ptp0",
                               f"PTP_SHIM_AHEAD={ahead}", f"PTP_SHIM_WAY={way}", NTPD, "-n", "-g", "-c", config])


with Lab() as lab:
    utc, tai, file, unknown, precise, plain = (
        lab.host(name) for name in ("utc", "tai", "file", "unknown", "precise", "plain"))
    leap_file = file.write("leap-seconds.list", LEAP_FILE)
    daemons = [start(utc, 300000, "refid KVM"), start(tai, 37000300000, "flag1 1 time2 37"),
               start(file, 37000300000, "flag1 1", f"leapfile {leap_file}"),
               start(precise, 300000, "refid KVM", way="precise"),
               start(plain, 300000, "refid KVM", way="plain"),
               start(unknown, 37000300000, "flag1 1")]
    found = wait_for_tally(utc, "PHC(0)", "*", 60)
    expect(found.refid == ".KVM." and found.stratum == 0, f"{found.refid} {found.stratum}")
    wait_for_offset(utc, "PHC(0)", 0.3, 30)
    wait_for_tally(tai, "PHC(0)", "*", 60)
    wait_for_offset(tai, "PHC(0)", 0.3, 30)
    wait_for_tally(file, "PHC(0)", "*", 60)
    wait_for_offset(file, "PHC(0)", 0.3, 30)
    for host in (precise, plain):
        wait_for_tally(host, "PHC(0)", "*", 60)
        wait_for_offset(host, "PHC(0)", 0.3, 30)
    shown = clock_variables(utc)
    expect('name="PHC"' in shown and re.search(r'timecode="\d+\.\d{9}"', shown), shown)
    lines = wait_for("clockstats", 20, lambda: clock_statistics(utc, "PHC(0)", utc.folder))[0]
    expect(re.fullmatch(r"PHC\(0\) \d+ 0 \d+", lines[-1]), lines[-1])
    # The kernel of this machine knows of no TAI unless somebody told it.
    known = kernel_tai()
    text, reach = clock_variables(unknown), row(unknown, "PHC(0)").reach
    said = "TAI - UTC is not known" in daemons[-1].text()
    if known == 0:
        expect("clk_bad_date" in text and reach == 0 and said, f"reach {reach:o}, {text}")
    else:
        expect(reach != 0 and not said, f"the kernel has {known} s, reach {reach:o}, {text}")
    for daemon in daemons:
        daemon.expect_running()
