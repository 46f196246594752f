# SPDX-License-Identifier: BSD-2-Clause
"""Machines of a Windows domain: Samba's part is played by a small server. Signed replies come back
to who asked; while Samba hangs, others are served; what it did is counted."""

import os
import socket
import struct
import threading

from lab import Lab, expect, join, wait_for

KEY = bytes([0xE8, 3, 0, 0])
SIGNATURE = bytes(range(16))


class Samba:
    """Answers as ntp_signd does, by `mode`: signs, refuses or hangs."""

    def __init__(self, folder):
        os.mkdir(folder)
        self.mode, self.requests = "sign", []
        self.listening = socket.socket(socket.AF_UNIX)
        self.listening.bind(os.path.join(folder, "socket"))
        self.listening.listen(8)
        self.held = []
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        while True:
            connection, _ = self.listening.accept()
            if self.mode == "hang":
                self.held.append(connection)
                continue
            with connection:
                frame = connection.recv(4096)
                self.requests.append(frame)
                number = frame[12:16]
                if self.mode == "sign":
                    body = struct.pack(">2I", 0, 3) + number + frame[20:68] + KEY + SIGNATURE
                else:
                    body = struct.pack(">2I", 0, 4) + number
                connection.sendall(struct.pack(">I", len(body)) + body)


def ask(address, trailer=b"", seconds=1.0):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(seconds)
        client.connect((address, 123))
        client.send(bytes([0x1B]) + bytes(47) + trailer)
        try:
            return client.recv(2000)
        except (TimeoutError, ConnectionRefusedError):
            return None


def counts(host):
    names = ("mssntp_serves", "mssntp_serves_no", "mssntp_serves_good", "mssntp_serves_bad",
             "mssntp_serves_err")
    said = host.variables("0 " + ",".join(names))
    return tuple(int(said.get(name, "-1")) for name in names)


with Lab() as lab:
    join()
    server = lab.host("server")
    folder = os.path.join(server.folder, "ntp_signd")
    daemon = server.ours(f"ntpsigndsocket {folder}", "unrestrict default limited noquery",
                         "restrict default mssntp")
    wait_for("the server", 10, lambda: ask(server.v4, seconds=0.3))

    machine = KEY + bytes(16)
    expect(ask(server.v4, machine, 0.5) is None, "an answer without Samba")
    wait_for("mssntp_serves_no", 5, lambda: counts(server) == (1, 1, 0, 0, 0))

    samba = Samba(folder)
    reply = ask(server.v4, machine)
    expect(reply is not None and len(reply) == 68 and reply[48:] == KEY + SIGNATURE, f"{reply}")
    frame = samba.requests[0]
    expect(len(frame) == 68 and frame[:12] == struct.pack(">3I", 64, 0, 0), f"{frame}")
    expect(frame[16:20] == KEY and frame[20:] == reply[:48], f"{frame}")

    samba.mode = "refuse"
    expect(ask(server.v4, machine, 0.5) is None, "an answer that is not signed")
    samba.mode = "hang"
    expect(ask(server.v4, machine, 0.2) is None, "an answer from a Samba that hangs")
    expect(len(ask(server.v4) or b"") == 48, "no answer for others while Samba hangs")
    expect("no answer in time" not in daemon.text(), "others had to wait for Samba")
    wait_for("the counters", 10, lambda: counts(server) == (4, 1, 1, 1, 1))

    text = daemon.text()
    for reason in ("No such file or directory", "refused with 4", "no answer in time"):
        expect(text.count(f"SIGND: {folder}/socket: {reason}") == 1, f"{reason} in\n{text}")
    daemon.expect_running()
