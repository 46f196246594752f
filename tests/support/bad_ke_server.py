# SPDX-License-Identifier: BSD-2-Clause
"""Servers for key establishment, each of which does one thing wrong.

    bad_ke_server.py PORT ADDRESS=CASE:CHAIN:KEY...

Each case listens at an address of its own, and does the same to every connection.
"""

import socket
import ssl
import struct
import sys
import threading
import time

PORT = int(sys.argv[1])


def record(number, body=b"", critical=False):
    return struct.pack("!HH", number | (0x8000 if critical else 0), len(body)) + body


PROTOCOL = record(1, b"\0\0", True)
AEAD = record(4, b"\0\x0f", True)
END = record(0, b"", True)
COOKIE = record(5, bytes(100))


def message(*extra, cookies=8 * COOKIE):
    return PROTOCOL + AEAD + cookies + b"".join(extra) + END


REPLIES = {
    "garbage-inside": bytes(range(256)) * 4 + END,
    "half-record": message()[:-106],
    "endless": record(5, bytes(60000)) * 2,
    "no-cookies": message(cookies=b""),
    "odd-cookies": message(cookies=record(5, bytes(101)) + record(5) + record(5, bytes(60000))),
    "hundred-cookies": message(cookies=100 * COOKIE),
    "critical": message(record(99, b"", True)),
    "not-critical": message(record(99, b"x")),
    "error": record(2, b"\0\1", True) + END,
    "warning": message(record(3, b"\0\0", True)),
    "port-zero": message(record(7, b"\0\0")),
    "other-protocol": record(1, b"\x80\1", True) + AEAD + COOKIE + END,
    "two-protocols": record(1, b"\0\0\x80\1", True) + AEAD + COOKIE + END,
    "other-aead": PROTOCOL + record(4, b"\0\x11", True) + COOKIE + END,
    "behind-end": message() + END,
    "redirect-nowhere": message(record(6, b"no-such-host.test")),
    "redirect-multicast": message(record(6, b"224.0.1.1")),
    "close-inside": b"",
}


def context(case, chain, key):
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(chain, key)
    if case == "tls12":
        tls.maximum_version = ssl.TLSVersion.TLSv1_2
    if case == "wrong-alpn":
        tls.set_alpn_protocols(["http/1.1"])
    elif case != "no-alpn":
        tls.set_alpn_protocols(["ntske/1"])
    return tls


def serve(case, connection, tls):
    if case == "close":
        return
    if case == "stall":
        time.sleep(60)
        return
    if case == "garbage":
        connection.recv(4096)
        connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        return
    with tls.wrap_socket(connection, server_side=True) as session:
        session.recv(4096)
        if case == "stall-inside":
            time.sleep(60)
        elif case == "stall-in-record":
            session.sendall(message()[:20])
            time.sleep(60)
        else:
            session.sendall(REPLIES.get(case, message()))


def listen(address, case, chain, key):
    tls = context(case, chain, key)
    listener = socket.create_server((address, PORT))
    while True:
        connection, _ = listener.accept()
        with connection:
            try:
                serve(case, connection, tls)
            except OSError:
                pass  # what the client thinks of it is in the client's log


for argument in sys.argv[2:]:
    where, _, what = argument.partition("=")
    threading.Thread(target=listen, args=(where, *what.split(":"))).start()
