# SPDX-License-Identifier: BSD-2-Clause
"""What our daemon still does when 24 reference clocks say nonsense as fast as they can: the longest turn
of its main loop, and how long clients wait for an answer, beside those of a daemon with quiet clocks.

flooded_clocks.py [SECONDS]: for how long, 20 by default.
"""

import os
import pty
import random
import selectors
import socket
import subprocess
import sys
import time
import tty

from lab import HERE, OPEN, Lab, join, resident_kib

SERIAL = ["nmea", "nmea", "nmea", "nmea", "nmea", "nmea", "generic subtype 2", "generic subtype 10",
          "generic subtype 14", "hpgps", "trimble subtype 2", "spectracom", "zyfer", "arbiter",
          "truetime", "oncore"]
SOCKETS = 4
GPSD = 4
METER = os.path.join(HERE, "../bench/turn_meter.c")

LINE = b"$GPRMC,120000,A,4807.038,N,01131.000,E,022.4,084.4,230326,003.1,W*6A\r\n"
NOISE = [LINE * 60, b"\n" * 4096, b"x" * 4096, random.Random(1).randbytes(4096),
         b"\x02D:25.11.26;T:3;U:12.00.00;#*  \x03" * 120, b"\x10\x8f\xab" * 1300]
JSON = [b'{"class":"TPV"}\n' * 256, b"[" * 8000 + b"\n", b'{"a":' * 1600 + b"\n",
        b'{"class":"TOFF","real_sec":1,"real_nsec":2,"clock_sec":3,"clock_nsec":4}\n' * 56,
        b"{" + b",".join(b'"k%d":%d' % (i, i) for i in range(600)) + b"}\n"]


class Flood:
    """Writes to all that can be written to, in turns; each has noise of all kinds."""

    def __init__(self, masters, paths):
        self.selector = selectors.DefaultSelector()
        for number, master in enumerate(masters):
            os.set_blocking(master, False)
            self.selector.register(master, selectors.EVENT_WRITE, [self.serial, number])
        self.listener = socket.create_server(("127.0.0.1", 2947))
        self.listener.setblocking(False)
        self.selector.register(self.listener, selectors.EVENT_READ, [self.accept, 0])
        for path in paths:
            sender = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            sender.setblocking(False)
            self.selector.register(sender, selectors.EVENT_WRITE, [self.datagram, path])

    def serial(self, master, data):
        data[1] += 1
        os.write(master, NOISE[data[1] // 16 % len(NOISE)])

    def accept(self, listener, _):
        connection = listener.accept()[0]
        connection.setblocking(False)
        self.selector.register(connection, selectors.EVENT_WRITE, [self.json, 0])

    def json(self, connection, data):
        data[1] += 1
        try:
            connection.send(JSON[data[1] // 16 % len(JSON)])
        except BlockingIOError:
            pass
        except OSError:
            self.selector.unregister(connection)
            connection.close()

    def datagram(self, sender, data):
        for _ in range(16):
            sender.sendto(os.urandom(40), data[1])

    def run(self):
        os.nice(5)
        while True:
            for key, _ in self.selector.select():
                try:
                    key.data[0](key.fileobj, key.data)
                except OSError:
                    pass


def answers(address, seconds):
    """Waiting times in ms, sorted; a lost answer is a second."""
    waits = []
    client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    client.settimeout(1)
    client.connect((address, 123))
    end = time.monotonic() + seconds
    while (begin := time.monotonic()) < end:
        client.send(b"\x23" + bytes(39) + os.urandom(8))
        try:
            client.recv(100)
        except TimeoutError:
            pass
        waits.append((time.monotonic() - begin) * 1e3)
        time.sleep(0.005)
    return sorted(waits)


def measure(lab, name, flooded, seconds):
    host = lab.host(name)
    masters, lines, paths = [], [], []
    for number, kind in enumerate(SERIAL):
        master, slave = pty.openpty()
        tty.setraw(master)
        masters.append(master)
        lines.append(f"refclock {kind.replace(' ', f' unit {number} ', 1)}"
                     f"{'' if ' ' in kind else f' unit {number}'} path {os.ttyname(slave)} minpoll 4")
    for number in range(SOCKETS):
        paths.append(f"{host.folder}/{number}.sock")
        lines.append(f"refclock sock unit {number} path {paths[-1]} minpoll 4")
    lines += [f"refclock gpsd unit {number} minpoll 4" for number in range(GPSD)]
    shim, report = f"{host.folder}/turn_meter.so", f"{host.folder}/turns"
    subprocess.run(["cc", "-O2", "-fPIC", "-shared", "-o", shim, METER, "-ldl"], check=True)
    config = host.write("ours.conf", [*lines, "disable ntp", "restrict 10.77.0.254", *OPEN])
    daemon = host.start("ours", ["env", f"LD_PRELOAD={shim}", f"TURN_METER={report}",
                                 os.environ["REGULATOR_NTPD"], "-n", "-g", "-c", config])
    time.sleep(2)
    if flooded:
        # In the host's namespace, for gpsd's port.
        flooder = subprocess.Popen(
            host.inside([sys.executable, __file__, "--flood", ",".join(map(str, masters)), *paths]),
            pass_fds=masters)
    time.sleep(8)
    before = resident_kib(daemon.pid)
    with open(f"/proc/{daemon.pid}/schedstat", encoding="ascii") as file:
        busy = int(file.read().split()[0])
    waits = answers(host.v4, seconds)
    with open(f"/proc/{daemon.pid}/schedstat", encoding="ascii") as file:
        busy = (int(file.read().split()[0]) - busy) / 1e9 / seconds
    after = resident_kib(daemon.pid)
    if flooded:
        flooder.terminate()
    daemon.stop()
    with open(report, encoding="ascii") as file:
        turns = file.read().split()
    print(f"{name}: {len(waits)} requests, answer after {waits[len(waits) // 2]:.2f} ms (median), 99 in 100 within "
          f"{waits[len(waits) * 99 // 100]:.2f}, all within {waits[-1]:.2f}; "
          f"{turns[1]} turns, longest {turns[3]} us, 999 in 1000 within {turns[5]} us of processor time; "
          f"{busy * 100:.0f} % of a processor; {before} -> {after} KiB")


if len(sys.argv) > 2 and sys.argv[1] == "--flood":
    Flood(map(int, sys.argv[2].split(",")), sys.argv[3:]).run()
else:
    duration = float(sys.argv[1]) if len(sys.argv) > 1 else 20.0
    with Lab() as network:
        join()
        measure(network, "quiet", False, duration)
        measure(network, "flooded", True, duration)
