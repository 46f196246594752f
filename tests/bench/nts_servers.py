# SPDX-License-Identifier: BSD-2-Clause
"""Our daemon, chronyd, NTPsec and, where REGULATOR_NTPD_RS names the folder of its programs, ntpd-rs as
servers of NTS side by side, on one core: processor time per answer under NTS and per session of key
establishment, and how ours compares; and what gives datagrams of that size back as they are, which is
the least that UDP costs here. nts_servers.py [SECONDS [ROUNDS]]"""

import os
import re
import statistics
import subprocess
import sys

from lab import OPEN, ROOT, Lab, chrony_server, expect, wait_for, wait_for_system_peer
from nts import Certificate, server_lines
from ntpd_rs import NtpdRs, server_sections

PROGRAMS = os.path.join(ROOT, "build", "release", "tests")
LOAD = os.environ.get("REGULATOR_NTS_LOAD", os.path.join(PROGRAMS, "bench_nts_load"))
ECHO = os.path.join(PROGRAMS, "bench_udp_echo")
seconds = sys.argv[1] if len(sys.argv) > 1 else "2"
rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 5
cores = sorted(os.sched_getaffinity(0))


def processes(pid):
    """A process and its children: chronyd establishes keys in one."""
    with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
        return [str(pid), *(each for child in file.read().split() for each in processes(child))]


def pin(pid, core):
    for each in processes(pid):
        subprocess.run(["taskset", "-a", "-p", "-c", str(core), each], check=True,
                       stdout=subprocess.DEVNULL)


def measure(host, daemon, what):
    pin(daemon.pid, cores[0])
    return host.run("taskset", "-c", str(cores[-1]), LOAD, what, "127.0.0.1", seconds,
                    *processes(daemon.pid), seconds=float(seconds) + 30).stdout.strip()


with Lab() as lab:
    source = chrony_server(lab)
    ours, chrony, ntpsec = lab.host("ours"), lab.host("chrony"), lab.host("ntpsec")
    limits = (*OPEN, "unrestrict default limited")
    started = []
    for host, start in ((ours, ours.ours), (ntpsec, ntpsec.ntpsec)):
        started.append((host, start(f"server {source.v4} iburst minpoll 3 maxpoll 3",
                                    *server_lines(host, Certificate(host)), *limits)))
    certificate = Certificate(chrony)
    started.append((chrony, chrony.chronyd(
        "local stratum 1", f"ntsservercert {certificate.path}", f"ntsserverkey {certificate.key}",
        "ntsprocesses 1", "ntsratelimit interval -19")))
    if "REGULATOR_NTPD_RS" in os.environ:
        rs = lab.host("ntpd-rs")
        certificate = Certificate(rs)
        follower = NtpdRs(rs, *server_sections(source.v4, certificate.path, certificate.key))
        follower.wait_for_source(f"{source.v4}:123", 40)
        started.append((rs, follower.daemon))
    for host in (ours, ntpsec):
        wait_for_system_peer(host, source.v4, 40)

    def ready(host):
        return host.run(LOAD, "ke", "127.0.0.1", "0.1", check=False).returncode == 0

    for host, daemon in started:
        wait_for(f"key establishment by {host.name}", 20, lambda each=host: ready(each), 1)
    echo = lab.host("echo")
    least = (echo, echo.start("echo", [ECHO]))
    for what, unit, measured in (("time", "answer", [*started, least]), ("ke", "session", started)):
        took = {host.name: [] for host, _ in measured}
        for _ in range(rounds):
            for host, daemon in measured:
                daemon.expect_running()
                said = measure(host, daemon, "echo" if host is echo else what)
                print(f"{what:5} {host.name:8} {said}")
                took[host.name].append(float(re.search(r"([\d.]+) us of processor", said)[1]))
        medians = {name: statistics.median(each) for name, each in took.items()}
        for name, median in medians.items():
            print(f"{what:5} {name:8} median {median:.2f} us a{'n' * (unit[0] == 'a')} {unit}, "
                  f"ours {medians['ours'] / median:.2f} of that")
    expect(all(daemon.process.poll() is None for _, daemon in started), "a daemon has ended")
