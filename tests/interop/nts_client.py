# SPDX-License-Identifier: BSD-2-Clause
"""Our daemon takes time under NTS from NTPsec and from chrony, over IPv4 and IPv6.

Then as public services do it: key establishment at one host leads to a time server at another
address and another port, by a name from a hosts file, and shows `.NTS.` before there are keys.
"""

import os
import signal

from certificates import Authority
from lab import (NTPD, NTPSEC_NTPQ, OPEN, Lab, chrony_server, expect, wait_for,
                 wait_for_system_peer)

SECONDS = 40


def server_settings(authority, host):
    chain, key = authority.issue(host.name, f"DNS:{host.name}.test", f"IP:{host.v4}",
                                 f"IP:{host.v6}")
    return chain, key


def start_ntpsec(lab, authority, source):
    host = lab.host("ntpsec")
    chain, key = server_settings(authority, host)
    host.ntpsec(f"server {source.v4} iburst minpoll 3 maxpoll 3", *OPEN, "nts enable",
                f"nts cert {chain}", f"nts key {key}", f"nts cookie {host.folder}/cookies")
    wait_for_system_peer(host, source.v4, SECONDS)
    wait_for("NTPsec synchronized", SECONDS, lambda: host.variables().get("leap") == "00")
    return host


def start_chrony(lab, authority, name="chrony", *lines):
    host = lab.host(name)
    chain, key = server_settings(authority, host)
    host.chronyd("local stratum 1", f"ntsservercert {chain}", f"ntsserverkey {key}",
                 f"ntsdumpdir {host.folder}", *lines)
    return host


def follow(lab, name, authority, server, shown):
    """A client of ours with one NTS line; until it has its system peer, and eight cookies."""
    client = lab.host(name)
    daemon = client.ours(f"server {server} nts iburst minpoll 3 maxpoll 3",
                         f"nts ca {authority.certificate}", *OPEN)
    peer, took = wait_for_system_peer(client, shown, SECONDS)
    print(f"{name}: `*` after {took:.1f} s, offset {peer.offset_ms} ms, cookies {peer.kind}")
    wait_for("eight cookies", 20, lambda: [p.kind for p in client.peers()] == ["8"])
    daemon.expect_running()
    text = daemon.text()
    for line in ("NTSc: certificate is valid.", "NTSc: Got ", "NTSc: Using TLSv1.3, "):
        expect(line in text, f"{name}: not in the log: {line}")
    wait_for("ntscookies", 20, lambda: client.variables("&1").get("ntscookies") == "8")
    said = client.ntpq(NTPSEC_NTPQ, "-c", "as", "127.0.0.1", check=False).stdout
    expect(" ok " in said, f"{name}: not authentic: {said}")


def follow_redirect(lab, authority):
    """Key establishment at `ke.test`, whose cookies are for `time.test`, port 11123."""
    ke = lab.host("ke")
    ke.add_address("10.77.0.200", "fd77::200")
    chain, key = authority.issue("ke.test", "DNS:ke.test")
    ke.chronyd("local stratum 1", f"ntsservercert {chain}", f"ntsserverkey {key}",
               f"ntsdumpdir {ke.folder}", "ntsntpserver time.test", "port 11123")
    client = lab.host("redirected")
    hosts = client.write("hosts", (f"{ke.v4} ke.test", "10.77.0.200 time.test",
                                   "127.0.0.1 localhost"))
    config = client.write("ours.conf", ("server ke.test nts iburst minpoll 3 maxpoll 3",
                                        f"nts ca {authority.certificate}", *OPEN))
    client.run("ip", "link", "set", "eth0", "down")
    daemon = client.start("ours", ["unshare", "--mount", "sh", "-c",
                                   f"mount --bind {hosts} /etc/hosts && exec {NTPD} -n -g -c {config}"])
    wait_for("the row before there are keys", 10,
             lambda: [(p.refid, p.stratum) for p in client.peers()] == [(".NTS.", 16)])
    expect("failed: " in daemon.text(), "no line about the failure")
    client.run("ip", "link", "set", "eth0", "up")
    client.run("ip", "-6", "address", "replace", f"{client.v6}/64", "dev", "eth0", "nodad")
    daemon.process.send_signal(signal.SIGHUP)
    peer, took = wait_for_system_peer(client, "10.77.0.200", SECONDS)
    print(f"redirected: `*` after {took:.1f} s, refid {peer.refid}")
    status = client.variables("&1")
    expect((status.get("srchost"), status.get("srcport")) == ('"ke.test"', "11123"), f"{status}")
    for line in ("NTSc: Using server time.test=>10.77.0.200", "NTSc: Using port 11123"):
        expect(line in daemon.text(), f"not in the log: {line}")


with Lab() as lab:
    authority = Authority(os.path.join(lab.folder, "authority"))
    source = chrony_server(lab)
    ntpsec = start_ntpsec(lab, authority, source)
    chrony = start_chrony(lab, authority)
    follow(lab, "from-ntpsec", authority, ntpsec.v4, ntpsec.v4)
    follow(lab, "from-ntpsec-6", authority, f"[{ntpsec.v6}]", ntpsec.v6)
    follow(lab, "from-chrony", authority, chrony.v4, chrony.v4)
    follow(lab, "from-chrony-6", authority, f"[{chrony.v6}]:4460", chrony.v6)
    follow_redirect(lab, authority)
