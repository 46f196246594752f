# SPDX-License-Identifier: BSD-2-Clause
"""Reference clocks for tests: what a receiver and the programs beside it would write.

Each thing that is fed has a send(second), which is called a little after each full second.
"""

import ctypes
import os
import pty
import re
import socket
import struct
import threading
import time
import tty

from lab import NTPQ, Failure, expect, wait_for

LIBC = ctypes.CDLL(None, use_errno=True)
LIBC.shmat.restype = ctypes.c_void_p
SHM_KEY = 0x4E545030
SHM_SIZE = 96
IPC_CREAT = 0o1000


def checksum(body):
    total = 0
    for octet in body.encode():
        total ^= octet
    return f"${body}*{total:02X}\r\n"


def rmc(second, status="A"):
    t = time.gmtime(second)
    return checksum(f"GPRMC,{t.tm_hour:02}{t.tm_min:02}{t.tm_sec:02},{status},4807.038,N,"
                    f"01131.000,E,0.0,0.0,{t.tm_mday:02}{t.tm_mon:02}{t.tm_year % 100:02},,,A")


def zda(second):
    t = time.gmtime(second)
    return checksum(f"GPZDA,{t.tm_hour:02}{t.tm_min:02}{t.tm_sec:02}.00,{t.tm_mday:02},"
                    f"{t.tm_mon:02},{t.tm_year},00,00")


def fix(second):
    """What gpsd wants to see, beside the time, before it believes it: satellites and a position."""
    t = time.gmtime(second)
    return checksum(f"GPGGA,{t.tm_hour:02}{t.tm_min:02}{t.tm_sec:02}.00,4807.0380,N,01131.0000,E,1,08,"
                    "0.9,545.4,M,46.9,M,,") + checksum(
                        "GPGSA,A,3,04,05,09,12,24,25,29,31,,,,,1.8,1.0,1.5")


