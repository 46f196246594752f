# SPDX-License-Identifier: BSD-2-Clause
"""The command line of our daemon: statuses and output, beside NTPsec's where they agree."""

import json
import os
import re
import signal
import subprocess

from lab import NTPD, NTPSEC_NTPD, OPEN, Lab, chrony_server, command, environment, expect, wait_for

# NTPsec opens the log and writes the process number even so.
GIVEN = ["-c", "/x", "-f", "/d", "-I", "lo", "-l", "/dev/null", "-L", "-p", "/dev/null", "-q", "-s",
         "/s/", "-u", "u:g", "-i", "/j", "-g", "-G", "-x", "-U", "60", "-N", "-P", "5", "-n", "-d",
         "-m", "-4"]
NOT_COMPARED = ("#debug", "statsdir", "#interface")


def settings(program, *arguments):
    """The lines of -R but those of debug builds; NTPsec 1.2.2 loses -s, and has another default."""
    result = command(program, "-R", *arguments)
    return [line for line in result.stdout.splitlines()
            if re.match(r'[#a-z_]+ [="]', line) and not line.startswith(NOT_COMPARED)]


with Lab() as lab:
    server = chrony_server(lab)
    client = lab.host("client")
    lone = lab.host("lone")

    for arguments in ([], GIVEN, ["-u", "nobody"], ["--drift", "/d", "--conf", "/c", "--c", "/e"]):
        ours, theirs = settings(NTPD, *arguments), settings(NTPSEC_NTPD, *arguments)
        expect(ours == theirs, f"-R {arguments}: {ours} against {theirs}")

    for status, arguments in (
            (1, ["-y"]), (1, ["-c"]), (1, ["--ipv"]), (1, ["-b"]), (1, ["-r", "3"]),
            (1, ["--nonsense"]), (1, ["-u", "a", "-u", "b"]), (1, ["--nofork=yes"]),
            (0, ["-V"]), (0, ["--ver"]), (0, ["-h"])):
        for program in (NTPD, NTPSEC_NTPD):
            result = lone.run(program, *arguments, check=False)
            expect(result.returncode == status, f"{program} {arguments}: {result.returncode}")
    for arguments in (["-t", "0"], ["-t", "65536"], ["-U", "-1"], ["-w", "soon"], ["--json"]):
        expect(lone.run(NTPD, *arguments, check=False).returncode == 1, f"{arguments}")
    expect(lone.run(NTPD, "-n", "-u", "no-such-user", check=False).returncode == 255, "-u")
    expect(lone.run(NTPD, "-n", "-i", "/no/such/folder", check=False).returncode == 255, "-i")

    # Rules of both places.
    config = lone.write("rules.conf", ["interface listen all"])
    for option in (["-I", "lo"], ["-L"]):
        result = lone.run(NTPD, "-n", "-c", config, *option, check=False)
        expect(result.returncode == 1 and "not allowed with" in result.stdout + result.stderr,
               f"{option}: {result}")

    # -q, by a name of the command line. Nobody here may set the clock, which is to be said, unless
    # it is not to be set.
    result = client.run(NTPD, "-q", "-c", "/nonexistent", server.v4, check=False, seconds=40)
    expect(result.returncode == 1 and "could not be set" in result.stderr, f"-q: {result}")
    config = client.write("watch.conf", ["disable ntp"])
    result = client.run(NTPD, "-q", "-c", config, server.v4, check=False, seconds=40)
    expect(result.returncode == 0, f"-q: {result}")
    expect(re.search(r"^ntpd: time offset [+-]\d+\.\d{6}s$", result.stdout, re.MULTILINE),
           f"-q: {result.stdout}")
    result = lone.run(NTPD, "-q", "-c", lone.write("none.conf", OPEN), check=False)
    expect(result.returncode == 1 and "no servers found" in result.stdout + result.stderr,
           f"-q without servers: {result}")

    # -w: 110 if it takes too long, the child's own status if that dies, 0 once synchronized.
    pid = os.path.join(lone.folder, "pid")
    result = lone.run(NTPD, "-w", "2", "-p", pid, "-c", "/nonexistent", "10.77.0.99", check=False)
    expect(result.returncode == 110, f"-w: {result}")
    with open(pid, encoding="ascii") as file:
        left = int(file.read())
    result = lone.run(NTPD, "-w", "20", "-c", "/nonexistent", "10.77.0.99", check=False)
    expect(result.returncode == 1, f"-w with the port in use: {result}")
    os.kill(left, 15)
    pid = os.path.join(client.folder, "pid")
    result = client.run(NTPD, "-n", "-w", "40", "-p", pid, "-c", "/nonexistent", server.v4,
                        check=False, seconds=50)
    expect(result.returncode == 0, f"-w: {result}")
    with open(pid, encoding="ascii") as file:
        os.kill(int(file.read()), 15)

    # Variables, of the command line and of the file, which counts.
    config = lone.write("vars.conf", ["setvar motto = \"of the file\" default", *OPEN])
    daemon = lone.start("vars", [NTPD, "-n", "-c", config, "-z", "color=red", "--dvar", "size=7",
                                 "-Z", "motto=lost"])
    wait_for("an answer", 10, lambda: "size" in lone.variables())
    shown = lone.variables()
    expect(shown.get("size") == "7" and "of the file" in shown.get("motto", ""), f"{shown}")
    expect("color" not in shown, f"{shown}")
    expect("red" in lone.ntpq(os.path.join(os.path.dirname(NTPSEC_NTPD), "../bin/ntpq"), "-c",
                              "rv 0 color", "127.0.0.1").stdout, "rv 0 color")
    expect(daemon.stop() == 0, "vars")

    # Whoever starts it in the background is told why it does not start.
    busy = lone.start("busy", [NTPD, "-n", "-c", lone.write("busy.conf", OPEN)])
    wait_for("an answer", 10, lambda: "peer" in lone.variables())
    result = lone.run(NTPD, "-c", "/nonexistent", check=False)
    expect(result.returncode == 1 and "unable to bind" in result.stderr, f"port in use: {result}")
    os.kill(busy.pid, signal.SIGALRM)
    wait_for("an answer after SIGALRM", 10, lambda: "peer" in lone.variables())
    os.kill(busy.pid, signal.SIGBUS)
    expect(busy.process.wait(10) == 0 and "exiting on signal 7 (Bus error)" in busy.text(),
           f"SIGBUS: {busy.text()}")
    result = lone.run(NTPD, "-u", "no-such-user", "-c", "/nonexistent", check=False)
    expect(result.returncode == 255 and "no-such-user" in result.stderr, f"-u: {result}")

    # In a jail: names of files are those inside, and what lies outside is out of reach.
    jail = os.path.join(lone.folder, "jail")
    os.mkdir(jail)
    config = lone.write("jail.conf", ["driftfile /drift", *OPEN])
    daemon = lone.start("jail", [NTPD, "-n", "-c", config, "-i", jail])
    wait_for("an answer", 10, lambda: "peer" in lone.variables())
    expect(os.readlink(f"/proc/{daemon.process.pid}/root") == jail, "the root is not the jail")
    os.kill(daemon.process.pid, signal.SIGHUP)
    wait_for("a refusal", 10, lambda: "the running one is kept whole" in daemon.text())
    expect(daemon.stop() == 0, "jail")

    # A dry run needs no rights, opens no socket and looks up no name.
    config = lone.write("check.conf", ["server name.example iburst", "sevrer typo", *OPEN])
    result = subprocess.run(["setpriv", "--bounding-set=-all", "--inh-caps=-all", NTPD, "--check",
                             "--json", "-c", config], capture_output=True, text=True, timeout=10,
                            env=environment(), check=False)
    report = json.loads(result.stdout)
    expect(result.returncode == report["status"] == 2, f"--check: {result}")
    finding = next(f for f in report["findings"] if f["severity"] == "error")
    expect(finding["file"] == config and finding["line"] == 2, f"{finding}")
