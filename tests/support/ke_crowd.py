# SPDX-License-Identifier: BSD-2-Clause
"""Holds connections to a server of key establishment open, idle or crawling, each from a loopback
address of its own: ke_crowd.py COUNT SECONDS. What the server closes is opened anew."""

import errno
import resource
import socket
import ssl
import sys
import time

from nts import context

count, seconds = int(sys.argv[1]), float(sys.argv[2])
hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, count + 100), hard))

incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
try:
    context().wrap_bio(incoming, outgoing).do_handshake()
except ssl.SSLWantReadError:
    pass
HELLO = outgoing.read()


def open_one(number):
    stream = socket.socket()
    stream.setblocking(False)
    stream.bind((f"127.{1 + number // 65000}.{number // 250 % 250}.{1 + number % 250}", 0))
    if stream.connect_ex(("127.0.0.1", 4460)) not in (0, errno.EINPROGRESS):
        stream.close()
        return None
    return stream


streams, sent, opened = [None] * count, [0] * count, 0
end = time.monotonic() + seconds
while time.monotonic() < end:
    for i, stream in enumerate(streams):
        if stream is None:
            streams[i], sent[i] = open_one(i), 0
            opened += 1
            continue
        try:
            if i % 2 == 0 and sent[i] < len(HELLO) - 1:  # every other one crawls
                sent[i] += stream.send(HELLO[sent[i]:sent[i] + 1])
            if stream.recv(100) == b"":
                raise ConnectionResetError
        except BlockingIOError:
            pass
        except OSError:
            stream.close()
            streams[i] = None
    time.sleep(0.1)
print(f"{opened} connections")
