# SPDX-License-Identifier: BSD-2-Clause
"""Our daemon, synchronized with four sources at poll 6, is resident in at most 10 MiB."""

import time

from lab import Lab, expect, idle_client, resident_kib

with Lab() as lab:
    _, daemon = idle_client(lab)
    time.sleep(5)
    resident = resident_kib(daemon.pid)
    print(f"{resident} KiB resident")
    expect(resident <= 10 * 1024, f"{resident} KiB resident")
