# SPDX-License-Identifier: BSD-2-Clause
"""NTPsec's daemon and ours side by side on one configuration, and what they say of it.

Each has a network namespace of its own with the same addresses, 10.77.0.1 and fd77::1, and a
working directory of its own. Nobody answers there, and no name is resolved.
"""

import concurrent.futures
import os
import re
import shutil
import signal
import subprocess
import time

from lab import NTPD, NTPSEC_NTPD, NTPSEC_NTPQ, command, environment, expect, wait_for
from random_config import EXTRA, KEYS, PREAMBLE

# Between two lines: NTPsec repeats the place of an error until some ends of line were in order.
SPACING = 5
ASSOCIATIONS = 16
OF_A_SOURCE = "srcadr,srcport,hmode,hpoll,stratum,refid,keyid,mode,bias,srchost,ntscookies"
SYSTEM = "mru_enabled,mru_mindepth,mru_maxage,mru_minage,mru_maxdepth,mru_maxmem,authkeys"


class Seat:
    """Where one of the two daemons runs."""

    def __init__(self, folder, name, program):
        self.name, self.program = name, program
        self.folder = os.path.join(folder, name)
        self.holder = subprocess.Popen(["unshare", "--net", "sleep", "infinity"])
        own = os.readlink("/proc/self/ns/net")
        link = f"/proc/{self.holder.pid}/ns/net"
        wait_for("a network namespace", 5, lambda: os.readlink(link) != own, 0.01)
        self.environment = environment()
        for words in ("link set lo up", "link add eth0 type veth peer name eth1",
                      "link set eth1 addrgenmode none up", "link set eth0 addrgenmode none up",
                      "address add 10.77.0.1/24 dev eth0",
                      "-6 address add fd77::1/64 dev eth0 nodad"):
            command(*self.inside(["ip", *words.split()]))

    def inside(self, arguments):
        return ["nsenter", f"--net=/proc/{self.holder.pid}/ns/net", "--", *arguments]

    def begin(self, text):
        """Starts the daemon in an emptied folder."""
        shutil.rmtree(self.folder, ignore_errors=True)
        os.mkdir(self.folder)
        for name, content in (("ntp.conf", text), ("ntp.keys", KEYS), ("extra.conf", EXTRA)):
            with open(os.path.join(self.folder, name), "w", encoding="utf-8", newline="") as file:
                file.write(content)
        self.log = os.path.join(self.folder, "terminal")
        with open(self.log, "wb") as out:
            self.process = subprocess.Popen(
                self.inside([self.program, "-n", "-c", os.path.join(self.folder, "ntp.conf")]),
                stdin=subprocess.DEVNULL, stdout=out, stderr=out, env=self.environment,
                cwd=self.folder)

    def is_ready(self):
        """Bound to the port, where a question may wait until the daemon has time for it."""
        with open(f"/proc/{self.holder.pid}/net/udp", encoding="ascii") as file:
            bound = re.findall(r": ([0-9A-F]{8}):007B", file.read())
        return "0100007F" in bound or (self.program == NTPD and "00000000" in bound)

    def ask(self):
        """What the daemon says of itself: an Answer. Ends the daemon."""
        deadline = time.monotonic() + 8
        while not self.is_ready() and self.process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.02)
        said = ""
        if self.is_ready() and self.process.poll() is None:
            words = ["as", "reslist", "rv", f"rv 0 {SYSTEM}"]
            words += [f"rv &{n + 1} {OF_A_SOURCE}" for n in range(ASSOCIATIONS)]
            result = subprocess.run(
                self.inside([NTPSEC_NTPQ, "-a", "1", "-k", os.path.join(self.folder, "ntp.keys"),
                             *(w for c in words for w in ("-c", c)), "127.0.0.1"]),
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                timeout=60, env=self.environment, check=False)
            said = result.stdout.decode("utf-8", "replace")
        status = self.end()
        with open(self.log, encoding="utf-8", errors="replace") as file:
            return Answer(said, file.read(), status)

    def end(self):
        """None if the daemon was still there, as it should; else its status."""
        status = self.process.poll()
        if status is None:
            self.process.terminate()
            try:
                self.process.wait(3)
            except subprocess.TimeoutExpired:
                self.process.send_signal(signal.SIGKILL)
                self.process.wait()
                return "hangs"
        return status


class Pair:
    """Two seats that are used for one configuration after the other."""

    def __init__(self, folder):
        os.mkdir(folder)
        self.seats = (Seat(folder, "ntpsec", NTPSEC_NTPD), Seat(folder, "ours", NTPD))

    def run(self, lines):
        """The Answers of NTPsec and of ours to the lines after PREAMBLE."""
        text = ("\n" * SPACING).join((*PREAMBLE, *lines)) + "\n"
        for seat in self.seats:
            seat.begin(text)
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            return list(pool.map(Seat.ask, self.seats))

    def close(self):
        for seat in self.seats:
            seat.holder.kill()
            seat.holder.wait()


def line_of(name, number):
    """Of a place in a file: the index among the lines after PREAMBLE, or in an included file."""
    if name != "ntp.conf":
        return f"{name}:{number}"
    return (number - 1) // SPACING - len(PREAMBLE)


class Answer:
    """What one daemon says of a configuration, in the words of NTPsec's ntpq and of the log."""

    def __init__(self, said, log, status):
        self.said, self.log, self.status = said, log, status
        self.errors = {line_of(os.path.basename(name), int(number)) for name, number in
                       re.findall(r"CONFIG: syntax error.* in (\S+) line (\d+), column", log)}
        # Trap 35: NTPsec's number may be one too high, which leads to the same line here.
        self.unusable = {line_of("ntp.conf", int(number)) for number in
                         re.findall(r"CONFIG: restrict: ignoring line (\d+),", log)}
        self.unusable |= {line_of(os.path.basename(name), int(number)) for name, number in
                          re.findall(r"unusable \(the line is ignored\) in (\S+) line (\d+)", log)}
        self.unusable |= {line_of(os.path.basename(name), int(number)) for name, number in
                          re.findall(r"RESTRICT: (\S+) line (\d+): .*has no effect", log)}
        parts = re.split(r"^(?=srcadr=|associd=|mru_enabled=)", said, flags=re.MULTILINE)
        head, blocks = parts[0], [variables(p) for p in parts[1:]]
        tail = ""
        if "addr/prefix or addr mask" in said:
            tail = said[said.index("addr/prefix or addr mask"):]
        elif "***Server error code" in said:
            tail = "refused"
        self.rows = [row.split()[2:6] for row in
                     re.findall(r"^ *\d+ +\d+  [0-9a-f]{4} .*$", head, re.MULTILINE)]
        self.sources = [block for block in blocks if "srcadr" in block]
        self.system = {k: v for block in blocks if "srcadr" not in block for k, v in block.items()}
        self.restrictions = "refused" if tail == "refused" else [
            f"{where}: {flags.strip()}" for where, flags in
            re.findall(r"^ +\d+ (\S+(?: mask \S+)?)\n {11}(.*)$", tail, re.MULTILINE)]


def variables(block):
    return dict(re.findall(r'([\w.]+)=("[^"]*"|[^,\n]*)', block))
