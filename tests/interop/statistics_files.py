# SPDX-License-Identifier: BSD-2-Clause
"""Our daemon's statistics and log on a real disk: a full one, a missing one, and log rotation."""

import os
import re
import signal

from lab import OPEN, Lab, chrony_server, command, expect, wait_for, wait_for_system_peer

SETS = {"loopstats": 5, "peerstats": 6, "rawstats": 18, "protostats": 4}  # fields, or at least


def lines(path):
    if not os.path.exists(path):
        return []
    with open(path, encoding="ascii") as file:
        return file.read().splitlines()


def log_of(path):
    return "\n".join(lines(path))


def expect_files(folder):
    for name, fields in SETS.items():
        plain = os.path.join(folder, name)
        dated = [f for f in os.listdir(folder) if re.fullmatch(name + r"\.\d{8}", f)]
        expect(dated, f"no {name} of a day among {os.listdir(folder)}")
        expect(os.stat(plain).st_nlink == 2, f"{name} is no link")
        for line in lines(plain):
            words = line.split()
            right = len(words) >= 2 + fields if name == "protostats" else len(words) == 2 + fields
            expect(right and re.fullmatch(r"\d{5} \d{1,5}\.\d{3}", " ".join(words[:2])),
                   f"{name}: {line!r}")


with Lab() as lab:
    server = chrony_server(lab)
    client = lab.host("client")
    stats, log = os.path.join(client.folder, "stats"), os.path.join(client.folder, "ntpd.log")
    os.mkdir(stats)
    command("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", stats)
    daemon = client.ours(f"server {server.v4} iburst minpoll 0 maxpoll 0", f"statsdir {stats}",
                         f"statistics {' '.join(SETS)}", f"logfile {log}",
                         "logconfig =sysevents +peerevents", *OPEN)
    wait_for_system_peer(client, server.v4, 20)
    wait_for("statistics", 20, lambda: len(lines(os.path.join(stats, "rawstats"))) > 8)
    expect_files(stats)
    expect(" 81 mobilize assoc " in log_of(log), "no events in the log")

    # A full disk costs lines, not time, and is told once.
    filler = os.path.join(stats, "filler")
    with open(filler, "wb", buffering=0) as file:
        try:
            while True:
                file.write(b"x" * 512)
        except OSError:
            pass
    # What is left of the last page of each file.
    wait_for("a complaint", 60, lambda: "No space left on device" in log_of(log), 1)
    daemon.expect_running()
    os.remove(filler)
    wait_for("statistics again", 20, lambda: "statistics are written again" in log_of(log))
    expect(log_of(log).count("No space left on device") == 1, "told more than once")
    expect_files(stats)

    # Log rotation.
    os.rename(log, log + ".1")
    os.kill(daemon.pid, signal.SIGHUP)
    wait_for("a new log", 5, lambda: "LOG: using" in log_of(log))
    expect("Saw SIGHUP" in log_of(log + ".1"), "the old log has not heard of the signal")
    expect(daemon.stop() == 0, "status")

    missing = client.ours(f"server {server.v4}", "statsdir /none/such", "logfile stderr")
    wait_for("an error", 5, lambda: "/none/such/: No such file or directory" in missing.text())
    os.kill(missing.pid, signal.SIGHUP)
    wait_for("the signal", 5, lambda: missing.text().count("Saw SIGHUP") >= 1)
    expect(not os.path.exists(os.path.join(client.folder, "stderr")), "a file named stderr")
    missing.stop()
