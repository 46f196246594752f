# SPDX-License-Identifier: BSD-2-Clause
"""A pulse beside shared memory with `prefer`: stratum 1, refid PPS, `o`. Without the pulse the other
clock leads again, and the pulse when it is back; NTPsec does the same on the same feed."""

import os

from lab import (NTPD, NTPSEC_NTPD, NTPSEC_NTPQ, NTPQ, OPEN, Lab, expect, wait_for)
from receivers import (Beat, Segment, clock_statistics, clock_variables, form, names, row,
                       wait_for_offset, wait_for_tally)

SHIM = os.environ["REGULATOR_DEVICE_SHIM"]
LATE_MS = 0.25


def start(host, name, program, unit):
    config = host.write("pps.conf", [
        f"refclock shm unit {unit} refid GPS prefer minpoll 3 maxpoll 3",
        "refclock pps unit 0 minpoll 3 maxpoll 3 flag3 1",
        "statistics clockstats", f"statsdir {host.folder}/",
        "filegen clockstats file clockstats type none enable", "tinker step 0", *OPEN])
    return host.start(name, ["env", f"LD_PRELOAD={SHIM}", "PPS_SHIM_PATH=/dev/pps0",
                             f"PPS_SHIM_LATE={round(LATE_MS * 1e6)}",
                             f"PPS_SHIM_OFF={lab.folder}/off", program, "-n", "-g", "-c", config])


with Lab() as lab:
    ours, ntpsec = lab.host("ours"), lab.host("ntpsec")
    Beat(Segment(0), Segment(1))
    daemon = start(ours, "ours", NTPD, 0)
    start(ntpsec, "ntpsec", NTPSEC_NTPD, 1)
    found = wait_for_tally(ours, "PPS(0)", "o", 60)
    expect(found.refid == ".PPS." and found.stratum == 0, f"{found.refid} {found.stratum}")
    wait_for("stratum 1 by PPS", 20, lambda: ours.variables().get("refid") == "PPS")
    expect(ours.variables()["stratum"] == "1", ours.variables()["stratum"])
    expect(row(ours, "SHM(0)").tally == "*", "the preferred clock has no `*`")
    wait_for_offset(ours, "PPS(0)", -LATE_MS, 30)
    wait_for_tally(ntpsec, "PPS(0)", "o", 60, NTPSEC_NTPQ)
    wait_for("clockstats", 30, lambda: all(
        len(clock_statistics(h, "PPS(0)", h.folder)) > 2 for h in (ours, ntpsec)))
    mine, theirs = (clock_variables(h, 2, NTPSEC_NTPQ) for h in (ours, ntpsec))
    expect(names(mine) == names(theirs), f"variables\n{mine}\n{theirs}")
    expect(form(mine).split("\n", 1)[1] == form(theirs).split("\n", 1)[1],
           f"form of variables\n{mine}\n{theirs}")
    mine, theirs = (clock_statistics(h, "PPS(0)", h.folder)[-1] for h in (ours, ntpsec))
    print(mine, "|", theirs)
    expect(form(mine) == form(theirs), f"clockstats: {mine!r}, {theirs!r}")

    with open(f"{lab.folder}/off", "w", encoding="ascii"):
        pass
    wait_for("the pulse excluded", 25, lambda: row(ours, "PPS(0)").tally == " ")
    wait_for("refid GPS", 10, lambda: ours.variables().get("refid") == "GPS")
    expect(row(ours, "SHM(0)").tally == "*", "the preferred clock does not lead")
    wait_for("clk_no_reply", 10, lambda: "clk_no_reply" in clock_variables(ours, 2, NTPQ))
    wait_for("NTPsec's refid GPS", 60,
             lambda: ntpsec.variables(program=NTPSEC_NTPQ).get("refid") == "GPS")
    expect(row(ntpsec, "SHM(1)", NTPSEC_NTPQ).tally == "*", "NTPsec's preferred clock does not lead")
    os.remove(f"{lab.folder}/off")
    wait_for_tally(ours, "PPS(0)", "o", 40)
    wait_for("refid PPS again", 20, lambda: ours.variables().get("refid") == "PPS")
    wait_for("NTPsec's refid PPS again", 60,
             lambda: ntpsec.variables(program=NTPSEC_NTPQ).get("refid") == "PPS")
    expect(daemon.text().count("hardpps") == 1, "the missing hardpps is not said once")
    daemon.expect_running()
