# SPDX-License-Identifier: BSD-2-Clause
"""Our ntpq and NTPsec's side by side on our daemon: the time to list its clients, the processor time
of `ntpq -p` as a whole process, and how long a start takes. ntpq.py [CLIENTS [ROUNDS]]

Both are asked in turn, so that what else goes on hits both; the figures are medians.
"""

import ctypes
import os
import resource
import statistics
import subprocess
import sys
import time

from lab import (NTPQ, NTPSEC_NTPQ, OPEN, Lab, chrony_server, environment, expect, wait_for,
                 wait_for_system_peer)

CLIENTS = int(sys.argv[1]) if len(sys.argv) > 1 else 10000
ROUNDS = int(sys.argv[2]) if len(sys.argv) > 2 else 5
FIRST_CLIENT = 0x0A500001  # 10.80.0.1


def fill(host, count):
    """Puts so many clients into the daemon's list: one request each, from an address of its own."""
    host.run("ip", "address", "add", "10.80.0.1/16", "dev", "lo")
    sender = ("import socket, struct, sys, time\n"
              "for i in range(int(sys.argv[1])):\n"
              "    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n"
              f"    s.bind((socket.inet_ntoa(struct.pack('!I', {FIRST_CLIENT} + i)), 0))\n"
              "    s.sendto(b'\\x23' + bytes(47), ('127.0.0.1', 123))\n"
              "    s.close()\n"
              "    if i % 50 == 0: time.sleep(0.005)\n")
    host.run(sys.executable, "-c", sender, str(count), seconds=120)


def measure(program, *arguments):
    """Wall and processor seconds of one run, and what it printed."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begin = time.monotonic()
    said = subprocess.run([program, *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, timeout=120, env=environment(),
                          check=False)
    wall = time.monotonic() - begin
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    expect(said.returncode == 0 and said.stderr == "", f"{program} {arguments}: {said.stderr}")
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, said.stdout


def side_by_side(*arguments, rounds=ROUNDS):
    """The medians of (wall, processor) seconds of ours and of NTPsec's, and the last two texts."""
    runs = {NTPQ: [], NTPSEC_NTPQ: []}
    for _ in range(rounds):
        for program, all_runs in runs.items():
            all_runs.append(measure(program, *arguments))
    medians = [tuple(statistics.median(run[i] for run in each) for i in (0, 1))
               for each in runs.values()]
    return medians, [each[-1][2] for each in runs.values()]


def show(what, ours, theirs, unit=1e3):
    print(f"{what}: ours {unit * ours:.1f} ms, NTPsec's {unit * theirs:.1f} ms, "
          f"ratio {ours / theirs:.4f}")


def enter(host):
    """This process goes into the host's network, so that a run costs no other program's time."""
    with open(f"/proc/{host.holder.pid}/ns/net", "rb") as space:
        expect(ctypes.CDLL(None, use_errno=True).setns(space.fileno(), 0) == 0,
               os.strerror(ctypes.get_errno()))


with Lab() as lab:
    source = chrony_server(lab)
    host = lab.host("daemon")
    daemon = host.ours(f"server {source.v4} iburst prefer minpoll 6 maxpoll 6",
                       f"server {source.v6} iburst minpoll 6 maxpoll 6",
                       *(f"server 10.77.0.{n}" for n in range(240, 248)), *OPEN,
                       f"mru initmem 4096 maxmem 16384 maxdepth {CLIENTS + 1000} maxage 36000")
    wait_for_system_peer(host, source.v4, 20)
    fill(host, CLIENTS)
    known = int(host.variables("0 mru_depth")["mru_depth"])
    expect(known >= CLIENTS, f"the daemon knows {known} clients only")
    enter(host)
    medians, texts = side_by_side("-n", "-c", "mrulist", "127.0.0.1", rounds=min(ROUNDS, 5))
    for text in texts:
        rows = sum("10.80." in line for line in text.splitlines())
        expect(rows == CLIENTS, f"{rows} rows of {CLIENTS}")
    show(f"mrulist of {known} clients", medians[0][0], medians[1][0])
    show("the same, processor time", medians[0][1], medians[1][1])
    medians, texts = side_by_side("-n", "-p", "127.0.0.1", rounds=4 * ROUNDS)
    expect(len(texts[0].splitlines()) == 12, texts[0])
    show("-p of ten sources, processor time", medians[0][1], medians[1][1])
    show("the same, as a whole", medians[0][0], medians[1][0])
    medians, _ = side_by_side("-V", rounds=4 * ROUNDS)
    show("start and end (-V)", medians[0][0], medians[1][0])
    daemon.expect_running()
