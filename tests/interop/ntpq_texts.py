# SPDX-License-Identifier: BSD-2-Clause
"""Our ntpq and NTPsec's print the same text, of our daemon and of NTPsec's.

Both programs are asked within moments, ours between two askings of NTPsec's. When these two are the
same text nothing has moved meanwhile, and ours must be that text to the letter. The only digits
never compared are those that differ by the moment of the question itself: MOVING.
"""

import difflib
import re
import time

from lab import (NTPQ, NTPSEC_NTPQ, OPEN, Failure, Lab, chrony_server, expect,
                 wait_for)

COMMANDS = (
    ("-p", "-n"),
    ("-c", "as"),
    ("-c", "rv"),
    ("-c", "rv &1"),
    ("-c", "rv &2"),
    ("-c", "rv 0 version,processor,system"),
    ("-c", "readvar 0 stratum,leap,refid"),
)
ATTEMPTS = 20

# The clock is read for each answer, the root dispersion grows, and the headway shrinks by the second.
MOVING = re.compile(r"(?<=\bclock=)[0-9a-f]{8}\.[0-9a-f]{8} [-0-9T:.]+Z|"
                    r"(?<=\brootdisp=)[0-9.]+|(?<=\bheadway=)[0-9]+")


# NTPsec 1.2.2's daemon sends stray octets before the filter arrays. Its ntpq prints them raw; ours
# shows them as \\xNN, so that they can't command a terminal.
STRAY = re.compile(r"\\x[0-9a-f]{2}|[\x00-\x08\x0b-\x1f\x7f]")


def still(text):
    """The text with a mark for each moving value. A line that these push about is joined again; in
    the peers table the column `when` counts seconds and keeps its width."""
    text = STRAY.sub("", text)
    lines = text.splitlines(keepends=True)
    if lines and lines[0].rstrip().endswith("jitter"):
        end = lines[0].index("when") + len("when")
        return "".join(lines[:2] + [mark_when(line, end) for line in lines[2:]])
    marked = MOVING.sub("#", text)
    return re.sub(r",\s+", ", ", marked) if marked != text else text


def mark_when(row, end):
    when = row[end - 4:end]
    expect(re.fullmatch(r" *([0-9]+[mhd]?|-)", when), f"no `when` in the row {row!r}")
    return row[:end - 4] + "when" + row[end:]


def ask(host, program, arguments):
    result = host.ntpq(program, *arguments, "127.0.0.1", check=False)
    expect(result.returncode == 0, f"status {result.returncode} of {program} {arguments}")
    return still(result.stdout), result.stderr


def compare(host, arguments):
    for _ in range(ATTEMPTS):
        before = ask(host, NTPSEC_NTPQ, arguments)
        ours = ask(host, NTPQ, arguments)
        after = ask(host, NTPSEC_NTPQ, arguments)
        if before == after:
            break
        time.sleep(0.3)
    else:
        raise Failure(f"{arguments}: the daemon's values never stood still")
    expect(before[0], f"{arguments}: no text, but on stderr {before[1]!r}")
    if ours != before:
        difference = "\n".join(difflib.unified_diff(
            "".join(before).splitlines(), "".join(ours).splitlines(), "NTPsec's ntpq", "ours",
            lineterm=""))
        raise Failure(f"on {host.name}, {' '.join(arguments)}:\n{difference}")
    print(f"same on {host.name}: ntpq {' '.join(arguments)}")


with Lab() as lab:
    server = chrony_server(lab)
    for name in ("ours", "ntpsec"):
        host = lab.host(name)
        start = host.ours if name == "ours" else host.ntpsec
        start(f"server {server.v4} iburst minpoll 6", f"server {server.v6} iburst minpoll 6",
              "server 10.77.0.250 minpoll 6", *OPEN)
    for host in lab.hosts[1:]:
        wait_for("a system peer", 30, lambda: any(p.tally == "*" for p in host.peers()))
    time.sleep(5)  # the bursts are over
    for host in lab.hosts[1:]:
        for arguments in COMMANDS:
            compare(host, arguments)
