# SPDX-License-Identifier: BSD-2-Clause
"""NTPsec's daemon and ours read the same random configurations and are compared.

  tests/support/run_lab tests/interop/differential.py [--seed N] [--count N] [--jobs N] [--brief]

Compared are the lines in error, by the log; and the configured associations, the access list and
the variables that a configuration decides, by NTPsec's ntpq. Case N of a run is made of seed N
alone, so that `--seed N --count 1` runs it again. What may differ stands in DIVERGENCES with its
reason; anything else fails the test. LAB_SECONDS bounds a long run (default 150).
"""

import argparse
import collections
import concurrent.futures
import os
import queue
import random
import re

from daemon_pair import Pair
from lab import Failure, Lab, expect
from random_config import generate

# What a configuration decides. All other variables move, or tell of the program or the machine.
OF_A_SOURCE = ("srchost", "hmode", "keyid", "bias", "mode", "ntscookies")
OF_THE_SYSTEM = ("frequency", "mintc", "hall", "tower", "site", "mru_enabled", "mru_mindepth",
                 "mru_maxage", "mru_minage", "mru_maxdepth", "mru_maxmem", "authkeys")

# kind: what differs; subject: which one; line: the text of a line in error
Difference = collections.namedtuple("Difference", "kind subject line ntpsec ours")


def has(pattern, text):
    return re.search(pattern, text, re.ASCII) is not None


def anywhere(pattern, lines):
    return any(has(pattern, line) for line in lines)


def starts_with_a_mark(line):
    return has(r"^\s*[{}(),;|=]", line)


def line_after(difference, lines):
    """The line below one in error; none below those of an included file."""
    if ":" in difference.subject:
        return ""
    after = int(difference.subject) + 1
    return lines[after] if after < len(lines) else ""


def only_ntpsec(difference):
    return difference.ntpsec and not difference.ours


def only_ours(difference):
    return difference.ours and not difference.ntpsec


# Words of which 1.2.2 has no notion. A mutated line may have more of them than one.
NEWER = r"\b(extra|port|ntsstats|ntskestats|ntskelog|tlsecdhcurves|tlscipherserverpreference)\b"
CLASSIC = (r"\b(discard|broadcast|broadcastclient|autokey|crypto|trap|auth|noepeer|multicastclient"
           r"|ttl|cohort|keysdir|revoke)\b")


def is_newer_word(d, _):
    return d.kind == "errors" and only_ntpsec(d) and has(NEWER, d.line)


def is_classic_word(d, _):
    return d.kind == "errors" and only_ntpsec(d) and has(CLASSIC, d.line)


def is_own_address(d, _):
    return d.kind == "restriction" and "interface" in d.subject and only_ntpsec(d)


def is_hole_for_a_clock(d, _):
    return (d.kind == "restriction" and d.subject.startswith("127.127.") and only_ntpsec(d)
            and d.ntpsec.startswith("source"))


def is_told_frequency(d, lines):
    return d.subject == "frequency" and d.ours == "0.0" and anywhere("freq", lines)


def is_missing_key(d, lines):
    return (d.subject == "authkeys" and anywhere("trustedkey", lines)
            and int(d.ntpsec) > int(d.ours))


def is_mark_at_start(d, lines):
    return d.kind == "errors" and (
        only_ours(d) and starts_with_a_mark(d.line)
        or only_ntpsec(d) and starts_with_a_mark(line_after(d, lines)))


def is_end_of_ntpsec(pattern):
    return lambda d, lines: (d.kind == "status" and d.ntpsec == 1 and d.ours is None
                             and anywhere(pattern, lines))


def is_include_with_more(d, lines):
    """Of extra.conf (see random_config.py): its first line, which is a source."""
    return anywhere(r"includefile.*extra\.conf.*\S", lines) and (
        d.subject == "extra.conf:0" or d.subject == "198.51.100.9" or "includefile" in d.line)


def is_spinning(d, lines):
    return d.kind == "status" and d.ntpsec == "hangs" and d.ours is None and anywhere(
        r"filegen.*file.*/", lines)


def is_control_character(d, lines):
    return d.kind == "source" and anywhere("[\x01-\x08]", lines)


# The reason, and whether it accounts for a difference in a configuration of these lines.
DIVERGENCES = [
    ("sockets: no entries for own addresses, as one socket a family serves all", is_own_address),
    ("restrict source: no hole for a reference clock, which sends no packets",
     is_hole_for_a_clock),
    ("version: a word of 1.2.5 that 1.2.2 has not", is_newer_word),
    ("classic ntp: a word with a warning, no error", is_classic_word),
    ("disable ntp: the variable frequency is the kernel's, not what was told", is_told_frequency),
    ("authkeys: NTPsec counts trusted numbers without a key, too", is_missing_key),
    ("mended: an error at a mark at the start of a line was given to the line above",
     is_mark_at_start),
    ("mended: an unknown driver ended the daemon", is_end_of_ntpsec("refclock")),
    ("mended: a lone 0x ended the daemon", is_end_of_ntpsec("0[xX]")),
    ("mended: 'includefile FILE junk' skipped the first line of FILE", is_include_with_more),
    ("mended: a / in the name of a statistics file made the daemon spin", is_spinning),
    ("variables: control characters are shown as dots", is_control_character),
]


