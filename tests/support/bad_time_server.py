# SPDX-License-Identifier: BSD-2-Clause
"""Servers of the time that are each bad in a way of their own: ADDRESS=KIND ...

false: ten seconds ahead. far: a root dispersion of three seconds. unsynchronized: leap 3 and stratum
16. denies: the kiss DENY. Runs until it is ended.
"""

import select
import socket
import struct
import sys
import time

ERA = 2208988800
KINDS = ("false", "far", "unsynchronized", "denies")


def stamp(seconds):
    whole = int(seconds)
    return struct.pack(">II", (whole + ERA) & 0xffffffff, int((seconds - whole) * 2**32))


def answer(kind, request, received):
    leap, stratum, dispersion, reference = 0, 1, 0.0, b"TEST"
    offset = 10 if kind == "false" else 0
    if kind == "far":
        dispersion = 3.0
    if kind == "unsynchronized":
        leap, stratum, reference = 3, 16, b"INIT"
    if kind == "denies":
        leap, stratum, reference = 3, 0, b"DENY"
    return (struct.pack(">BBbbII4s", leap << 6 | 4 << 3 | 4, stratum, 6, -20, 0,
                        int(dispersion * 65536), reference)
            + stamp(received + offset) + request[40:48] + stamp(received + offset)
            + stamp(time.time() + offset))


def main(arguments):
    sockets = {}
    for argument in arguments:
        address, kind = argument.split("=")
        assert kind in KINDS, kind
        channel = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        channel.bind((address, 123))
        sockets[channel] = kind
    while True:
        for channel in select.select(list(sockets), [], [])[0]:
            request, client = channel.recvfrom(2048)
            if len(request) >= 48:
                channel.sendto(answer(sockets[channel], request, time.time()), client)


main(sys.argv[1:])
