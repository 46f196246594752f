# SPDX-License-Identifier: BSD-2-Clause
"""ntpdig takes time from our daemon, over IPv4 and IPv6."""

import re

from lab import NTPSEC_NTPDIG, Lab, expect, ours_server

TRIES = 25  # at the most: on a busy machine a packet may be late by more than the millisecond allowed


def ask(client, address):
    """The offset in s that ntpdig finds, which its own error bound must cover."""
    said = client.run(NTPSEC_NTPDIG, address).stdout.strip()
    print(said)
    match = re.search(r"\(\+0000\) ([+-][0-9.]+) \+/- ([0-9.]+) (\S+) s(\d+) (\S+)$", said)
    expect(match, f"ntpdig said {said!r}")
    offset, bound, stratum, leap = float(match[1]), float(match[2]), match[4], match[5]
    expect(abs(offset) <= bound, f"offset {offset} s outside its bound {bound} s")
    expect((stratum, leap) == ("2", "no-leap"), f"stratum {stratum}, {leap}")
    return offset


with Lab() as lab:
    server = ours_server(lab)
    client = lab.host("client")
    for address in (server.v4, server.v6):
        expect(any(abs(ask(client, address)) < 1e-3 for _ in range(TRIES)),
               f"never within 1 ms of {address}")
