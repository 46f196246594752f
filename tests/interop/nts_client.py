# SPDX-License-Identifier: BSD-2-Clause
"""Our daemon takes time under NTS from NTPsec and from chrony, over IPv4 and IPv6."""

import os

from certificates import Authority
from lab import NTPSEC_NTPQ, OPEN, Lab, chrony_server, expect, wait_for, wait_for_system_peer
from nts_lab import SECONDS, start_chrony, start_ntpsec


def follow(lab, name, authority, server, shown):
    """A client of ours with one NTS line; until it has its system peer, and eight cookies."""
    client = lab.host(name)
    daemon = client.ours(f"server {server} nts iburst minpoll 3 maxpoll 3",
                         f"nts ca {authority.certificate}", *OPEN)
    peer, took = wait_for_system_peer(client, shown, SECONDS)
    print(f"{name}: `*` after {took:.1f} s, offset {peer.offset_ms} ms, cookies {peer.kind}")
    wait_for("eight cookies", 20, lambda: [p.kind for p in client.peers()] == ["8"])
    daemon.expect_running()
    text = daemon.text()
    for line in ("NTSc: certificate is valid.", "NTSc: Got ", "NTSc: Using TLSv1.3, "):
        expect(line in text, f"{name}: not in the log: {line}")
    wait_for("ntscookies", 20, lambda: client.variables("&1").get("ntscookies") == "8")
    said = client.ntpq(NTPSEC_NTPQ, "-c", "as", "127.0.0.1", check=False).stdout
    expect(" ok " in said, f"{name}: not authentic: {said}")


with Lab() as lab:
    authority = Authority(os.path.join(lab.folder, "authority"))
    source = chrony_server(lab)
    ntpsec = start_ntpsec(lab, authority, source)
    chrony = start_chrony(lab, authority)
    follow(lab, "from-ntpsec", authority, ntpsec.v4, ntpsec.v4)
    follow(lab, "from-ntpsec-6", authority, f"[{ntpsec.v6}]", ntpsec.v6)
    follow(lab, "from-chrony", authority, chrony.v4, chrony.v4)
    follow(lab, "from-chrony-6", authority, f"[{chrony.v6}]:4460", chrony.v6)
