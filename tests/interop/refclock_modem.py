# SPDX-License-Identifier: BSD-2-Clause
"""A modem that finds the first number busy, and reaches NIST by the second."""

import serial_clocks as clocks
from lab import NTPQ, OPEN, Lab, expect, wait_for

with Lab() as lab:
    host = lab.host("ours")
    player = clocks.NistModem(f"{lab.folder}/modem", 0.075)
    daemon = host.ours(f"refclock modem mode 1 path {player.path} minpoll 4 maxpoll 4 noselect",
                       "phone ATDT1 ATDT2", "disable ntp", *OPEN)

    def row():
        return next((p for p in host.peers() if p.remote == "MODEM(0)"), None)

    wait_for("a reading", 140, lambda: row() and row().reach != 0)
    found = row()
    print(f"reach {found.reach:o} refid {found.refid} offset {found.offset_ms}")
    print(host.ntpq(NTPQ, "-c", "cv &1", "127.0.0.1").stdout)
    expect(found.refid == ".NIST.", f"refid {found.refid}")
    expect(abs(found.offset_ms - 75) < 15, f"offset {found.offset_ms}")
    expect("DIAL #0 ATDT1" in daemon.text() and "DIAL #1 ATDT2" in daemon.text(), "numbers dialled")
    daemon.expect_running()
