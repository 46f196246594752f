# SPDX-License-Identifier: BSD-2-Clause
"""Our daemon takes time from NTPsec's: `*` within 15 s of its start, offset under 1 ms."""

from lab import OPEN, Lab, expect, expect_close, ntpsec_server, wait_for_system_peer

with Lab() as lab:
    server = ntpsec_server(lab)
    client = lab.host("client")
    daemon = client.ours(f"server {server.v4} iburst", *OPEN)
    peer, took = wait_for_system_peer(client, server.v4, 15)
    print(f"`*` after {took:.1f} s, offset {peer.offset_ms} ms")
    expect_close(peer)
    expect(peer.stratum == 2, f"stratum {peer.stratum}")
    daemon.expect_running()
