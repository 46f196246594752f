# SPDX-License-Identifier: BSD-2-Clause
"""ntpq on a terminal: the prompt, completion, history, a password that is not shown, and Ctrl-C, which
ends a command that waits and keeps the prompt, and at the prompt ends the program."""

import re
import sys
import time

from lab import NTPQ, OPEN, Lab, expect, wait_for
from terminal import Terminal

SILENT = "import socket, time; s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); " \
         "s.bind(('', 123)); time.sleep(600)"
PROMPT = r"^ntpq> *\Z"


def prompt(terminal):
    """Waits until the last line is an empty prompt."""
    wait_for("a prompt", 10, lambda: re.search(PROMPT, terminal.screen().rstrip(), re.MULTILINE))
    return terminal.screen()


def enter(terminal, *keys):
    """A line, and what stands there when the next is asked for."""
    before = terminal.screen()
    terminal.press(*keys, "Enter")
    wait_for("an echo", 10, lambda: terminal.screen() != before)
    return prompt(terminal)


with Lab() as lab:
    host, silent = lab.host("ours"), lab.host("silent")
    daemon = host.ours("server 10.77.0.250", *OPEN)
    silent.start("silent", [sys.executable, "-c", SILENT])
    wait_for("an answer", 10, lambda: host.variables().get("leap"))
    terminal = Terminal(host, "ntpq", [NTPQ, "127.0.0.1"])
    prompt(terminal)
    terminal.press("vers", "Tab")
    terminal.wait_for(r"^ntpq> version")
    expect(enter(terminal).count("regulator-") == 1, "version")
    expect(enter(terminal, "Up").count("regulator-") == 2, "the last line again")
    terminal.press("rv 0 strat", "Tab")
    terminal.wait_for(r"^ntpq> rv 0 stratum")
    expect("\nstratum=16\n" in enter(terminal), "a completed variable")
    print("prompt, completion and history")

    enter(terminal, "keyid 1")
    terminal.press("passwd", "Enter")
    terminal.wait_for("^AES Password:")
    expect("secret-word" not in enter(terminal, "secret-word"), "the password is on the screen")
    print("password")

    enter(terminal, f"host {silent.v4}")
    terminal.press("clear", "Enter")
    for command in ("rv", "peers", "mrulist", "why"):
        terminal.press(command, "Enter")
        time.sleep(1)
        expect(re.search(rf"^ntpq> {command}", terminal.screen(), re.MULTILINE), terminal.screen())
        begin = time.monotonic()
        terminal.press("C-c")
        screen = prompt(terminal)
        expect(time.monotonic() - begin < 4 and "timed out" not in screen,
               f"{command} was not ended by Ctrl-C:\n{screen}")
    enter(terminal, "host 127.0.0.1")
    expect("\nleap=11\n" in enter(terminal, "rv 0 leap"), terminal.screen())
    print("Ctrl-C ends rv, peers, mrulist and why, and the session goes on")
    terminal.press("C-c")
    terminal.wait_for("^ENDED 0")
    terminal.close()

    # Commands by a pipe: the password is asked for on the terminal even so.
    commands = "keyid 1\\npasswd\\nrv 0 leap\\n"
    piped = Terminal(host, "piped", [f"printf '{commands}' | {NTPQ} 127.0.0.1"])
    piped.wait_for("^AES Password:")
    piped.press("another-secret", "Enter")
    piped.wait_for("^leap=11")
    expect("another-secret" not in piped.screen(), piped.screen())
    piped.close()
    print("password on the terminal while commands come by a pipe")
    daemon.expect_running()
