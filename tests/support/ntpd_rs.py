# SPDX-License-Identifier: BSD-2-Clause
"""ntpd-rs on a host of the lab. It ends where it may not set the clock, so it is made to believe that
it does (read_only_clock.c)."""

import os
import re
import subprocess

from lab import HERE, PEERS, Failure, wait_for

PROGRAMS = os.environ.get("REGULATOR_NTPD_RS", os.path.join(PEERS, "usr/bin"))
# What has to stand before the programs, where they are of another system than this one.
LOADER = os.environ.get("REGULATOR_NTPD_RS_LOADER", "").split()


def shim(lab):
    path = os.path.join(lab.folder, "read_only_clock.so")
    if not os.path.exists(path):
        subprocess.run(["g++", "-x", "c", "-shared", "-fPIC", "-o", path,
                        os.path.join(HERE, "read_only_clock.c")], check=True, timeout=60)
    return path


class NtpdRs:
    """The daemon with these sections of its configuration beside the usual ones."""

    def __init__(self, host, *lines):
        self.host = host
        self.config = host.write("ntp.toml", [
            "[observability]", 'log-level = "info"',
            f'observation-path = "{host.folder}/observe"',
            "[synchronization]", "minimum-agreeing-sources = 1",
            "[source-defaults]", "poll-interval-limits = { min = 1, max = 1 }",
            "initial-poll-interval = 1", *lines])
        self.daemon = host.start("ntpd-rs", self.command("ntp-daemon", shim(host.lab)))

    def command(self, program, preload=None):
        loader = LOADER
        if preload and loader:
            loader = [*loader, "--preload", preload]
        elif preload:
            loader = ["env", f"LD_PRELOAD={preload}"]
        return [*loader, os.path.join(PROGRAMS, program), "-c", self.config]

    def status(self):
        """What its ntp-ctl says; nothing while there is no answer."""
        return self.host.run(*self.command("ntp-ctl"), "status", check=False).stdout

    def follows(self, source):
        """That it has an offset from this source (`NAME:PORT/ADDRESS:PORT`, or the end of that), has
        missed none of the last polls, and calls itself synchronized."""
        said = self.status()
        row = re.search(rf"{re.escape(source)} (?:\[NTS\] )?\(\d+\): [+-].*\n"
                        r" +poll interval: .*, missing polls: 0$", said, re.MULTILINE)
        return bool(row) and "Stratum: 16" not in said

    def wait_for_source(self, source, seconds):
        try:
            _, took = wait_for(source, seconds, lambda: self.follows(source), 1)
        except Failure as failure:
            raise Failure(f"{self.daemon.name}: {failure}; it says:\n{self.status()}") from None
        print(f"{self.host.name}: follows {source} after {took:.1f} s")


def server_sections(source, certificate, key):
    """What makes a server of NTS of it that follows another one."""
    lines = ["[[source]]", 'mode = "server"', f'address = "{source}"',
             "[keyset]", "key-rotation-interval = 15"]
    # One socket serves both families.
    return [*lines, "[[server]]", 'listen = "[::]:123"', "[[nts-ke-server]]",
            'listen = "[::]:4460"', f'certificate-chain-path = "{certificate}"',
            f'private-key-path = "{key}"']


def client_sections(server, authority):
    return ["[[source]]", 'mode = "nts"', f'address = "{server}"',
            f'certificate-authority = "{authority}"']
