# SPDX-License-Identifier: BSD-2-Clause
"""Our daemon takes time under NTS from chrony, over IPv4 and IPv6, while the server's keys rotate."""

import os

from certificates import Authority
from lab import Lab
from nts_lab import follow, keeps_following, start_chrony

with Lab() as lab:
    authority = Authority(os.path.join(lab.folder, "authority"))
    server = start_chrony(lab, authority, "chrony", "ntsrotate 20")
    clients = ((follow(lab, "from-chrony", authority, server.v4, server.v4), server.v4),
               (follow(lab, "from-chrony-6", authority, f"[{server.v6}]:4460", server.v6),
                server.v6))
    for client, shown in clients:
        keeps_following(client, shown)