def compare(lines, ntpsec, ours):
    """All Differences between two Answers."""
    found = []

    def differ(kind, subject, one, other, line=""):
        if one != other:
            found.append(Difference(kind, subject, line, one, other))

    differ("status", "", ntpsec.status, ours.status)
    if ntpsec.status is not None:
        return found
    for kind in ("errors", "unusable"):
        one, other = getattr(ntpsec, kind), getattr(ours, kind)
        for place in sorted(one ^ other, key=str):
            inside = isinstance(place, int) and 0 <= place < len(lines)
            differ(kind, str(place), place in one, place in other, lines[place] if inside else "")
    compare_tables("source", sources(ntpsec), sources(ours), differ)
    if "refused" in (ntpsec.restrictions, ours.restrictions):
        differ("access", "", ntpsec.restrictions == "refused", ours.restrictions == "refused")
    else:
        compare_tables("restriction", restrictions(ntpsec), restrictions(ours), differ)
    for name in OF_THE_SYSTEM:
        differ("system", name, ntpsec.system.get(name), ours.system.get(name))
    return found


def compare_tables(kind, one, other, differ):
    for key in sorted(one.keys() | other.keys()):
        differ(kind, key, one.get(key), other.get(key))
    both = one.keys() & other.keys()
    differ(f"order of {kind}s", "", [k for k in one if k in both], [k for k in other if k in both])


def sources(answer):
    """By name, or else by address: the configured associations, not those that a pool has found."""
    table = {}
    for row, values in zip(answer.rows, answer.sources):
        if row[1] != "yes":
            continue
        shown = {name: values.get(name) for name in OF_A_SOURCE}
        is_clock = values["srcadr"].startswith("127.127.")
        if is_clock:
            shown |= {name: values.get(name) for name in ("stratum", "refid")}
        else:
            shown["auth"] = row[3]
        # A name is looked up in time of its own, and libc takes some for short addresses.
        is_named = "srchost" in values and not is_clock
        if not is_named:
            shown |= {name: values.get(name) for name in ("srcport", "hpoll")}
        table[values["srchost" if is_named else "srcadr"]] = shown
    return table


def restrictions(answer):
    """By subject, with the words that take part in the match: the flags."""
    table = {}
    for text in () if answer.restrictions == "refused" else answer.restrictions:
        subject, flags = text.split(": ", 1) if ": " in text else (text.rstrip(":"), "")
        words = flags.split()
        match = [w for w in words if w in ("ntpport", "interface")]
        table[" ".join((subject, *match))] = " ".join(w for w in words if w not in match)
    return table


def judge(lines, answers):
    """The reasons of the Differences, and those Differences that have none."""
    reasons, unexplained = set(), []
    for difference in compare(lines, *answers):
        reason = next((r for r, accounts in DIVERGENCES if accounts(difference, lines)), None)
        if reason:
            reasons.add(reason)
        else:
            unexplained.append(difference)
    return reasons, unexplained


def minimized(pair, lines):
    """Without the lines that the failure does not need, one after the other."""
    kept = list(lines)
    for line in lines:
        fewer = list(kept)
        fewer.remove(line)
        if fewer and judge(fewer, pair.run(fewer))[1]:
            kept = fewer
    return kept


class Run:
    def __init__(self, pairs):
        self.all_pairs = pairs
        self.pairs = queue.SimpleQueue()
        for pair in pairs:
            self.pairs.put(pair)
        self.count = collections.Counter()
        self.compared = collections.Counter()
        self.failed = []
        self.done = 0

    def case(self, seed, minimize):
        lines = generate(random.Random(seed))
        pair = self.pairs.get()
        try:
            answers = pair.run(lines)
            reasons, unexplained = judge(lines, answers)
            if unexplained:
                answers = pair.run(lines)  # a busy machine may have made the first one
                reasons, unexplained = judge(lines, answers)
            if unexplained and minimize and len(self.failed) < 3:
                lines = minimized(pair, lines)
                answers = pair.run(lines)
                unexplained = judge(lines, answers)[1] or unexplained
        finally:
            self.pairs.put(pair)
        return seed, lines, answers, reasons, unexplained

    def take(self, seed, lines, answers, reasons, unexplained, outputs):
        self.done += 1
        self.count.update(reasons)
        self.compared.update({"lines in error": len(answers[0].errors & answers[1].errors),
                              "associations": len(sources(answers[0])),
                              "restrictions": len(restrictions(answers[0]))})
        if not unexplained:
            return
        self.failed.append(seed)
        print(f"\n--- case {seed} (again: --seed {seed} --count 1)")
        print("\n".join(f"{number:3} {line!r}" for number, line in enumerate(lines)))
        for d in unexplained:
            print(f"  {d.kind} {d.subject} {d.line!r}",
                  f"    NTPsec: {d.ntpsec}", f"    ours:   {d.ours}", sep="\n")
        if outputs:
            for name, answer in zip(("NTPsec", "ours"), answers):
                print(f"=== log of {name}\n{answer.log}=== ntpq of {name}\n{answer.said}")

    def report(self, seed):
        print(f"\n{self.done} configurations from seed {seed}:",
              ", ".join(f"{count} {name}" for name, count in sorted(self.compared.items())))
        for reason, count in self.count.most_common():
            print(f"{count:5}  {reason}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=40)
    parser.add_argument("--jobs", type=int, default=3)
    parser.add_argument("--brief", action="store_true", help="no logs, nothing minimized")
    options = parser.parse_args()
    seeds = range(options.seed, options.seed + options.count)
    with Lab() as lab:
        run = Run([Pair(os.path.join(lab.folder, f"pair{n}")) for n in range(options.jobs)])
        with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
            try:
                for done in pool.map(lambda seed: run.case(seed, not options.brief), seeds):
                    run.take(*done, outputs=not options.brief and len(run.failed) < 3)
            finally:
                pool.shutdown(cancel_futures=True)
                run.report(options.seed)
        for pair in run.all_pairs:
            pair.close()
        expect(options.count < 20 or min(run.compared.values()) >= options.count // 2,
               f"there was little to compare: {run.compared}")
        if run.failed:
            raise Failure(f"{len(run.failed)} without a reason: {run.failed}")


main()
