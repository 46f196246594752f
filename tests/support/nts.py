# SPDX-License-Identifier: BSD-2-Clause
"""What tests of NTS need: certificates made on the spot, and sessions of key establishment by hand."""

import os
import re
import signal
import socket
import ssl
import struct
import time

from lab import command, expect, wait_for

REQUEST = bytes.fromhex("800100020000" "80040002000f" "80000000")
NAMES = {0: "end", 1: "protocol", 2: "error", 4: "aead", 5: "cookie", 6: "server", 7: "port"}


def name(host):
    """Gives a host the names HOST4.test and HOST6.test, for all programs of this test."""
    hosts = host.write("hosts", [f"{host.v4} {host.name}4.test", f"{host.v6} {host.name}6.test"])
    command("mount", "--bind", hosts, "/etc/hosts")


class Certificate:
    """A self-signed certificate for a host's addresses and names; `path` is also what clients trust."""

    def __init__(self, host, name="server", days=30):
        self.path = os.path.join(host.folder, f"{name}.pem")
        self.key = os.path.join(host.folder, f"{name}.key")
        command("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                "-nodes", "-days", str(days), "-subj", f"/CN={host.name}", "-addext",
                f"subjectAltName=DNS:{host.name}4.test,DNS:{host.name}6.test,"
                f"IP:{host.v4},IP:{host.v6}", "-keyout", self.key,
                "-out", self.path)


def server_lines(host, certificate, cookies=None):
    """What makes a server of NTS of our daemon and of NTPsec's."""
    cookies = cookies or os.path.join(host.folder, "nts-keys")
    return server_lines_of(certificate.path, certificate.key, cookies)


def server_lines_of(chain, key, cookies):
    return ("nts enable", f"nts cert {chain}", f"nts key {key}", f"nts cookie {cookies}")


def rotate(daemon, cookies):
    """Lets our daemon's newest key be older than a day, and than the patience with those who feed
    files, so that it makes another; gives the number of keys before."""
    with open(cookies, encoding="ascii") as file:
        text = file.read()
    before = len(re.findall("^I:", text, re.MULTILINE))
    with open(cookies, "w", encoding="ascii") as file:
        file.write(re.sub(r"^T: \d+", f"T: {int(time.time()) - 86400 - 7 * 3600}", text))
    daemon.process.send_signal(signal.SIGHUP)
    wait_for("a rotation", 5,
             lambda: f"Wrote new cookie file, {before + 1} keys" in daemon.text())
    return before


def records(reply):
    """The records of a message: type, critical, body."""
    found, at = [], 0
    while at < len(reply):
        expect(at + 4 <= len(reply), f"half a record at {at} of {reply.hex()}")
        kind, size = struct.unpack(">HH", reply[at:at + 4])
        found.append((kind & 0x7fff, kind >> 15, reply[at + 4:at + 4 + size]))
        at += 4 + size
    expect(at == len(reply), f"the last record of {reply.hex()} is cut")
    return found


def error_of(reply):
    """The code of the Error record; nothing if there is none."""
    return next((struct.unpack(">H", body)[0] for kind, _, body in records(reply) if kind == 2),
                None)


def context(alpn=("ntske/1",), newest=ssl.TLSVersion.TLSv1_3):
    result = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    result.check_hostname = False
    result.verify_mode = ssl.CERT_NONE
    result.maximum_version = newest
    if alpn:
        result.set_alpn_protocols(list(alpn))
    return result


source = None  # the address to connect from, if it matters


def connect(address, seconds=5, port=4460):
    return socket.create_connection((address, port), seconds,
                                    source_address=(source, 0) if source else None)


def read_all(stream):
    data = b""
    try:
        while part := stream.recv(65536):
            data += part
    except (ssl.SSLError, ConnectionResetError) as error:
        return data, type(error).__name__
    return data, "closed"


def exchange(address, request=REQUEST, pieces=None, tls=None):
    """One session: what came back."""
    with connect(address) as plain:
        with (tls or context()).wrap_socket(plain) as stream:
            for piece in pieces or [request]:
                stream.sendall(piece)
            return read_all(stream)[0]
