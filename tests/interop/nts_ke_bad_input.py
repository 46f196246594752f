# SPDX-License-Identifier: BSD-2-Clause
"""Our server of key establishment against clients that do it wrong: each gets the answer that
RFC 8915 says, one line in the log with the reason, and is counted; then an honest one is served."""

import os
import socket
import ssl
import struct
import time

import nts
from lab import OPEN, Failure, Lab, command, expect, join, wait_for
from nts import (REQUEST, Certificate, connect, context, error_of, exchange, read_all, records,
                 server_lines)

NPN, AEAD, END = REQUEST[:6], REQUEST[6:12], REQUEST[12:]
GOOD, BAD, NO_TLS = "nts_ke_serves_good", "nts_ke_serves_bad", "nts_ke_serves_nossl"
DEADLINE = 2


def record(kind, body=b"", critical=True):
    return struct.pack(">HH", kind | (0x8000 if critical else 0), len(body)) + body


def refused(tls, reason):
    """The handshake fails by an alert."""
    def act(address):
        try:
            exchange(address, tls=tls)
        except ssl.SSLError as error:
            expect(reason in str(error).lower().replace("_", " "), f"{error}, not {reason}")
            return
        raise Failure("the handshake worked")
    return act


def raw(data, patience=0.0, half_close=False):
    """Octets that are no TLS; the server closes without ever sending any itself but an alert."""
    def act(address):
        with connect(address) as stream:
            begin = time.monotonic()
            try:
                stream.sendall(data)
                if half_close:
                    stream.shutdown(socket.SHUT_WR)
                answer, _ = read_all(stream)
            except (BrokenPipeError, ConnectionResetError):
                answer = b""
            took = time.monotonic() - begin
            expect(not answer or answer[0] == 21, f"answer {answer[:40].hex()}")
            expect(patience <= took < DEADLINE + 2, f"closed after {took:.1f} s")
    return act


