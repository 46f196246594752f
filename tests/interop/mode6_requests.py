# SPDX-License-Identifier: BSD-2-Clause
"""The requests at the edge of the protocol that were recorded of NTPsec 1.2.5, sent to our daemon: each
gets the same kind of reply, which is silence, an error code, or the same variables in the same order.

What the values look like is compared by unit tests (tests/unit/ntpd/control/golden_test.cpp), which
put the recorded values into the daemon's model.
"""

import json
import os
import re
import socket
import struct
import sys
import time

from lab import HERE, NTPQ, OPEN, Lab, chrony_server, expect, wait_for

GOLDEN = os.path.join(os.path.dirname(os.path.abspath(__file__)),
                      "../golden/1.2.5/packets/handmade.hex")
KEYS = ("1 AES 00112233445566778899aabbccddeeff", "2 SHA1 sha1-sample-key",
        "3 MD5 md5-sample-key")
NONCE_LIFE = 16.5  # s
READ_STATUS, READ_CLOCK, ORDERED_LIST, READ_CLIENTS = 1, 4, 11, 10

# Another kind of reply, and why.
EXCEPTIONS = {
    "ORDLIST ifstats, MAC on an 8 octet boundary": "ours looks for MACs at both boundaries",
    "ORDLIST, empty data, MAC on an 8 octet boundary": "ours looks for MACs at both boundaries",
}
# These are about clients that the recorded daemon had. Unit tests send them.
ABOUT_RECORDED_CLIENTS = {
    "READ_MRU, limit=1, addr.0=10.77.0.1:123",
    "READ_MRU, continued after the third entry",
    "READ_MRU, continuation with last before addr",
    "READ_MRU, right address, stale last",
    "READ_MRU, resany=0x40, frags=4",
}
# The associations of the recorded requests, by the place of ours in the configuration.
ASSOCIATIONS = {0xee8f: 0, 0xee91: 1, 0xee93: 2, 0xee9c: 4, 0xee9e: 3}


def recordings():
    """Title, request and replies of each."""
    found = []
    with open(GOLDEN, encoding="ascii") as file:
        for line in map(str.rstrip, file):
            if line.startswith("# "):
                title = line[2:]
            elif line.startswith("> "):
                found.append((title, bytes.fromhex(line[2:]), []))
            elif line.startswith("< ") and not line.startswith("< ("):
                found[-1][2].append(bytes.fromhex(line[2:]))
    return found


def exchange(where, request):
    """All replies; silence is taken for granted after a quarter of a second."""
    where.send(request)
    replies = []
    where.settimeout(0.25)
    try:
        while True:
            replies.append(where.recv(2048))
            where.settimeout(0.02)
    except TimeoutError:
        return replies


def connected():
    opened = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    opened.connect(("127.0.0.1", 123))
    return opened


def nonce_from(where):
    reply = exchange(where, bytes.fromhex("160c00010000000000000000"))[0]
    return re.search(rb"nonce=([0-9a-f]{24})", reply).group(1)


def ask_all(order):
    """Inside the daemon's namespace: what it answers to each request, as JSON."""
    where, elsewhere = connected(), connected()
    old, begin = nonce_from(where), time.monotonic()
    answers = {}
    postponed = []

    def ask(title, request):
        used = elsewhere if title.endswith("from another source port") else where
        answers.setdefault(title, []).append([reply.hex() for reply in exchange(used, request)])

    for title, request, _ in recordings():
        if len(request) >= 12:
            identifier = struct.unpack_from(">H", request, 6)[0]
            # A MAC covers the association id, so these keep the recorded one's place.
            if identifier in ASSOCIATIONS and len(request) - 12 < 20:
                request = (request[:6] + struct.pack(">H", order[ASSOCIATIONS[identifier]]) +
                           request[8:])
        nonce = re.search(rb"nonce=([0-9a-f]{24})", request)
        if nonce and "wrong nonce" not in title:
            late = "17 s old" in title
            request = request.replace(nonce.group(1), old if late else nonce_from(where))
            if late:
                postponed.append((title, request))
                continue
        ask(title, request)
    time.sleep(max(0.0, begin + NONCE_LIFE - time.monotonic()))
    for title, request in postponed:
        ask(title, request)
    print(json.dumps(answers))


