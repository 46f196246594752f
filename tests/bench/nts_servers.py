# SPDX-License-Identifier: BSD-2-Clause
"""Our daemon, chronyd and NTPsec as servers of NTS side by side, one core each: processor time per
answer under NTS and per session of key establishment. nts_servers.py [SECONDS]"""

import os
import subprocess
import sys

from lab import OPEN, ROOT, Lab, chrony_server, expect, wait_for, wait_for_system_peer
from nts import Certificate, server_lines

LOAD = os.environ.get("REGULATOR_NTS_LOAD",
                      os.path.join(ROOT, "build", "release", "tests", "bench_nts_load"))
seconds = sys.argv[1] if len(sys.argv) > 1 else "5"
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
    for host in (ours, ntpsec):
        wait_for_system_peer(host, source.v4, 40)

    def ready(host):
        return host.run(LOAD, "ke", "127.0.0.1", "0.1", check=False).returncode == 0

    for host, daemon in started:
        wait_for(f"key establishment by {host.name}", 20, lambda each=host: ready(each), 1)
    for what in ("time", "ke"):
        for _ in range(2):
            for host, daemon in started:
                daemon.expect_running()
                print(f"{what:5} {host.name:8} {measure(host, daemon, what)}")
    expect(all(daemon.process.poll() is None for _, daemon in started), "a daemon has ended")
