# SPDX-License-Identifier: BSD-2-Clause
"""chrony's socket: the offset that is sent is the one that is shown; a flood of another sender leaves
the daemon quick and small, and so does a socket of a stale name."""

import os
import re
import socket
import stat
import time

from lab import OPEN, Lab, expect, resident_kib, wait_for
from receivers import (Beat, SockFeeder, clock_statistics, clock_variables, wait_for_offset,
                       wait_for_tally)

with Lab() as lab:
    ours = lab.host("ours")
    path = f"{lab.folder}/chrony.ttyS0.sock"
    stale = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    stale.bind(path)
    stale.close()
    Beat(SockFeeder(path, 0.000350))
    daemon = ours.ours(f"refclock sock unit 0 path {path} refid GPS minpoll 3 maxpoll 3 flag4 1",
                       "statistics clockstats", f"statsdir {ours.folder}/",
                       "filegen clockstats file clockstats type none enable", "disable ntp", *OPEN)
    found = wait_for_tally(ours, "SOCK(0)", "*", 60)
    expect(found.refid == ".GPS.", f"refid {found.refid}")
    wait_for_offset(ours, "SOCK(0)", 0.35, 30)
    expect('name="SOCK"' in clock_variables(ours), clock_variables(ours))
    expect('device="Samples from a socket"' in clock_variables(ours), clock_variables(ours))
    lines = wait_for("clockstats", 20, lambda: clock_statistics(ours, "SOCK(0)", ours.folder))[0]
    expect(re.fullmatch(r"SOCK\(0\) (\d+) \1 0 0", lines[-1]), lines[-1])
    mode = stat.S_IMODE(os.stat(path).st_mode)
    expect(mode == 0o600, f"mode {mode:o}")

    before = resident_kib(daemon.pid)
    flood = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    flood.setblocking(False)
    begin, sent, slowest = time.monotonic(), 0, 0.0
    while time.monotonic() < begin + 10:
        for _ in range(50):
            try:
                flood.sendto(os.urandom(40), path)
                sent += 1
            except BlockingIOError:
                break
        if sent and int(time.monotonic() * 2) % 2 == 0:
            asked = time.monotonic()
            ours.variables()
            slowest = max(slowest, time.monotonic() - asked)
    after = resident_kib(daemon.pid)
    print(f"{sent} datagrams in 10 s, slowest answer {slowest * 1e3:.0f} ms, {before} -> {after} KiB")
    expect(after - before < 512, f"grew from {before} to {after} KiB")
    wait_for_offset(ours, "SOCK(0)", 0.35, 40)
    expect(daemon.stop() == 0, "no good end")
    expect(not os.path.exists(path), "the socket is left behind")
