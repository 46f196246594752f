# SPDX-License-Identifier: BSD-2-Clause
"""A program on a terminal, by tmux."""

import os
import re

from lab import wait_for


class Terminal:
    """A terminal of 80 by 24 in which a program runs, by tmux."""

    def __init__(self, host, name, program):
        self.tmux = ["tmux", "-f", "/dev/null", "-S", os.path.join(host.folder, name)]
        self.host = host
        host.run(*self.tmux, "new-session", "-d", "-x", "80", "-y", "24",
                 " ".join([*program, "; echo ENDED $?; sleep 60"]))

    def screen(self):
        return self.host.run(*self.tmux, "capture-pane", "-p").stdout

    def press(self, *keys):
        self.host.run(*self.tmux, "send-keys", *keys)

    def wait_for(self, *patterns):
        seen = []

        def probe():
            seen[:] = [self.screen()]
            return all(re.search(p, seen[0], re.MULTILINE) for p in patterns)

        try:
            wait_for(f"{patterns} on the screen", 10, probe)
        except Exception:
            print(seen[0])
            raise
        return seen[0]

    def close(self):
        self.host.run(*self.tmux, "kill-server", check=False)
