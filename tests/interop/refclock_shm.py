# SPDX-License-Identifier: BSD-2-Clause
"""Shared memory, both modes: `*`, the refid and the offset that was injected, and clock variables
and clockstats of the form that NTPsec's have on the same feed."""

import os

from lab import NTPSEC_NTPQ, OPEN, Lab, expect, wait_for
from receivers import (Beat, Segment, clock_statistics, clock_variables, form, names,
                       wait_for_offset, wait_for_tally)

AHEAD = 0.000300


def lines(unit, folder):
    return [f"refclock shm unit {unit} refid GPS minpoll 3 maxpoll 3 time1 0.0001 flag4 1",
            "statistics clockstats", f"statsdir {folder}/",
            "filegen clockstats file clockstats type none enable", "disable ntp", *OPEN]


with Lab() as lab:
    ours = lab.host("ours")
    ntpsec = lab.host("ntpsec")
    segments = [Segment(0, AHEAD, mode=1), Segment(1, AHEAD, mode=0)]
    Beat(*segments)
    daemon = ours.ours(*lines(0, ours.folder))
    ntpsec.ntpsec(*lines(1, ntpsec.folder))
    found = wait_for_tally(ours, "SHM(0)", "*", 60)
    expect(found.refid == ".GPS." and found.stratum == 0, f"refid {found.refid}")
    wait_for_offset(ours, "SHM(0)", 0.4, 30)
    wait_for("NTPsec's clockstats", 60,
             lambda: len(clock_statistics(ntpsec, "SHM(1)", ntpsec.folder)) > 2)
    for program in (NTPSEC_NTPQ,):
        mine = clock_variables(ours, program=program)
        theirs = clock_variables(ntpsec, program=program)
        expect(names(mine) == names(theirs), f"variables\n{mine}\n{theirs}")
        expect(form(mine).split("\n", 1)[1] == form(theirs).split("\n", 1)[1],
               f"form of variables\n{mine}\n{theirs}")
    mine = clock_statistics(ours, "SHM(0)", ours.folder)
    theirs = clock_statistics(ntpsec, "SHM(1)", ntpsec.folder)
    print(mine[-1], "|", theirs[-1])
    expect(form(mine[-1]) == form(theirs[-1]), f"clockstats: {mine[-1]!r}, {theirs[-1]!r}")

    # Both modes, and another unit, which is everybody's.
    segments[0].mode = 0
    segments[0].ahead = 0.000500
    wait_for_offset(ours, "SHM(0)", 0.6, 40)
    daemon.expect_running()
    expect(os.path.exists(os.path.join(ours.folder, "clockstats")), "no clockstats")
