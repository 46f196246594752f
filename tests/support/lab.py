# SPDX-License-Identifier: BSD-2-Clause
"""A small network of hosts inside one private namespace, with daemons on them.

A test runs under scripts/isolated, so all of it (bridge, hosts, daemons) dies with the test, and
no daemon has the right to set the clock. Each host is a network namespace on one bridge.

The programs come from the environment: REGULATOR_NTPD and REGULATOR_NTPQ are ours,
REGULATOR_PEERS is the folder into which `scripts/install-deps --test` unpacked NTPsec and chrony.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
PEERS = os.environ.get("REGULATOR_PEERS", os.path.join(ROOT, "build", "peers"))
NTPD = os.environ.get("REGULATOR_NTPD", os.path.join(ROOT, "build", "release", "ntpd", "ntpd"))
NTPQ = os.environ.get("REGULATOR_NTPQ", os.path.join(ROOT, "build", "release", "ntpq", "ntpq"))
CHRONYD = os.path.join(PEERS, "usr/sbin/chronyd")
CHRONYC = os.path.join(PEERS, "usr/bin/chronyc")
NTPSEC_NTPD = os.path.join(PEERS, "usr/sbin/ntpd")
NTPSEC_NTPQ = os.path.join(PEERS, "usr/bin/ntpq")
NTPSEC_NTPDIG = os.path.join(PEERS, "usr/bin/ntpdig")


class Failure(Exception):
    """What the test wanted did not happen; the text says what was seen instead."""


def expect(condition, text):
    if not condition:
        raise Failure(text)


def wait_for(what, seconds, probe, interval=0.25):
    """Calls probe() until it gives something true, and returns that with the seconds it took."""
    begin = time.monotonic()
    while True:
        value = probe()
        took = time.monotonic() - begin
        if value:
            return value, took
        if took > seconds:
            raise Failure(f"not within {seconds} s: {what}")
        time.sleep(interval)


def environment():
    """Of every command: NTPsec's Python modules, one language, and a width of 80 columns."""
    modules = []
    for folder, _, files in os.walk(os.path.join(PEERS, "usr")):
        if "ntpc.py" in files:
            modules.append(os.path.dirname(folder))
    kept = {k: v for k, v in os.environ.items() if k.startswith(("ASAN_", "TSAN_", "UBSAN_"))}
    return kept | {
        "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
        "PYTHONPATH": ":".join(modules),
        "PYTHONDONTWRITEBYTECODE": "1",
        "LC_ALL": "C",
        "TZ": "UTC",
        "COLUMNS": "80",
    }


class Daemon:
    """A program that runs until it is stopped."""

    def __init__(self, name, process, log):
        self.name = name
        self.process = process
        self.log = log

    @property
    def pid(self):
        return self.process.pid

    def text(self):
        with open(self.log, encoding="utf-8", errors="replace") as file:
            return file.read()

    def expect_running(self):
        status = self.process.poll()
        expect(status is None, f"{self.name} has ended by itself, status {status}")

    def stop(self, seconds=5):
        """SIGTERM, and the exit status; a daemon that does not end in time is a failure."""
        self.process.terminate()
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise Failure(f"{self.name} did not end within {seconds} s of SIGTERM") from None


