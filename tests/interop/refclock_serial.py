# SPDX-License-Identifier: BSD-2-Clause
"""Clocks at serial ports, one of each kind, all at once: reach, identifier, offset, clock variables.
Beside them NTPsec on clocks of the same kind, for those that Debian builds: variables and clockstats
have the same form."""

import glob
import re

import serial_clocks as clocks
from lab import NTPSEC_NTPQ, OPEN, Lab, expect, wait_for

# word and options in ntp.conf, player, name, identifier, whether Debian's NTPsec has it, and what the
# driver adds, s.
KINDS = [
    ("generic unit 1 subtype 2", clocks.Meinberg, "MEINBERG_C51(1)", "DCFa", True, 0.010),
    ("generic unit 2 subtype 12", clocks.Hopf, "HOPF_6021(2)", "DCF", True, 0),
    ("hpgps", clocks.HpGps, "HPGPS(0)", "GPS", True, 0),
    ("trimble subtype 2", clocks.Thunderbolt, "TRIMBLE(0)", "GPS", True, 0),
    ("trimble unit 1 flag3 1", clocks.Palisade, "TRIMBLE(1)", "GPS", False, 0),
    ("spectracom", clocks.Spectracom, "SPECTRACOM(0)", "GPS", True, 0),
    ("arbiter", clocks.Arbiter, "ARBITER(0)", "GPS", True, 0),
    ("truetime", clocks.TrueTime, "TRUETIME(0)", "TRUE", False, 0),
    ("zyfer", clocks.Zyfer, "ZYFER(0)", "GPS", True, 0),
    ("jjy subtype 4", clocks.Jjy200, "JJY(0)", "JJY", True, 0),
]
# ms; the players are Python on a busy machine, and the clocks' own accuracy is from 1 ms on.
ALLOWED = 15


def lines(host, players):
    text = []
    for kind, player in players:
        poll = 4 if "trimble" in kind[0] else 3  # it wants seven samples
        text.append(f"refclock {kind[0]} path {player.path} minpoll {poll} maxpoll {poll} noselect")
    return [*text, "statistics clockstats", f"statsdir {host.folder}/",
            "filegen clockstats file clockstats type none enable", "disable ntp", *OPEN]


def variables(host, program, index):
    return host.ntpq(program, "-c", f"cv &{index}", "127.0.0.1", check=False).stdout


def form(text):
    """Without what differs from moment to moment: numbers."""
    return re.sub(r"[0-9]+", "9", text)


def names(text):
    return re.findall(r"(\w+)=", text)


def statistics(host, name):
    found = []
    for path in glob.glob(f"{host.folder}/clockstats*"):
        with open(path, encoding="utf-8", errors="replace") as file:
            found += [line.split(name + " ", 1)[1].rstrip("\n") for line in file if name in line]
    return found


with Lab() as lab:
    ours, ntpsec = lab.host("ours"), lab.host("ntpsec")
    mine = [(kind, kind[1](f"{lab.folder}/ours-{i}", 0.040 + 0.010 * i))
            for i, kind in enumerate(KINDS)]
    theirs = [(kind, kind[1](f"{lab.folder}/ntpsec-{i}", 0.040 + 0.010 * i))
              for i, kind in enumerate(KINDS) if kind[4]]
    # NTPsec ignores `path` for JJY.
    theirs = [each for each in theirs if each[1].__class__ is not clocks.Jjy200]
    daemon = ours.ours(*lines(ours, mine))
    ntpsec.ntpsec(*lines(ntpsec, theirs))

    def rows():
        return {peer.remote: peer for peer in ours.peers()}

    def ready():
        found = rows()
        return all(k[2] in found and found[k[2]].reach & 3 == 3 for k, _ in mine)

    wait_for("two readings of each clock", 100, ready, 1)
    seen = rows()
    beside = {peer.remote: peer for peer in ntpsec.peers()}
    for kind, player in mine:
        row = seen[kind[2]]
        expected = (player.ahead + kind[5]) * 1e3
        print(f"{kind[2]}: reach {row.reach:o} refid {row.refid} offset {row.offset_ms} ms, "
              f"expected {expected:.1f}")
        # The Arbiter's ends in a blank, which is shown in a way of its own.
        refid = beside[kind[2]].refid if kind[2] in beside else f".{kind[3]}."
        expect(row.refid == refid, f"{kind[2]}: refid {row.refid}, NTPsec's {refid}")
        expect(abs(row.offset_ms - expected) < ALLOWED,
               f"{kind[2]}: offset {row.offset_ms}, expected {expected}")
    for kind, player in theirs:
        index = 1 + [each[0][2] for each in mine].index(kind[2])
        other = 1 + [each[0][2] for each in theirs].index(kind[2])
        a, b = variables(ours, NTPSEC_NTPQ, index), variables(ntpsec, NTPSEC_NTPQ, other)
        print("--- ours", a, "--- NTPsec", b, sep="\n")
        left, right = statistics(ours, kind[2]), statistics(ntpsec, kind[2])
        print("clockstats:", left[-1:], right[-1:])
        expect(names(a) == names(b), f"{kind[2]}: variables {names(a)} {names(b)}")
        expect(bool(left) == bool(right), f"{kind[2]}: clockstats {left[-1:]} {right[-1:]}")
        # Debian's 1.2.2 has no counts yet in HPGPS's line.
        if left and "hpgps" not in kind[0]:
            expect({form(each) for each in left} & {form(each) for each in right},
                   f"{kind[2]}: clockstats {left[-3:]} {right[-3:]}")
    daemon.expect_running()
