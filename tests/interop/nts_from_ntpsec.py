# SPDX-License-Identifier: BSD-2-Clause
"""Our daemon takes time under NTS from NTPsec, over IPv4 and IPv6."""

import os

from certificates import Authority
from lab import Lab, chrony_server
from nts_lab import follow, start_ntpsec

with Lab() as lab:
    authority = Authority(os.path.join(lab.folder, "authority"))
    source = chrony_server(lab)
    server = start_ntpsec(lab, authority, source)
    follow(lab, "from-ntpsec", authority, server.v4, server.v4)
    follow(lab, "from-ntpsec-6", authority, f"[{server.v6}]:4460", server.v6)
