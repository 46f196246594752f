# SPDX-License-Identifier: BSD-2-Clause
"""`ntpq why` names the cause of twelve failures, all at once on one client, in words and as JSON.

Beside them the client has a reference clock that gives no time, and good sources that it uses. A second client, NTPsec's, has the same
sources: of it `why` says what NTPsec's variables tell.
"""

import json
import os
import re
import sys

import nts
from lab import HERE, NTPQ, OPEN, Failure, Lab, chrony_server, expect, wait_for

SECONDS = 60
GOOD = ("10.77.0.201", "10.77.0.202", "10.77.0.203")
WATCHED, RESTRICTED = "10.77.0.204", "10.77.0.205"
BAD = {"false": "10.77.0.211", "far": "10.77.0.212", "unsynchronized": "10.77.0.213",
       "denies": "10.77.0.214"}
UNROUTED = "198.51.100.1"
UNKNOWN = "no-such-host.invalid"
CLOCK = "SHM(7)"


def answers(host):
    """The records of `why` by address, or by name where there is no address or a clock's; and the
    system's. A clock's driver has a record behind that of the clock."""
    said = host.ntpq(NTPQ, "--json", "-n", "-c", "why", "127.0.0.1", check=False)
    if not said.stdout:
        return None, {}
    answer = json.loads(said.stdout)
    system, found, peer = None, {}, None
    for record in answer["records"]:
        variables = record["variables"]
        if record["kind"] == "system":
            system = record
        elif record["kind"] == "clock":
            expect(record["associd"] == peer["associd"], f"a clock behind another peer: {record}")
            peer["clock"] = record
        else:
            peer = record
            address = variables.get("srcadr", "0.0.0.0")
            named = address == "0.0.0.0" or address.startswith("127.127.")
            found[record.get("name") if named else address] = record
    return system, found


def code_of(found, who):
    """The code of the first cause; empty if the source is used, nothing if it is not there."""
    if who not in found:
        return None
    causes = found[who]["causes"]
    return causes[0]["code"] if causes else ""


def expect_causes(host, wanted):
    """Until each source has the cause; gives the last answers."""
    seen = {"system": None, "found": {}}

    def probe():
        system, found = answers(host)
        seen.update(system=system, found=found)
        return all(code_of(found, who) == code for who, code in wanted.items())

    try:
        _, took = wait_for("all causes named", SECONDS, probe, 1)
    except Failure as error:
        missing = {who: (code_of(seen["found"], who), code) for who, code in wanted.items()
                   if code_of(seen["found"], who) != code}
        raise Failure(f"{error}: {missing}: {json.dumps(seen['found'], indent=1)}") from None
    print(f"{host.name}: {len(wanted)} sources judged after {took:.1f} s")
    return seen["system"], seen["found"]


def text_of(found, who):
    return " ".join(cause["text"] for cause in found[who]["causes"])


def steady(text):
    """Without what goes on between two looks."""
    return re.sub(r"\d+(\.\d+)?", "N", text).replace("requests", "request")


with Lab() as lab:
    good = chrony_server(lab)
    for address in (*GOOD, WATCHED, RESTRICTED):
        good.add_address(address)
    bad = lab.host("bad")
    for address in BAD.values():
        bad.add_address(address)
    bad.start("bad", [sys.executable, os.path.join(HERE, "bad_time_server.py"),
                      *(f"{address}={kind}" for kind, address in BAD.items())])
    empty, walled, keyed, secured = map(lab.host, ("empty", "walled", "keyed", "secured"))
    clients = client, ntpsec = lab.host("client"), lab.host("ntpsec")
    walled.chronyd("local stratum 1")
    for each in clients:
        walled.run("ip", "route", "add", "blackhole", f"{each.v4}/32")
    keyed.ours(f"keys {keyed.write('keys', ['1 SHA1 the-servers-secret'])}", "trustedkey 1",
               f"server {good.v4} iburst", *OPEN)
    secured.ours(*nts.server_lines(secured, nts.Certificate(secured)), f"server {good.v4} iburst",
                 *OPEN)
    keys = client.write("keys", ["1 SHA1 another-secret"])
    plain = (*(f"server {address} iburst minpoll 3 maxpoll 3"
               for address in (*GOOD, *BAD.values(), UNROUTED, empty.v4, walled.v4, RESTRICTED)),
             f"server {WATCHED} iburst noselect minpoll 3 maxpoll 3",
             f"server {keyed.v4} key 1 iburst minpoll 3 maxpoll 3",
             f"server {UNKNOWN} iburst", f"keys {keys}", "trustedkey 1", *OPEN,
             f"restrict {RESTRICTED} ignore", "refclock shm unit 7 minpoll 3 maxpoll 3")
    daemon = client.ours(*plain, f"server {secured.v4} nts iburst")
    other = ntpsec.ntpsec(*plain)

    system, found = expect_causes(client, {
        **{address: "" for address in GOOD},
        UNROUTED: "no_route",
        empty.v4: "refused",
        keyed.v4: "key",
        secured.v4: "nts",
        BAD["denies"]: "kiss",
        BAD["unsynchronized"]: "unsynchronized",
        BAD["false"]: "falseticker",
        BAD["far"]: "distance",
        WATCHED: "noselect",
        UNKNOWN: "dns",
        walled.v4: "no_reply",
        RESTRICTED: "restrict",
        CLOCK: "clock_no_reply",
    })
    expect(found[CLOCK]["clock"]["status"]["state"] == "no_reply", f"{found[CLOCK]}")
    expect(re.search(r": [0-9]+ polls?, [1-9][0-9]* without a reply,", text_of(found, CLOCK)),
           text_of(found, CLOCK))
    expect(system["causes"] == [] and system["status"]["leap"] != "alarm", f"the system: {system}")
    for who, words in ((UNROUTED, "unreachable"), (secured.v4, "certificate"),
                       (BAD["denies"], "DENY"), (UNKNOWN, UNKNOWN), (keyed.v4, "key 1")):
        expect(words in text_of(found, who), f"{words} not in: {text_of(found, who)}")
    said = client.ntpq(NTPQ, "-n", "-c", "why", "127.0.0.1").stdout
    print(said)
    expect(said.startswith("The clock is synchronized.\n"), said)
    for who, record in found.items():
        for cause in record["causes"][:1]:
            line = steady(f"{who}: not used:\n    {cause['text']}\n")
            expect(line in steady(said), f"{line} not in {said}")
    expect(len(re.findall(r"^[*+].*: used$", said, re.MULTILINE)) == len(GOOD), said)

    # NTPsec does not tell why nothing comes, and obeys no kiss but RATE.
    expect_causes(ntpsec, {
        **{who: "no_reply" for who in (empty.v4, walled.v4, RESTRICTED)},
        keyed.v4: "key",
        BAD["denies"]: "unsynchronized",
        BAD["unsynchronized"]: "unsynchronized",
        BAD["false"]: "falseticker",
        BAD["far"]: "distance",
        WATCHED: "noselect",
        UNKNOWN: "dns",
        CLOCK: "clock_no_reply",
    })
    daemon.expect_running()
    other.expect_running()
