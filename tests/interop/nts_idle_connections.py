# SPDX-License-Identifier: BSD-2-Clause
"""Two thousand idle and crawling connections to our server of key establishment: the time service
does not notice, memory stays within bounds, and honest clients get their cookies."""

import os
import socket
import statistics
import sys
import time

from lab import HERE, OPEN, Lab, expect, join, resident_kib, wait_for
from nts import Certificate, exchange, records, server_lines

CROWD = 2000
MOST_KIB = 64 * 1024  # more than without the crowd


def median_latency(address, count=200):
    """s, of requests for the time one after another."""
    times = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.settimeout(2)
        udp.connect((address, 123))
        for _ in range(count):
            begin = time.perf_counter()
            udp.send(b"\x23" + bytes(47))
            udp.recv(100)
            times.append(time.perf_counter() - begin)
            time.sleep(0.002)
    return statistics.median(times)


with Lab() as lab:
    join()
    server = lab.host("server")
    certificate = Certificate(server)
    daemon = server.ours(*server_lines(server, certificate), *OPEN, "unrestrict default limited")
    wait_for("the server", 15, lambda: "peer" in server.variables())
    expect(len(records(exchange(server.v4))) == 11, "an honest session before the crowd")
    quiet, memory = median_latency(server.v4), resident_kib(daemon.pid)

    crowd = server.start("crowd", [sys.executable, os.path.join(HERE, "ke_crowd.py"), str(CROWD),
                                   "30"])
    time.sleep(6)
    crowd.expect_running()
    crowded, most, slowest = [], 0, 0.0
    for _ in range(8):
        begin = time.monotonic()
        expect(len(records(exchange(server.v4))) == 11, "an honest session in the crowd")
        slowest = max(slowest, time.monotonic() - begin)
        crowded.append(median_latency(server.v4, 50))
        most = max(most, resident_kib(daemon.pid))
    crowd.expect_running()
    latency = statistics.median(crowded)
    print(f"latency {1e6 * quiet:.0f} us without and {1e6 * latency:.0f} us with the crowd; memory "
          f"{memory} and {most} KiB; slowest honest session {slowest:.2f} s")
    expect(latency < 2 * quiet + 0.0003, "the time service suffers")
    expect(most < memory + MOST_KIB, "memory grows")
    expect(slowest < 5, "honest clients wait too long")
    crowd.process.wait(60)
    print(crowd.text().strip())
    held = int(server.variables("0 nts_ke_serves_nossl").get("nts_ke_serves_nossl", "0"))
    expect(held >= CROWD, f"only {held} of the crowd were counted")
    lines = daemon.text().count("NTSs: NTS-KE from")
    expect(lines < 1000, f"{lines} lines in the log")
    daemon.stop()
