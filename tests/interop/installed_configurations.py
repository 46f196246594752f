# SPDX-License-Identifier: BSD-2-Clause
"""Configurations that distributions and NTPsec install run untouched, and pass a dry run.

The file of the unpacked package is taken as it is; those that are in no package here are copies of
their directives in tests/golden/conf/installed. Files they name are not on this machine, so that
the dry run may complain about these, but about no line.
"""

import glob
import json
import os

from lab import NTPD, PEERS, ROOT, Lab, command, expect, wait_for

FILES = [os.path.join(PEERS, "etc/ntpsec/ntp.conf"), os.path.join(PEERS, "etc/ntp.conf"),
         os.path.join(ROOT, "etc/ntp.conf"),
         *sorted(glob.glob(os.path.join(ROOT, "tests/golden/conf/installed/*/*")))]
# What depends on the machine, not on the file.
OF_THE_HOST = {"file-unreadable", "file-unwritable", "statsdir", "leap-file-expired"}

with Lab() as lab:
    host = lab.host("host")
    tried = [path for path in FILES if os.path.isfile(path)]
    expect(len(tried) >= 12, f"only {tried}")
    for number, path in enumerate(tried):
        result = command(NTPD, "--check", "--json", "-c", path, check=False)
        report = json.loads(result.stdout)
        errors = [f for f in report["findings"]
                  if f["severity"] == "error" and f["kind"] not in OF_THE_HOST]
        expect(not errors, f"{path}: {errors}")
        # Log files would be written outside, and certificates are not here.
        with open(path, encoding="utf-8") as file:
            if any(line.startswith(("logfile", "nts enable")) for line in file):
                continue
        daemon = host.start(f"installed-{number}", [NTPD, "-n", "-c", path])
        wait_for("start", 20, lambda: "INIT: precision" in daemon.text())
        daemon.expect_running()
        status = daemon.stop()
        expect(status == 0, f"status {status} of {path}")
        text = daemon.text()
        expect("syntax error" not in text, f"{path}: {text}")
        print(f"{path}: status {report['status']}, {len(report['findings'])} findings")
