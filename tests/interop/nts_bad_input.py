# SPDX-License-Identifier: BSD-2-Clause
"""What servers for key establishment can do wrong, all at once: one daemon with a line for each.

Each failure has one line in the log with its reason, and is counted; the daemon goes on, and keys
are taken from those that are odd but allowed.
"""

import os
import sys

from certificates import Authority
from lab import HERE, NTPD, OPEN, Lab, expect, wait_for

ALLOWED = {
    "good": "Got 8 cookies, length 100, aead=15.",
    "not-critical": "Got 8 cookies",
    "hundred-cookies": "Got 8 cookies",
}
# The case, and its reason in the log.
REFUSED = {
    "tls12": "TLS handshake: tlsv1 alert protocol version",
    "no-alpn": "No ALPN from no-alpn.test",
    "wrong-alpn": "No ALPN from wrong-alpn.test",
    "expired": "certificate invalid: 10=>certificate has expired",
    "not-yet": "certificate invalid: 9=>certificate is not yet valid",
    "wrong-name": "certificate invalid: 62=>hostname mismatch",
    "unknown-root": "certificate invalid: 20=>unable to get local issuer certificate",
    "self-signed": "certificate invalid: 18=>self-signed certificate",
    "missing-link": "certificate invalid: 20=>unable to get local issuer certificate",
    "stall": "timeout: TLS handshake",
    "stall-inside": "timeout: waiting for the reply",
    "stall-in-record": "timeout: waiting for the reply",
    "close": "TLS handshake: ",
    "close-inside": "the server closed without a reply",
    "garbage": "TLS handshake: wrong version number",
    "garbage-inside": "the next protocol record is not critical",
    "half-record": "the reply ends within a record",
    "endless": "the reply is longer than 65536 octets",
    "no-cookies": "the reply has no cookies",
    "odd-cookies": "no cookie has a size that can be used",
    "critical": "unknown critical record 99",
    "error": "the server sent error 1, bad request",
    "warning": "the server sent a warning",
    "port-zero": "the port record has no port",
    "other-protocol": "the server chose a protocol that was not offered",
    "two-protocols": "the server chose a protocol that was not offered",
    "other-aead": "the server chose AEAD 17, which was not offered",
    "behind-end": "data behind the end of message",
    "redirect-nowhere": "server no-such-host.test: ",
    "redirect-multicast": "server 224.0.1.1: no address that can be used",
    "refused": "connect failed: Connection refused",
    "unresolvable": "DNS lookup: ",
}
CASES = (*ALLOWED, *REFUSED)


def certificates(folder):
    """Gives the root's file and a function from a case to its chain and key."""
    root = Authority(os.path.join(folder, "root"))
    stranger = Authority(os.path.join(folder, "stranger"), "Stranger")
    middle = root.subordinate("middle")
    own = Authority(os.path.join(folder, "own"), "self-signed.test")
    usual = root.issue("all", *(f"DNS:{case}.test" for case in CASES if case != "wrong-name"))
    special = {
        "expired": root.issue_between("expired", "20200101000000Z", "20210101000000Z",
                                      "DNS:expired.test"),
        "not-yet": root.issue_between("not-yet", "20480101000000Z", "20490101000000Z",
                                      "DNS:not-yet.test"),
        "unknown-root": stranger.issue("unknown-root", "DNS:unknown-root.test"),
        "self-signed": (own.certificate, own.key),
        "missing-link": middle.issue("missing-link", "DNS:missing-link.test"),
    }
    return root.certificate, lambda case: special.get(case, usual)


def reason(text, case):
    """The reasons told for a case, without the time of the next try."""
    begin = f"NTSc: NTS-KE req to {case}.test failed: "
    return [line.split(begin)[1].rsplit("; next try", 1)[0] for line in text.splitlines()
            if begin in line]


with Lab() as lab:
    roots, certificate_of = certificates(lab.folder)
    server, client = lab.host("server"), lab.host("client")
    addresses = {case: f"10.77.0.{100 + number}" for number, case in enumerate(CASES)}
    listening = []
    for case, address in addresses.items():
        server.add_address(address)
        if case not in ("refused", "unresolvable"):
            listening.append(f"{address}={case}:{':'.join(certificate_of(case))}")
    server.start("bad servers", [sys.executable, os.path.join(HERE, "bad_ke_server.py"), "4460",
                                 *listening])
    wait_for("the servers", 20, lambda: server.run("ss", "-Hltn").stdout.count(":4460") ==
             len(listening))
    hosts = client.write("hosts", [f"{address} {case}.test" for case, address in addresses.items()
                                   if case != "unresolvable"])
    config = client.write("ours.conf", [*(f"server {case}.test nts" for case in CASES),
                                        f"nts ca {roots}", *OPEN])
    daemon = client.start("ours", ["unshare", "--mount", "sh", "-c", "mount --bind "
                                   f"{hosts} /etc/hosts && exec {NTPD} -n -g -c {config}"])
    missing = []

    def all_told():
        text = daemon.text()
        missing[:] = [case for case in REFUSED if not reason(text, case)]
        return not missing

    try:
        wait_for("a line for each case", 75, all_told, 1)
    finally:
        print(f"without a line: {missing}")
    said = daemon.text()
    for case, expected in REFUSED.items():
        told = reason(said, case)
        print(f"{case}: {told}")
        expect(expected in told[0], f"{case}: {told}")
        expect(len(set(told)) == len(told), f"{case}: told twice: {told}")
    for case, expected in ALLOWED.items():
        expect(f"NTS-KE req to {case}.test took" in said and expected in said, f"{case}: no keys")
    counts = client.variables("0 nts_ke_probes_good,nts_ke_probes_bad")
    print(counts)
    expect(int(counts["nts_ke_probes_good"]) >= len(ALLOWED), f"{counts}")
    expect(int(counts["nts_ke_probes_bad"]) >= len(REFUSED), f"{counts}")
    daemon.expect_running()
    expect(daemon.stop() == 0, "not a good end")
