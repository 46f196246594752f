# SPDX-License-Identifier: BSD-2-Clause
"""The real gpsd, as scripts/install-deps unpacks it: without it a test that imports this is skipped."""

import json
import os
import socket
import sys
import threading

from lab import PEERS, wait_for

GPSD = os.path.join(PEERS, "gpsd/usr/sbin/gpsd")
if not os.path.exists(GPSD):
    print("there is no gpsd here")
    sys.exit(77)
LIBRARIES = ":".join(os.path.join(PEERS, "gpsd", folder) for folder in (
    "usr/lib/x86_64-linux-gnu", "lib/x86_64-linux-gnu"))


def start_gpsd(host, device):
    daemon = host.start("gpsd", ["env", f"LD_LIBRARY_PATH={LIBRARIES}", GPSD, "-N", "-n", "-G", "-S",
                                 "2947", device])
    wait_for("gpsd", 10, lambda: ":2947" in host.run("ss", "-tln").stdout)
    return daemon


class Watcher(threading.Thread):
    """Another client of gpsd, which notes the stamps of the sentences that it hands on."""

    def __init__(self, address):
        super().__init__(daemon=True)
        self.samples = []
        self.connection = socket.create_connection((address, 2947))
        self.connection.send(b'?WATCH={"enable":true,"json":true,"pps":true};\r\n')
        self.start()

    def run(self):
        for line in self.connection.makefile("r", encoding="utf-8"):
            report = json.loads(line)
            if report.get("class") == "TOFF":
                self.samples.append((report["clock_sec"] + report["clock_nsec"] * 1e-9,
                                     report["real_sec"] - report["clock_sec"] +
                                     (report["real_nsec"] - report["clock_nsec"]) * 1e-9))

    def recent(self):
        """The last samples: when, by the own clock, and by how much this is behind, s."""
        return self.samples[-24:]
