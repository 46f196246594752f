# SPDX-License-Identifier: BSD-2-Clause
"""The same over IPv6."""

from lab import OPEN, Lab, chrony_server, expect_close, wait_for_system_peer

with Lab() as lab:
    server = chrony_server(lab)
    client = lab.host("client")
    client.ours(f"server {server.v6} iburst", *OPEN)
    peer, took = wait_for_system_peer(client, server.v6, 15)
    print(f"`*` after {took:.1f} s, offset {peer.offset_ms} ms")
    expect_close(peer)