class Segment:
    """Shared memory unit N, written as gpsd does; the clock is `ahead` seconds."""

    def __init__(self, unit, ahead=0.0, mode=1, size=SHM_SIZE, perm=0o600):
        number = LIBC.shmget(SHM_KEY + unit, size, IPC_CREAT | perm)
        expect(number >= 0, f"shmget of unit {unit}: {os.strerror(ctypes.get_errno())}")
        self.address = LIBC.shmat(number, None, 0)
        self.ahead = ahead
        self.mode = mode
        self.count = 0
        self.on = True

    def put(self, offset, form, *values):
        data = struct.pack(form, *values)
        ctypes.memmove(self.address + offset, data, len(data))

    def send(self, second):
        if not self.on:
            return
        self.put(48, "i", 0)
        self.count += 1
        self.put(0, "ii", self.mode, self.count)
        received = time.time_ns()
        clock = received + round(self.ahead * 1e9)
        for place, fine, stamp in ((8, 52, clock), (24, 56, received)):
            self.put(place, "qi", stamp // 10**9, stamp % 10**9 // 1000)
            self.put(fine, "I", stamp % 10**9)
        self.put(36, "ii", 0, -20)
        self.count += 1
        self.put(4, "i", self.count)
        self.put(48, "i", 1)


class SerialReceiver:
    """A pty at a path of its own that sends RMC and ZDA; `sent` keeps when, by the own clock."""

    def __init__(self, path):
        self.master, slave = pty.openpty()
        tty.setraw(self.master)
        self.path = path
        self.slave = slave
        os.symlink(os.ttyname(slave), path)
        os.set_blocking(self.master, False)
        self.sent = []

    def send(self, second):
        try:
            while os.read(self.master, 4096):
                pass
        except OSError:
            pass
        self.sent.append((second, time.time()))
        try:
            os.write(self.master, rmc(second).encode())
        except OSError:
            pass
        try:
            os.write(self.master, zda(second).encode())
        except OSError:
            pass


class SockFeeder:
    """Sends chrony's samples to a socket, as gpsd does."""

    def __init__(self, path, ahead=0.0):
        self.path = path
        self.ahead = ahead
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)

    def send(self, second):
        now = time.time_ns() // 1000
        data = struct.pack("qqdiiii", now // 10**6, now % 10**6, self.ahead, 0, 0, 0, 0x534F434B)
        try:
            self.socket.sendto(data, socket.MSG_DONTWAIT, self.path)
        except OSError:
            pass


class TcpReceiver:
    """A receiver behind TCP, as gpsd reads it from tcp://HOST:PORT."""

    def __init__(self, port):
        self.listener = socket.create_server(("", port))
        self.connections = []
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            self.connections.append(self.listener.accept()[0])

    def send(self, second):
        text = (rmc(second) + fix(second)).encode()
        for connection in self.connections:
            try:
                connection.send(text, socket.MSG_DONTWAIT)
            except OSError:
                pass


class Beat(threading.Thread):
    """Calls send() of each thing 50 ms after each full second."""

    def __init__(self, *things):
        super().__init__(daemon=True)
        self.things = things
        self.start()

    def run(self):
        while True:
            target = int(time.time()) + 1 + 0.05
            time.sleep(max(0.0, target - time.time() - 0.001))
            while time.time() < target:
                pass
            for thing in self.things:
                thing.send(int(target))


def row(host, name, program=NTPQ):
    """The row of `ntpq -p` of the clock NAME(unit), or nothing."""
    return next((p for p in host.peers(program) if p.remote == name), None)


def wait_for_tally(host, name, tally, seconds, program=NTPQ):
    seen = []

    def probe():
        seen[:] = [f"{p.tally}{p.remote} {p.refid} reach {p.reach:o} offset {p.offset_ms}"
                   for p in host.peers(program)]
        found = row(host, name, program)
        return found if found and found.tally == tally else None

    try:
        return wait_for(f"`{tally}` before {name}", seconds, probe)[0]
    except Failure as failure:
        raise Failure(f"{failure}; last seen: {seen}") from None


def wait_for_offset(host, name, wanted_ms, seconds, within_ms=0.05):
    """Until the clock's offset is what was injected."""
    seen = []

    def probe():
        found = row(host, name)
        if not found or found.reach == 0:
            return None
        seen[:] = [found.offset_ms]
        return found if abs(found.offset_ms - wanted_ms) <= within_ms else None

    try:
        found = wait_for(f"offset of {name} within {within_ms} ms of what was injected", seconds,
                         probe)[0]
    except Failure as failure:
        raise Failure(f"{failure}; wanted {wanted_ms}, last seen: {seen}") from None
    print(f"{name}: offset {found.offset_ms} ms, injected {wanted_ms:.4f} ms, refid {found.refid}, "
          f"tally {found.tally}")
    return found


def average(samples):
    """What a driver makes of the samples of a poll: the two fifths farthest from the median are left
    out. Gives the means of their stamps and of their offsets."""
    kept = sorted(samples, key=lambda sample: sample[1])
    wanted = len(kept) - len(kept) * 4 // 10
    while len(kept) > wanted:
        median = kept[len(kept) // 2][1]
        kept.pop(0 if kept[-1][1] - median < median - kept[0][1] else -1)
    return [sum(column) / wanted for column in zip(*kept)]


def seconds_of(stamp):
    """Of a stamp as ntpq shows it: s since 1970."""
    whole, fraction = re.match(r"(?:0x)?([0-9a-f]{8})\.([0-9a-f]{8})", stamp).groups()
    return int(whole, 16) - 2208988800 + int(fraction, 16) / 2**32


def wait_for_polls(host, name, samples, seconds, number=1, wanted=4, within_ms=0.05):
    """Until the offset of `wanted` polls is what their samples give, while those of no more than half
    as many are not. `samples` gives pairs, when by the own clock and the offset then, s. Which of
    them are a poll's is told by the mean of their stamps, which is the poll's reftime."""
    stray_s = 0.001  # far less than what one sample more or less would make of the mean
    polls = {}

    def probe():
        shown = host.ntpq(NTPQ, "-c", f"rv &{number}", "127.0.0.1", check=False).stdout
        found = re.search(r"reftime=(\S+).*\brec=(\S+).*filtoffset =(\S+)", shown, re.DOTALL)
        if not found or found[1] in polls:
            return None
        reference, polled, offset = seconds_of(found[1]), seconds_of(found[2]), float(found[3])
        known = [sample for sample in samples() if sample[0] <= polled]
        runs = [average(known[begin:end]) for end in range(len(known), max(0, len(known) - 3), -1)
                for begin in range(max(0, end - 10), end)]
        near = min(runs, key=lambda run: abs(run[0] - reference), default=None)
        if near and abs(near[0] - reference) <= stray_s:
            polls[found[1]] = (offset, near[1] * 1e3)
        good = [abs(ours - ideal) <= within_ms for ours, ideal in polls.values()]
        return good.count(True) >= wanted and good.count(False) <= wanted // 2

    try:
        wait_for(f"{wanted} polls of {name} within {within_ms} ms of their samples", seconds, probe)
    finally:
        print(f"{name}: offset of each poll and of its samples, ms: " + ", ".join(
            f"{ours:.2f} {ideal:.4f}" for ours, ideal in polls.values()))


def clock_variables(host, number=1, program=NTPQ):
    text = host.ntpq(program, "-c", f"cv &{number}", "127.0.0.1").stdout
    return re.sub(r"^associd=\d+ ", "", text)


def form(text):
    """A text without its figures, of which only the number of digits after the point is left."""
    text = re.sub(r"\*[0-9A-F]{2}", "*HH", text)
    text = re.sub(r"-?\d+\.(\d+)", lambda m: "N." + "d" * len(m[1]), text)
    return re.sub(r"-?\b\d+\b", "N", text)


def names(text):
    return re.findall(r"(\w+)=", text)


def clock_statistics(host, name, folder):
    """The lines of clockstats of a clock, without their stamps."""
    path = os.path.join(folder, "clockstats")
    if not os.path.exists(path):
        return []
    with open(path, encoding="ascii", errors="replace") as file:
        lines = [line.rstrip("\n").split(" ", 2) for line in file]
    return [line[2] for line in lines if len(line) == 3 and line[2].startswith(name)]
