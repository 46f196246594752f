# SPDX-License-Identifier: BSD-2-Clause
"""What our idle daemon costs, with four sources at poll 6: memory, wake-ups and processor time.

idle.py [SECONDS]: over how long to count, 60 by default, once the first bursts are over.
"""

import glob
import os
import re
import sys
import time

from lab import Lab, idle_client, resident_kib


def switches(pid):
    """How often the process's threads have waited and been woken."""
    count = 0
    for path in glob.glob(f"/proc/{pid}/task/*/status"):
        with open(path, encoding="ascii", errors="replace") as file:
            count += int(re.search(r"^voluntary_ctxt_switches:\s*(\d+)", file.read(), re.M)[1])
    return count


def processor_seconds(pid):
    """Time on a processor by the scheduler's own count, which is finer than the clock tick."""
    total = 0
    for path in glob.glob(f"/proc/{pid}/task/*/schedstat"):
        with open(path, encoding="ascii") as file:
            total += int(file.read().split()[0])
    return total / 1e9


seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 60.0
with Lab() as lab:
    _, daemon = idle_client(lab)
    time.sleep(10)
    woken, busy, begin = switches(daemon.pid), processor_seconds(daemon.pid), time.monotonic()
    time.sleep(seconds)
    woken, busy = switches(daemon.pid) - woken, processor_seconds(daemon.pid) - busy
    took = time.monotonic() - begin
    daemon.expect_running()
    threads = len(os.listdir(f"/proc/{daemon.pid}/task"))
    print(f"resident {resident_kib(daemon.pid)} KiB, {threads} threads")
    print(f"{woken / took:.2f} wake-ups a second, {1e3 * busy / took:.2f} ms of CPU a second, "
          f"over {took:.0f} s")
