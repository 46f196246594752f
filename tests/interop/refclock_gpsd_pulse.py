# SPDX-License-Identifier: BSD-2-Clause
"""gpsd with a pulse, played: a unit from 128 takes the pulse, mode 1 a sentence with its pulse, and
mode 2 what there is, also after the pulse has stopped. Each offset is the one of the stamps played.
REGULATOR_NTPSEC_GPSD: an ntpd of NTPsec's that has this driver, which Debian's has not; then offsets,
clock variables and clockstats of both are compared, too."""

import os
import re
import sys

from lab import NTPSEC_NTPQ, OPEN, Lab, expect, wait_for
from receivers import (clock_statistics, clock_variables, form, names, row, wait_for_offset,
                       wait_for_tally)

PULSE_MS, SENTENCE_MS = 0.25, -0.4
DEVICE = "/dev/null"  # NTPsec wants a device that there is

# Each second PPS, and 100 ms later TPV and TOFF, until there is a file of that name: then no PPS.
# Arguments: the file, the pulse's offset and the sentence's, ns.
GPSD = """
import json, os, socket, sys, threading, time
stopped, pulse, sentence = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
def serve(connection):
    def say(kind, **fields):
        connection.sendall((json.dumps({"class": kind} | fields) + "\\r\\n").encode())
    def stamp(kind, second, clock, **fields):
        say(kind, device=device, real_sec=second, real_nsec=0, clock_sec=clock // 10**9,
            clock_nsec=clock % 10**9, **fields)
    try:
        say("VERSION", release="3.22", rev="3.22", proto_major=3, proto_minor=14)
        device = json.loads(connection.recv(4096).decode().split("WATCH=")[1].split(";")[0])["device"]
        say("WATCH", enable=True, json=True, pps=True, device=device)
        while True:
            second = int(time.time()) + 1
            time.sleep(max(0, second + 0.02 - time.time()))
            if not os.path.exists(stopped):
                stamp("PPS", second, second * 10**9 - pulse, precision=-20)
            time.sleep(0.1)
            say("TPV", device=device, mode=3, ept=0.005,
                time=time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(second)))
            stamp("TOFF", second, second * 10**9 + 100000000 - sentence)
    except (OSError, IndexError):
        pass
listener = socket.create_server(("::", 2947), family=socket.AF_INET6, dualstack_ipv6=True)
while True:
    threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()
"""

OFFSETS = {0: SENTENCE_MS, 128: PULSE_MS, 1: PULSE_MS + 0.1, 2: PULSE_MS}


def start_gpsd(host):
    host.start("gpsd", [sys.executable, "-c", GPSD, f"{host.folder}/stopped",
                        str(round(PULSE_MS * 1e6)), str(round(SENTENCE_MS * 1e6))])
    wait_for("gpsd", 10, lambda: ":2947" in host.run("ss", "-tln").stdout)


def lines(host):
    common = f"path {DEVICE} minpoll 3 maxpoll 3"
    return [f"refclock gpsd unit 0 {common} time2 0.1 flag4 1 prefer",
            f"refclock gpsd unit 128 {common} flag1 1",
            f"refclock gpsd unit 1 {common} time1 0.0001 time2 0.1 mode 1 flag4 1",
            f"refclock gpsd unit 2 {common} time2 0.1 mode 2 flag4 1",
            "statistics clockstats", f"statsdir {host.folder}/",
            "filegen clockstats file clockstats type none enable", "disable ntp", *OPEN]


def compare(ours, ntpsec):
    def variables(host, number):
        shown = clock_variables(host, number, NTPSEC_NTPQ).replace("\n", " ")
        # NTPsec's time code stays empty.
        return re.sub(r"status=.*?, *\w+, *|, +timecode=\".*?\"|, +", " ", shown).strip()

    wait_for_tally(ntpsec, "GPSD(128)", "o", 90)
    for unit, offset in OFFSETS.items():
        wait_for_offset(ntpsec, f"GPSD({unit})", offset, 60)
    for number in range(1, 5):
        mine, theirs = variables(ours, number), variables(ntpsec, number)
        print(mine, "|", theirs)
        expect(names(mine) == names(theirs) and form(mine) == form(theirs), f"{mine}\n{theirs}")
    for unit in (0, 1, 2):
        mine, theirs = (clock_statistics(host, f"GPSD({unit})", host.folder)[-1]
                        for host in (ours, ntpsec))
        expect(form(mine) == form(theirs), f"{mine}\n{theirs}")


with Lab() as lab:
    host = lab.host("ours")
    stopped = f"{host.folder}/stopped"
    start_gpsd(host)
    daemon = host.ours(*lines(host))
    wait_for_tally(host, "GPSD(128)", "o", 60)
    for unit, offset in OFFSETS.items():
        wait_for_offset(host, f"GPSD({unit})", offset, 30)
    if "REGULATOR_NTPSEC_GPSD" in os.environ:
        ntpsec = lab.host("ntpsec")
        start_gpsd(ntpsec)
        config = f"{ntpsec.folder}/ntpsec.conf"
        with open(config, "w", encoding="ascii") as file:
            file.writelines(line + "\n" for line in lines(ntpsec))
        ntpsec.start("ntpsec", [os.environ["REGULATOR_NTPSEC_GPSD"], "-n", "-g", "-c", config])
        compare(host, ntpsec)
    most = r"(?:[6-9]|1\d)"  # of a poll, which may be late
    for unit, used in ((0, "0"), (1, most), (2, most)):
        # Replies, bad, without a fix, times received and used, pulses received and used.
        wanted = re.compile(rf"GPSD\({unit}\) \d+ 0 0 {most} {most} {most} {used}")
        print(wait_for("clockstats", 30, lambda: [
            line for line in clock_statistics(host, f"GPSD({unit})", host.folder)
            if wanted.fullmatch(line)])[0])

    with open(stopped, "w", encoding="ascii"):
        pass
    wait_for("no pulse any more", 40, lambda: all(
        not row(host, f"GPSD({unit})").reach & 1 for unit in (1, 128)))
    expect(row(host, "GPSD(128)").tally != "o", "the pulse still leads")
    wait_for_offset(host, "GPSD(2)", SENTENCE_MS, 90)
    expect("use TPV alone from now" in daemon.text(), "it is not said that there is no pulse")
    os.unlink(stopped)
    wait_for_tally(host, "GPSD(128)", "o", 40)
    daemon.expect_running()
