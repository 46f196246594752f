# SPDX-License-Identifier: BSD-2-Clause
"""NTPsec's daemon takes time from ours."""

from lab import OPEN, Lab, expect, expect_close, ours_server, wait_for_system_peer

with Lab() as lab:
    server = ours_server(lab)
    client = lab.host("client")
    client.ntpsec(f"server {server.v4} iburst", *OPEN)
    peer, took = wait_for_system_peer(client, server.v4, 40)
    print(f"`*` after {took:.1f} s, offset {peer.offset_ms} ms")
    expect_close(peer)
    expect(peer.stratum == 2, f"stratum {peer.stratum}")
