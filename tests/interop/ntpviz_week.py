# SPDX-License-Identifier: BSD-2-Clause
"""NTPsec's ntpviz draws its plots from the statistics that our daemon wrote in a simulated week."""

import os
import shutil
import subprocess
import sys
import tempfile
import time

from lab import PEERS, Failure, environment, expect

NTPVIZ = os.path.join(PEERS, "usr/bin/ntpviz")
SIM_WEEK = os.environ["REGULATOR_SIM_WEEK"]
SKIPPED = 77
SECONDS = 50  # for all of it
# ntpviz gives way to everything else on the machine, and would never end on a busy one.
IN_A_HURRY = ("import os, runpy, sys; os.nice = lambda by: 0; del sys.argv[0]; "
             "runpy.run_path(sys.argv[0], run_name='__main__')")
# What ntpviz draws of loopstats and peerstats where no temperatures are logged.
PLOTS = ["local-offset", "local-jitter", "local-stability", "local-offset-histogram",
         "peer-offsets", "peer-jitters"]
PLOTS += [f"peer-{what}-10.0.0.{n}" for what in ("offset", "jitter") for n in range(1, 5)]


def run(*arguments):
    left = max(1.0, deadline - time.monotonic())
    return subprocess.run(arguments, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, timeout=left, env=environment(),
                          check=False)


def draw(folder):
    stats, plots = os.path.join(folder, "stats"), os.path.join(folder, "plots")
    os.mkdir(stats)
    os.mkdir(plots)
    week = run(SIM_WEEK, stats)
    expect(week.returncode == 0, f"sim_week: status {week.returncode}, {week.stderr}")
    begin, end = week.stdout.split()
    result = run(sys.executable, "-c", IN_A_HURRY, NTPVIZ, "-d", stats, "-o", plots, "-s", begin, "-e", end,
                 "-n", "simulated", "-w", "s")
    said = result.stdout + result.stderr
    print(said)
    expect(result.returncode == 0, f"ntpviz: status {result.returncode}")
    expect("ERROR" not in said and "Traceback" not in said, "ntpviz complains")
    for name in PLOTS:
        path = os.path.join(plots, f"{name}.png")
        expect(os.path.exists(path), f"there is no {name}.png, only {sorted(os.listdir(plots))}")
        with open(path, "rb") as image:
            head = image.read(8)
        expect(head == b"\x89PNG\r\n\x1a\n" and os.path.getsize(path) > 2000,
               f"{name}.png is no picture: {os.path.getsize(path)} bytes")


for needed, package in ((NTPVIZ, "ntpsec-ntpviz"), (shutil.which("gnuplot"), "gnuplot-nox")):
    if not needed or not os.path.exists(needed):
        print(f"skipped: {package} could not be had (scripts/install-deps --test fetches it)")
        sys.exit(SKIPPED)

deadline = time.monotonic() + SECONDS
with tempfile.TemporaryDirectory(prefix="regulator-viz.") as folder:
    try:
        draw(folder)
    except subprocess.TimeoutExpired:
        print(f"FAILED: not within {SECONDS} s", file=sys.stderr)
        sys.exit(1)
    except Failure as failure:
        print(f"FAILED: {failure}", file=sys.stderr)
        sys.exit(1)
