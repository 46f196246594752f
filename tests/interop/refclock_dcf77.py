# SPDX-License-Identifier: BSD-2-Clause
"""Pulses of DCF77 as characters: two minutes that agree make a clock."""

import time

import serial_clocks as clocks
from lab import NTPQ, OPEN, Lab, expect, wait_for

NAME = "RAW_DCF77(0)"
DELAY = 0.258  # s, that the driver adds

with Lab() as lab:
    host = lab.host("ours")
    # Its minute begins in two seconds.
    ahead = 60 - (time.time() + 2) % 60 + 0.050
    ahead = round(ahead) + 0.050
    player = clocks.RawDcf77(f"{lab.folder}/dcf", ahead)
    daemon = host.ours(f"refclock generic subtype 14 path {player.path} minpoll 3 maxpoll 3 noselect",
                       "disable ntp", *OPEN)

    def row():
        return next((p for p in host.peers() if p.remote == NAME), None)

    # More than the two minutes: a pulse that a busy machine doesn't play costs one.
    wait_for("a reading", 265, lambda: row() and row().reach & 1)
    found = row()
    expected = (ahead + DELAY) * 1e3
    print(f"{NAME}: reach {found.reach:o} refid {found.refid} offset {found.offset_ms}, "
          f"expected {expected}")
    print(host.ntpq(NTPQ, "-c", "cv &1", "127.0.0.1").stdout)
    expect(found.refid == ".DCFa.", f"refid {found.refid}")
    expect(abs(found.offset_ms - expected) < 15, f"offset {found.offset_ms}, expected {expected}")
    daemon.expect_running()
