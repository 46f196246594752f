# SPDX-License-Identifier: BSD-2-Clause
"""An Oncore receiver whose messages number the pulses of a device that is played."""

import os

import serial_clocks as clocks
from lab import NTPD, NTPQ, OPEN, Lab, expect, wait_for

LATE_MS = 0.25

with Lab() as lab:
    host = lab.host("ours")
    player = clocks.Oncore(f"{lab.folder}/oncore", -0.060)
    config = host.write("oncore.conf", [
        f"refclock oncore path {player.path} ppspath /dev/pps0 minpoll 3 maxpoll 3",
        "disable ntp", *OPEN])
    daemon = host.start("ours", ["env", f"LD_PRELOAD={os.environ['REGULATOR_DEVICE_SHIM']}",
                                 "PPS_SHIM_PATH=/dev/pps0",
                                 f"PPS_SHIM_LATE={round(LATE_MS * 1e6)}",
                                 f"PPS_SHIM_OFF={lab.folder}/off", NTPD, "-n", "-g", "-c", config])

    def row():
        return next((p for p in host.peers() if p.remote == "ONCORE(0)"), None)

    wait_for("two readings", 60, lambda: row() and row().reach & 3 == 3, 1)
    found = row()
    print(f"tally {found.tally!r} reach {found.reach:o} refid {found.refid} offset {found.offset_ms}")
    print(host.ntpq(NTPQ, "-c", "cv &1", "127.0.0.1").stdout)
    expect(found.refid == ".GPS.", f"refid {found.refid}")
    expect(abs(found.offset_ms + LATE_MS) < 0.05, f"offset {found.offset_ms}")
    wait_for("the pulse leads", 40, lambda: row().tally == "o", 1)
    daemon.expect_running()