def client_hello():
    """The first octets of an honest client."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = context().wrap_bio(incoming, outgoing)
    try:
        client.do_handshake()
    except ssl.SSLWantReadError:
        pass
    return outgoing.read()


def replied(error, *pieces, aead=None, then="wait"):
    """A session of TLS with an answer: an Error record, or none and so no cookies; then its end."""
    def act(address):
        with connect(address) as plain, context().wrap_socket(plain) as stream:
            for piece in pieces:
                stream.sendall(piece)
            if then == "close":
                with socket.socket(fileno=os.dup(stream.fileno())) as same:
                    same.shutdown(socket.SHUT_WR)
            answer, end = read_all(stream)
        expect(end == "closed", f"no close_notify but {end}")
        found = records(answer)
        expect(error_of(answer) == error, f"error {error_of(answer)}, not {error}: {found}")
        expect(found[-1] == (0, 1, b""), f"no end of message: {found}")
        if error is None and aead is not None:
            expect(aead in [(kind, body) for kind, _, body in found], f"records {found}")
        expect(error is None or len(found) == 2, f"more than an Error record: {found}")
    return act


def silent(address):
    """TLS without ALPN: closed without a word."""
    with connect(address) as plain, context(alpn=()).wrap_socket(plain) as stream:
        expect(read_all(stream)[0] == b"", "an answer without ALPN")


HELLO = client_hello()
LONG = record(0x4000, bytes(500), critical=False)

CASES = (
    ("TLS 1.2", refused(context(newest=ssl.TLSVersion.TLSv1_2), "protocol version"),
     "unsupported protocol", NO_TLS),
    ("another ALPN", refused(context(alpn=("h2", "http/1.1")), "no application protocol"),
     "no application protocol", NO_TLS),
    ("no ALPN", silent, "the client offers no ALPN", BAD),
    ("nothing and closed", raw(b"", half_close=True), "closed by the client", NO_TLS),
    ("half a ClientHello and closed", raw(HELLO[:100], half_close=True), "closed by the client",
     NO_TLS),
    ("HTTP", raw(b"GET / HTTP/1.1\r\n\r\n"), "http request", NO_TLS),
    ("garbage", raw(bytes(range(256)) * 4), "wrong version number", NO_TLS),
    ("64 KiB of garbage", raw(b"\x55" * 65536), "wrong version number", NO_TLS),
    ("silence", raw(b"", DEADLINE - 0.5), "Timeout", NO_TLS),
    ("one octet", raw(HELLO[:1], DEADLINE - 0.5), "Timeout", NO_TLS),
    ("half a ClientHello", raw(HELLO[:200], DEADLINE - 0.5), "Timeout", NO_TLS),
    ("no request", replied(1), "there was no request (Timeout)", BAD),
    ("half a record", replied(1, NPN[:3]), "the request has no end (Timeout)", BAD),
    ("half a request", replied(1, NPN + AEAD), "the request has no end (Timeout)", BAD),
    ("half a request and closed", replied(1, NPN, then="close"),
     "the request has no end (closed by the client)", BAD),
    ("unknown critical record", replied(0, NPN, record(0x4000), AEAD, END),
     "unknown critical record 16384", BAD),
    ("fixed keys", replied(0, NPN, AEAD, record(12, bytes(64)), END), "unknown critical record 12",
     BAD),
    ("64 KiB of records", replied(1, NPN + AEAD + LONG * 130), "longer than 2048 octets", BAD),
    ("no protocol", replied(1, AEAD, END), "no next protocol record", BAD),
    ("two protocols records", replied(1, NPN, NPN, AEAD, END), "two next protocol records", BAD),
    ("odd protocols", replied(1, record(1, b"\0\0\0"), AEAD, END), "next protocol record is malformed",
     BAD),
    ("no AEAD", replied(1, NPN, END), "no AEAD record", BAD),
    ("an Error record", replied(1, NPN, AEAD, record(2, b"\0\0"), END), "record 2 in a request", BAD),
    ("a cookie", replied(1, NPN, AEAD, record(5, bytes(104), False), END), "record 5 in a request",
     BAD),
    ("an end with a body", replied(1, NPN, AEAD, record(0, b"x")), "end of message is malformed",
     BAD),
    ("only another protocol", replied(None, record(1, b"\x80\x01"), AEAD, END, aead=(1, b"")),
     "does not offer NTPv4", BAD),
    ("only an unknown AEAD", replied(None, NPN, record(4, b"\x03\xe7"), END, aead=(4, b"")),
     "no AEAD of ours", BAD),
)


def counters(host):
    said = host.variables(f"0 {GOOD},{BAD},{NO_TLS}")
    return {name: int(said.get(name, "-1")) for name in (GOOD, BAD, NO_TLS)}


with Lab() as lab:
    join()
    server = lab.host("server")
    certificate = Certificate(server)
    daemon = server.ours(*server_lines(server, certificate), *OPEN)
    wait_for("the server", 15, lambda: counters(server)[GOOD] == 0)

    def serves():
        try:
            return len(exchange(server.v4)) > 800
        except OSError:
            return False

    wait_for("an honest session", 10, serves)
    for number, (name, act, reason, counter) in enumerate(CASES):
        # Each from an address of its own, or the same reason would be in the log but once.
        nts.source = f"10.77.0.{100 + number}"
        command("ip", "address", "add", f"{nts.source}/24", "dev", "br0")
        before, logged = counters(server), len(daemon.text())
        try:
            act(server.v4)
        except Failure as failure:
            raise Failure(f"{name}: {failure}") from None
        wanted = before | {counter: before[counter] + 1}
        wait_for(f"{name}: {counter}", 5, lambda: counters(server) == wanted, 0.05)
        lines = [line for line in daemon.text()[logged:].splitlines() if "NTS-KE from" in line]
        expect(len(lines) <= 1, f"{name}: more than one line: {lines}")
        expect(lines and "Failed" in lines[0] and reason in lines[0],
               f"{name}: {lines}, not {reason!r}")
        daemon.expect_running()
        print(f"{name}: {lines[0].split('NTS-KE from ')[1]}")

    # An honest client whose request comes octet by octet, and one that offers more.
    exchange_of = exchange(server.v4, pieces=[bytes([octet]) for octet in REQUEST])
    expect(len(records(exchange_of)) == 11, "a request in pieces")
    # What comes behind the end may be on its way when the reply is made: it is ignored always.
    expect(len(records(exchange(server.v4, REQUEST + NPN))) == 11, "data behind the end")
    many = NPN + record(4, struct.pack(">3H", 999, 17, 15)) + END
    found = records(exchange(server.v4, many))
    expect((4, struct.pack(">H", 17)) in [(kind, body) for kind, _, body in found], f"{found}")
    expect({len(body) for kind, _, body in found if kind == 5} == {168}, "cookies of AEAD 17")
    expect(os.stat(os.path.join(server.folder, "nts-keys")).st_mode & 0o777 == 0o600, "nts-keys")
    expect(daemon.stop() == 0, "the daemon did not end well")
