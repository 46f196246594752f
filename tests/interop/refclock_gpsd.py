# SPDX-License-Identifier: BSD-2-Clause
"""The real gpsd, fed by TCP: its JSON and its shared memory are both read, with the offset that gpsd
itself reports. gpsd is stopped and comes back; a server of nonsense does no harm."""

import json
import os
import socket
import sys
import threading
import time

from lab import OPEN, PEERS, Lab, expect, join, resident_kib, wait_for
from receivers import Beat, TcpReceiver, clock_variables, row, wait_for_offset, wait_for_tally

GPSD = os.path.join(PEERS, "gpsd", "usr/sbin/gpsd")
if not os.path.exists(GPSD):
    print("there is no gpsd here")
    sys.exit(77)
LIBRARIES = os.path.join(PEERS, "gpsd/usr/lib/x86_64-linux-gnu") + ":" + os.path.join(
    PEERS, "gpsd/lib/x86_64-linux-gnu")
DEVICE = "tcp://10.77.0.254:4000"


class Watcher(threading.Thread):
    """Another client of gpsd, which notes the offsets that it reports."""

    def __init__(self, address):
        super().__init__(daemon=True)
        self.offsets = []
        self.connection = socket.create_connection((address, 2947))
        self.connection.send(b'?WATCH={"enable":true,"json":true,"pps":true};\r\n')
        self.start()

    def run(self):
        for line in self.connection.makefile("r", encoding="utf-8"):
            report = json.loads(line)
            if report.get("class") == "TOFF":
                self.offsets.append((report["real_sec"] - report["clock_sec"]) * 1e3 +
                                    (report["real_nsec"] - report["clock_nsec"]) * 1e-6)

    def recent(self):
        """Median of the last offsets, and how far they are apart: on a machine that does other things
        gpsd reads late."""
        recent = sorted(self.offsets[-24:]) or [0]
        return recent[len(recent) // 2], recent[-1] - recent[0]


# A server at gpsd's port that says what no gpsd says, and then nothing.
NONSENSE = """
import socket, time
listener = socket.create_server(("", 2947))
while True:
    connection = listener.accept()[0]
    try:
        connection.sendall(b"x" * 1000000 + b"\\n" + b"[" * 8000 + b"\\n")
        connection.sendall(b'{"class":"TPV"}\\n' * 10000)
        time.sleep(3)
    except OSError:
        pass
"""


def start_gpsd(host):
    daemon = host.start("gpsd", ["env", f"LD_LIBRARY_PATH={LIBRARIES}", GPSD, "-N", "-n", "-G", "-S",
                                 "2947", DEVICE])
    wait_for("gpsd", 10, lambda: ":2947" in host.run("ss", "-tln").stdout)
    return daemon


with Lab() as lab:
    join()
    host = lab.host("ours")
    Beat(TcpReceiver(4000))
    daemon = host.ours("refclock shm unit 0 refid GPS minpoll 3 maxpoll 3 prefer",
                       f"refclock gpsd unit 0 path {DEVICE} minpoll 3 maxpoll 3 flag4 1",
                       "tinker step 0", "tos mindist 0.1", *OPEN)
    gpsd = start_gpsd(host)
    watcher = Watcher(host.v4)
    found = wait_for_tally(host, "SHM(0)", "*", 60)
    expect(found.refid == ".GPS.", found.refid)
    wait_for_tally(host, "GPSD(0)", "+", 60)
    expect(row(host, "GPSD(0)").refid == ".GPSD.", "refid")
    wait_for_offset(host, "GPSD(0)", watcher.recent, 60)
    wait_for_offset(host, "SHM(0)", watcher.recent, 60)
    expect('device="GPSD JSON client clock"' in clock_variables(host, 2), clock_variables(host, 2))
    expect("protocol=3." in daemon.text(), "the version of gpsd is not said")

    gpsd.stop(10)
    wait_for("gpsd missed", 30, lambda: "clk_fault" in clock_variables(host, 2))
    nonsense = host.start("nonsense", [sys.executable, "-c", NONSENSE])
    before = resident_kib(daemon.pid)
    time.sleep(20)
    asked = time.monotonic()
    host.variables()
    print(f"answer after {(time.monotonic() - asked) * 1e3:.0f} ms, {before} -> "
          f"{resident_kib(daemon.pid)} KiB")
    expect(resident_kib(daemon.pid) - before < 1024, "grew")
    nonsense.process.kill()
    nonsense.process.wait()
    start_gpsd(host)
    wait_for("gpsd read again", 60, lambda: row(host, "GPSD(0)").reach & 1)
    daemon.expect_running()