class Host:
    """A network namespace with one interface: 10.77.0.N and fd77::N."""

    def __init__(self, lab, number, name):
        self.lab = lab
        self.name = name
        self.v4 = f"10.77.0.{number}"
        self.v6 = f"fd77::{number}"
        self.folder = os.path.join(lab.folder, name)
        os.mkdir(self.folder)
        self.holder = subprocess.Popen(["unshare", "--net", "sleep", "infinity"])
        own = os.readlink("/proc/self/ns/net")
        link = f"/proc/{self.holder.pid}/ns/net"
        wait_for("a network namespace", 5, lambda: os.readlink(link) != own, 0.01)
        command("ip", "link", "add", f"v{number}", "type", "veth", "peer", "name", "eth0", "netns",
                str(self.holder.pid))
        command("ip", "link", "set", f"v{number}", "master", "br0", "up")
        self.run("ip", "link", "set", "lo", "up")
        self.run("ip", "link", "set", "eth0", "addrgenmode", "none", "up")
        self.add_address(self.v4, self.v6)

    def add_address(self, v4, v6=None):
        self.run("ip", "address", "add", f"{v4}/24", "dev", "eth0")
        if v6:
            self.run("ip", "-6", "address", "add", f"{v6}/64", "dev", "eth0", "nodad")

    def inside(self, arguments):
        return ["nsenter", f"--net=/proc/{self.holder.pid}/ns/net", "--", *arguments]

    def run(self, *arguments, seconds=20, check=True):
        """Runs to the end; gives the finished process with its text output."""
        return command(*self.inside(arguments), seconds=seconds, check=check)

    def start(self, name, arguments):
        log = os.path.join(self.folder, f"{name}.log")
        with open(log, "ab") as out:
            process = subprocess.Popen(self.inside(arguments), stdin=subprocess.DEVNULL, stdout=out,
                                       stderr=out, env=environment(), cwd=self.folder)
        daemon = Daemon(f"{name} on {self.name}", process, log)
        self.lab.daemons.append(daemon)
        return daemon

    def write(self, name, lines):
        path = os.path.join(self.folder, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
        return path

    # The three daemons. Each leaves the clock as it is.

    def ours(self, *lines):
        config = self.write("ours.conf", lines)
        return self.start("ours", [NTPD, "-n", "-g", "-c", config])

    def ntpsec(self, *lines):
        config = self.write("ntpsec.conf", lines)
        return self.start("ntpsec", [NTPSEC_NTPD, "-n", "-g", "-c", config])

    def chronyd(self, *lines):
        common = ["bindcmdaddress 127.0.0.1", "bindcmdaddress /", "cmdallow 127.0.0.1",
                  f"pidfile {self.folder}/chronyd.pid", "allow"]
        config = self.write("chrony.conf", [*common, *lines])
        return self.start("chronyd", [CHRONYD, "-x", "-d", "-u", "root", "-f", config])

    # What the daemons say.

    def ntpq(self, program, *arguments, seconds=20, check=True):
        return self.run(program, *arguments, seconds=seconds, check=check)

    def peers(self, program=NTPQ):
        """The rows of `ntpq -p -n`, or none while there is no answer."""
        result = self.ntpq(program, "-p", "-n", "127.0.0.1", check=False)
        return parse_peers(result.stdout) if result.returncode == 0 else []

    def variables(self, association="", program=NTPQ):
        """The variables of `ntpq -c rv` as a dictionary of texts."""
        result = self.ntpq(program, "-c", f"rv {association}".strip(), "127.0.0.1", check=False)
        return dict(re.findall(r'(\w+)=("[^"]*"|[^,\n]*)', result.stdout))


def command(*arguments, seconds=20, check=True):
    """Runs to the end, with status 124 if that takes too long; unless `check`, any status will do."""
    try:
        result = subprocess.run(arguments, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, text=True, timeout=seconds,
                                env=environment(), check=False)
    except subprocess.TimeoutExpired:
        result = subprocess.CompletedProcess(arguments, 124, "", f"still running after {seconds} s")
    expect(not check or result.returncode == 0,
           f"status {result.returncode} of {' '.join(arguments)}\n{result.stdout}{result.stderr}")
    return result


class Peer:
    """A row of `ntpq -p -n`."""

    def __init__(self, line):
        words = line[1:].split()
        expect(len(words) == 10, f"not ten columns: {line!r}")
        self.tally = line[0]
        self.remote, self.refid = words[0], words[1]
        self.stratum, self.kind = int(words[2]), words[3]
        self.when, self.poll, self.reach = words[4], words[5], int(words[6], 8)
        self.delay_ms, self.offset_ms, self.jitter_ms = map(float, words[7:])


def parse_peers(text):
    lines = text.splitlines()
    rule = next((i for i, line in enumerate(lines) if line.startswith("====")), None)
    return [] if rule is None else [Peer(line) for line in lines[rule + 1:] if line.strip()]


def time_is_up(number, frame):
    raise Failure("the time for this test is up")


class Lab:
    """The network: `with Lab() as lab:`, then lab.host("client")."""

    def __init__(self):
        signal.signal(signal.SIGTERM, time_is_up)
        self.folder = tempfile.mkdtemp(prefix="regulator-lab.")
        self.hosts = []
        self.daemons = []
        command("ip", "link", "add", "br0", "type", "bridge")
        command("ip", "link", "set", "br0", "up")

    def __enter__(self):
        return self

    def host(self, name):
        host = Host(self, len(self.hosts) + 1, name)
        self.hosts.append(host)
        return host

    def __exit__(self, kind, error, trace):
        running = [d for d in self.daemons if d.process.poll() is None]
        for daemon in running:
            daemon.process.terminate()
        deadline = time.monotonic() + 5
        for daemon in running:
            try:
                daemon.process.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                daemon.process.kill()
                daemon.process.wait()
                if error is None:
                    kind, error = Failure, Failure(f"{daemon.name} ignored SIGTERM for 5 s")
        if error is not None:
            for daemon in self.daemons:
                print(f"--- log of {daemon.name}\n{daemon.text()[-6000:]}", file=sys.stderr)
        for host in self.hosts:
            host.holder.kill()
            host.holder.wait()
        shutil.rmtree(self.folder, ignore_errors=True)
        if kind is not None and issubclass(kind, Failure):
            print(f"FAILED: {error}", file=sys.stderr)
            sys.exit(1)


def join():
    """Gives the test itself addresses in the lab's network."""
    command("ip", "address", "add", "10.77.0.254/24", "dev", "br0")
    command("ip", "-6", "address", "add", "fd77::254/64", "dev", "br0", "nodad")


# Configurations and waits that several tests share. Nobody here has the right to set the clock, so
# `disable ntp` is not needed; NTPsec 1.2.2 would serve leap 3 for ever with it.

OPEN = ("restrict default", "restrict 127.0.0.1", "restrict ::1")


def wait_for_system_peer(host, address, seconds, program=NTPQ):
    """Until `ntpq -p -n` on the host marks the address with `*`; gives the row and the seconds."""
    seen = []

    def probe():
        seen[:] = host.peers(program)
        return next((p for p in seen if p.tally == "*" and p.remote == address), None)

    try:
        return wait_for(f"`*` before {address}", seconds, probe)
    except Failure as failure:
        rows = [f"{p.tally}{p.remote} reach {p.reach:o} offset {p.offset_ms}" for p in seen]
        raise Failure(f"{failure}; last seen: {rows}") from None


def expect_close(peer):
    """The offset is under 1 ms, or under what a packet late by the row's delay accounts for."""
    bound = max(1.0, peer.delay_ms / 2)
    expect(abs(peer.offset_ms) < bound, f"offset {peer.offset_ms} ms, delay {peer.delay_ms} ms")


def chrony_server(lab, name="stratum-1"):
    """A host whose chronyd serves the clock of this machine as stratum 1."""
    host = lab.host(name)
    host.chronyd("local stratum 1")
    wait_for("time from chronyd", 10,
             lambda: " s1 no-leap" in host.run(NTPSEC_NTPDIG, "-t", "1", host.v4, check=False).stdout)
    return host


def ntpsec_server(lab, name="stratum-2"):
    """A host whose NTPsec follows a chronyd and is fit to be followed, which takes it some 10 s."""
    source = chrony_server(lab)
    host = lab.host(name)
    # A stalled machine looks like a step, which nobody here may make.
    host.ntpsec(f"server {source.v4} iburst minpoll 3 maxpoll 3", "tinker step 0", *OPEN)
    wait_for_system_peer(host, source.v4, 40)
    wait_for("NTPsec synchronized", 40, lambda: host.variables().get("leap") == "00")
    return host


def ours_server(lab, name="ours"):
    """A host with our daemon following a chronyd, once it says that it is synchronized."""
    source = chrony_server(lab)
    host = lab.host(name)
    host.ours(f"server {source.v4} iburst", *OPEN)
    wait_for_system_peer(host, source.v4, 15)
    wait_for("ours synchronized", 15, lambda: host.variables().get("leap") == "00")
    return host


def idle_client(lab):
    """A host with our daemon that has settled on four sources; gives the host and the daemon."""
    server = chrony_server(lab)
    addresses = [server.v4, "10.77.0.201", "10.77.0.202", "10.77.0.203"]
    for address in addresses[1:]:
        server.add_address(address)
    client = lab.host("client")
    daemon = client.ours(*(f"server {a} iburst minpoll 6 maxpoll 6" for a in addresses), *OPEN)
    wait_for("a system peer", 30, lambda: any(p.tally == "*" for p in client.peers()))
    return client, daemon


def resident_kib(pid):
    """VmRSS of a process, in KiB."""
    with open(f"/proc/{pid}/status", encoding="ascii", errors="replace") as file:
        return int(re.search(r"^VmRSS:\s*(\d+) kB", file.read(), re.MULTILINE)[1])
