# SPDX-License-Identifier: BSD-2-Clause
"""A receiver at a pty, beside NTPsec on the same feed, and another one with its pulse, which gives the
stamp; then the first is unplugged and comes back."""

import os
import re

from lab import NTPD, NTPSEC_NTPQ, OPEN, Lab, expect, wait_for
from receivers import (Beat, SerialReceiver, clock_statistics, clock_variables, form, names, row,
                       wait_for_offset, wait_for_polls, wait_for_tally)


SHIM = os.environ["REGULATOR_DEVICE_SHIM"]
LATE_MS = 0.25


def lines(path, folder):
    return [f"refclock nmea unit 0 path {path} time2 0.05 minpoll 3 maxpoll 3 mode 0x10081 baud 9600",
            "statistics clockstats", f"statsdir {folder}/",
            "filegen clockstats file clockstats type none enable", "disable ntp", *OPEN]


def start_with_pulse(host, path):
    config = host.write("pulse.conf", [
        f"refclock nmea unit 0 path {path} time2 0.05 flag1 1 ppspath /dev/pps0 minpoll 3 maxpoll 3",
        "disable ntp", *OPEN])
    return host.start("ours", ["env", f"LD_PRELOAD={SHIM}", "PPS_SHIM_PATH=/dev/pps0",
                               f"PPS_SHIM_LATE={round(LATE_MS * 1e6)}", NTPD, "-n", "-g", "-c",
                               config])


def read_sentences():
    """Of each RMC: the second that it tells, and when it was read after it, as the log of delays has it."""
    path = f"{ours.folder}/clockstats"
    if not os.path.exists(path):
        return []
    with open(path, encoding="ascii") as file:
        found = re.findall(r"^(\d+) (\d+\.\d+) NMEA\(0\) delay (\S+) \$GPRMC$", file.read(), re.M)
    # The line is written by the next tick.
    return [(int((int(day) - 40587) * 86400 + float(second) - float(delay)), float(delay))
            for day, second, delay in found]


def samples():
    return [(second + delay, 0.05 - delay) for second, delay in read_sentences()]


with Lab() as lab:
    ours, ntpsec, pulse = lab.host("ours"), lab.host("ntpsec"), lab.host("pulse")
    receivers = [SerialReceiver(f"{lab.folder}/gps-{name}") for name in ("ours", "ntpsec", "pulse")]
    Beat(*receivers)
    daemon = ours.ours(*lines(receivers[0].path, ours.folder))
    ntpsec.ntpsec(*lines(receivers[1].path, ntpsec.folder))
    start_with_pulse(pulse, receivers[2].path)
    found = wait_for_tally(ours, "NMEA(0)", "*", 60)
    expect(found.refid == ".GPS.", f"refid {found.refid}")
    wait_for_polls(ours, "NMEA(0)", samples, 70)
    # What is stamped is when a sentence was written, and the time that it took to be read.
    sent = dict(receivers[0].sent)
    took = [second + delay - sent[second] for second, delay in read_sentences() if second in sent]
    print(f"read {min(took) * 1e6:.0f} to {max(took) * 1e6:.0f} us after they were written")
    expect(len(took) > 20 and 0 <= min(took) + 1e-6 and min(took) < 0.0003, f"read after {sorted(took)}")
    wait_for("clockstats", 60, lambda: all(
        sum(" delay " not in line for line in clock_statistics(h, "NMEA(0)", h.folder)) > 2
        for h in (ours, ntpsec)))
    mine, theirs = (clock_variables(h, program=NTPSEC_NTPQ) for h in (ours, ntpsec))
    expect(names(mine) == names(theirs), f"variables\n{mine}\n{theirs}")
    expect(form(mine).split("\n", 1)[1] == form(theirs).split("\n", 1)[1],
           f"form of variables\n{mine}\n{theirs}")
    for delays in (True, False):
        mine, theirs = ([line for line in clock_statistics(h, "NMEA(0)", h.folder)
                         if (" delay " in line) == delays][-1] for h in (ours, ntpsec))
        print(mine, "|", theirs)
        expect(form(mine) == form(theirs), f"clockstats: {mine!r}, {theirs!r}")

    wait_for_tally(pulse, "NMEA(0)", "o", 30)
    wait_for_offset(pulse, "NMEA(0)", -LATE_MS, 30)

    os.unlink(receivers[0].path)
    os.close(receivers[0].master)
    os.close(receivers[0].slave)
    wait_for("the fault said", 10, lambda: "NMEA(0): " in daemon.text())
    fresh = SerialReceiver(receivers[0].path)
    Beat(fresh)
    before = int(row(ours, "NMEA(0)").reach)
    wait_for("the port opened again", 30, lambda: "open again" in daemon.text())
    wait_for("readings again", 30, lambda: row(ours, "NMEA(0)").reach & 1)
    print(f"reach {before:o} when unplugged, {row(ours, 'NMEA(0)').reach:o} now")
    daemon.expect_running()