def text_of(replies):
    parts = sorted(struct.unpack_from(">HH", reply, 8) + (reply,) for reply in replies)
    return b"".join(reply[12:12 + count] for _, count, reply in parts)


def items_of(replies):
    """The names in their order. Of lists, whose order is random, the kinds of names; NTPsec strews
    names of three random characters in."""
    text = text_of(replies).decode("latin-1")
    opcode = replies[0][1] & 0x1f
    if opcode == READ_STATUS and len(text) % 4 == 0 and not re.match(r"[a-z]+=", text):
        return "pairs of association and status"
    names = [part.split("=")[0].strip() for part in re.split(r',(?=(?:[^"]*"[^"]*")*[^"]*$)', text)]
    if opcode in (ORDERED_LIST, READ_CLIENTS):
        return sorted({name.split(".")[0] for name in names
                       if not re.fullmatch(r".{3}\.\d+", name) and
                       not name.startswith(("addr.older", "last.older", "now", "last.newest"))})
    # NTPsec leaves the address out where it is not known.
    return [name for name in names if name != "srcadr"]


def kind_of(replies):
    if not replies:
        return "silence"
    if replies[0][1] & 0x40:
        return f"error {replies[0][4]}"
    return items_of(replies)


def compare(answers):
    excepted, wrong, compared = set(), [], 0
    for title, request, recorded in recordings():
        ours = [bytes.fromhex(reply) for reply in answers[title].pop(0)]
        if title in ABOUT_RECORDED_CLIENTS:
            continue
        if title in EXCEPTIONS:
            expect(kind_of(ours) != kind_of(recorded), f"{title}: no exception")
            excepted.add(title)
            continue
        # A MAC for an association id that ours has not: unit tests send them.
        if len(request) - 12 >= 20 and struct.unpack_from(">H", request, 6)[0] in ASSOCIATIONS:
            continue
        compared += 1
        if kind_of(ours) != kind_of(recorded):
            wrong.append(f"{title}: {kind_of(ours)}, where NTPsec has {kind_of(recorded)}")
    expect(not wrong, "\n".join(wrong))
    expect(excepted == set(EXCEPTIONS), f"not seen: {set(EXCEPTIONS) - excepted}")
    return compared


def main():
    with Lab() as lab:
        server = chrony_server(lab)
        host = lab.host("ours")
        keys = host.write("ntp.keys", KEYS)
        host.ours(f"server {server.v4} iburst minpoll 3", "pool pool.invalid",
                  "server nts.invalid nts", "refclock local unit 1 stratum 10",
                  "refclock shm unit 0 refid TEST time1 0.0001 flag4 1", f"keys {keys}", "trustedkey 1 2 3",
                  "controlkey 1", 'setvar note = "hello world" default', "setvar hidden = 42",
                  'setvar rt = "x y" default',
                  *OPEN)
        wait_for("a system peer", 30, lambda: any(p.tally == "*" for p in host.peers()))
        rows = host.ntpq(NTPQ, "-c", "as", "127.0.0.1").stdout
        order = [int(row.split()[1]) for row in rows.splitlines() if re.match(r" +\d", row)]
        expect(len(order) == 5, rows)
        said = host.run("env", f"PYTHONPATH={HERE}", sys.executable, os.path.abspath(__file__),
                        "ask", json.dumps(order), seconds=100)
        answers = json.loads(said.stdout)
        print(f"{len(recordings())} requests, {compare(answers)} compared: the same kind of reply")


if sys.argv[1:2] == ["ask"]:
    ask_all(json.loads(sys.argv[2]))
else:
    main()
