# SPDX-License-Identifier: BSD-2-Clause
"""Our daemon takes time under NTS from NTPsec, over IPv4 and IPv6, and keeps it when the server's
keys rotate."""

import os

from certificates import Authority
from lab import Lab, chrony_server
from nts_lab import add_key, follow, keeps_following, start_ntpsec

with Lab() as lab:
    authority = Authority(os.path.join(lab.folder, "authority"))
    server, start = start_ntpsec(lab, authority, chrony_server(lab))
    daemon = start()
    clients = ((follow(lab, "from-ntpsec", authority, server.v4, server.v4), server.v4),
               (follow(lab, "from-ntpsec-6", authority, f"[{server.v6}]:4460", server.v6),
                server.v6))
    daemon.stop()
    add_key(server)
    start()
    for client, shown in clients:
        keeps_following(client, shown)
