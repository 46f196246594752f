# SPDX-License-Identifier: BSD-2-Clause
"""The own clock: leads after orphwait where nobody else does, in the old form of its line; with flag1
it follows what the kernel says of its clock, and the daemon leaves it alone."""

import ctypes

from lab import NTPSEC_NTPQ, OPEN, Lab, expect, wait_for
from receivers import clock_variables, form, names, row, wait_for_tally

with Lab() as lab:
    ours, locked, ntpsec = lab.host("ours"), lab.host("locked"), lab.host("ntpsec")
    lines = ("server 127.127.1.0 minpoll 3", "fudge 127.127.1.0 stratum 10 refid LOCX",
             "tos orphanwait 1", *OPEN)
    ours.ours(*lines)
    ntpsec.ntpsec(*lines)
    daemon = locked.ours("refclock local unit 0 flag1 1 minpoll 3", "tos orphanwait 1", *OPEN)
    found = wait_for_tally(ours, "LOCAL(0)", "*", 40)
    expect(found.refid == ".LOCX." and found.stratum == 10 and found.offset_ms == 0,
           f"{found.refid} {found.stratum} {found.offset_ms}")
    wait_for("stratum 11", 10, lambda: ours.variables().get("stratum") == "11")
    # Its ntpq shows the name or the address of the clock, as it comes.
    wait_for("`*` of NTPsec", 60, lambda: any(p.tally == "*" for p in ntpsec.peers(NTPSEC_NTPQ)))
    mine, theirs = (clock_variables(h, program=NTPSEC_NTPQ) for h in (ours, ntpsec))
    expect(names(mine) == names(theirs), f"variables\n{mine}\n{theirs}")
    expect(form(mine).split("\n", 1)[1] == form(theirs).split("\n", 1)[1],
           f"form of variables\n{mine}\n{theirs}")
    # What the kernel of this machine says of its clock: TIME_ERROR is 5.
    state = ctypes.CDLL(None).ntp_gettime(ctypes.create_string_buffer(256))
    wait_for("a poll", 20, lambda: int(locked.variables("&1")["xmt"].split(".")[0], 16) != 0)
    reach = row(locked, "LOCAL(0)").reach
    print(f"flag1: kernel's state {state}, reachable: {row(locked, 'LOCAL(0)').reach != 0}")
    expect((row(locked, "LOCAL(0)").reach != 0) == (state != 5), f"state {state}, reach {reach}")
    daemon.expect_running()
