# SPDX-License-Identifier: BSD-2-Clause
"""The real gpsd, fed by TCP: its JSON and its shared memory are both read, with the offset that gpsd
itself reports. gpsd is stopped and comes back; a server of nonsense does no harm."""

import re
import sys
import time

from gpsd import Watcher, start_gpsd
from lab import OPEN, Lab, expect, join, resident_kib, wait_for
from receivers import (Beat, TcpReceiver, clock_statistics, clock_variables, names, row,
                       wait_for_polls, wait_for_tally)

DEVICE = "tcp://10.77.0.254:4000"

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


with Lab() as lab:
    join()
    host = lab.host("ours")
    Beat(TcpReceiver(4000))
    daemon = host.ours("refclock shm unit 0 refid GPS minpoll 3 maxpoll 3 prefer",
                       f"refclock gpsd unit 0 path {DEVICE} minpoll 3 maxpoll 3 flag4 1",
                       "statistics clockstats", f"statsdir {host.folder}/",
                       "filegen clockstats file clockstats type none enable", "tinker step 0", "tos mindist 0.1", *OPEN)
    gpsd = start_gpsd(host, DEVICE)
    watcher = Watcher(host.v4)
    found = wait_for_tally(host, "SHM(0)", "*", 60)
    expect(found.refid == ".GPS.", found.refid)
    wait_for_tally(host, "GPSD(0)", "+", 60)
    expect(row(host, "GPSD(0)").refid == ".GPSD.", "refid")
    wait_for_polls(host, "GPSD(0)", watcher.recent, 60, number=2, wanted=2)
    wait_for_polls(host, "SHM(0)", watcher.recent, 60, wanted=2)
    shown = clock_variables(host, 2)
    expect('device="GPSD JSON client clock"' in shown, shown)
    # Debian's NTPsec is built without this driver; the variables are those that it has of any.
    expect(names(shown) == names(clock_variables(host, 1)), shown)
    expect(re.search(r'timecode="\d+\.\d{9}"', shown), shown)
    # Replies, bad, without a fix, times received and used, pulses received and used.
    wanted = re.compile(r"GPSD\(0\) \d+ 0 0 ([6-9]) \1 0 0")
    print(wait_for("clockstats", 30, lambda: [
        line for line in clock_statistics(host, "GPSD(0)", host.folder) if wanted.fullmatch(line)])[0])
    expect("protocol=3." in daemon.text(), "the version of gpsd is not said")

    gpsd.stop(10)
    wait_for("gpsd missed", 30, lambda: "clk_fault" in clock_variables(host, 2))
    nonsense = host.start("nonsense", [sys.executable, "-c", NONSENSE])
    before = resident_kib(daemon.pid)
    # One of the two loopbacks has nobody, and it is tried ever less often.
    wait_for("nonsense known for it", 80, lambda: "clk_bad_format" in clock_variables(host, 2))
    time.sleep(10)
    asked = time.monotonic()
    host.variables()
    print(f"answer after {(time.monotonic() - asked) * 1e3:.0f} ms, {before} -> "
          f"{resident_kib(daemon.pid)} KiB")
    expect(resident_kib(daemon.pid) - before < 1024, "grew")
    expect("a line of more than" in daemon.text(), "it is not said why gpsd was left")
    nonsense.process.kill()
    nonsense.process.wait()
    start_gpsd(host, DEVICE)
    wait_for("gpsd read again", 60, lambda: row(host, "GPSD(0)").reach & 1)
    daemon.expect_running()
