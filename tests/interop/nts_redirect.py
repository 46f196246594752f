# SPDX-License-Identifier: BSD-2-Clause
"""Key establishment at one host leads to a time server at another address and another port.

The names are from a hosts file. Before there are keys the row shows `.NTS.`, then the time
server's name, `*` and its reference identifier; as with NTPsec beside it.
"""

import os
import signal

from certificates import Authority
from lab import (NTPD, NTPQ, NTPSEC_NTPD, NTPSEC_NTPQ, OPEN, Lab, expect, wait_for,
                 wait_for_system_peer)
from nts_lab import SECONDS


def follow_redirect(lab, authority):
    """Key establishment at `ke.test`, whose cookies are for `time.test`, port 11123."""
    ke = lab.host("ke")
    ke.add_address("10.77.0.200", "fd77::200")
    chain, key = authority.issue("ke.test", "DNS:ke.test")
    ke.chronyd("local stratum 1", f"ntsservercert {chain}", f"ntsserverkey {key}",
               f"ntsdumpdir {ke.folder}", "ntsntpserver time.test", "port 11123")
    client, other = lab.host("redirected"), lab.host("ntpsec")
    hosts = client.write("hosts", (f"{ke.v4} ke.test", "10.77.0.200 time.test",
                                   "127.0.0.1 localhost"))
    lines = ("server ke.test nts iburst minpoll 3 maxpoll 3", f"nts ca {authority.certificate}",
             *OPEN)

    def named(command):
        """With the names of the hosts file; it is bound in a place of its own."""
        return ["unshare", "--mount", "sh", "-c", f"mount --bind {hosts} /etc/hosts && exec {command}"]

    client.run("ip", "link", "set", "eth0", "down")
    config = client.write("ours.conf", lines)
    daemon = client.start("ours", named(f"{NTPD} -n -g -c {config}"))
    wait_for("the row before there are keys", 10,
             lambda: [(p.refid, p.stratum) for p in client.peers()] == [(".NTS.", 16)])
    expect("failed: " in daemon.text(), "no line about the failure")
    client.run("ip", "link", "set", "eth0", "up")
    client.run("ip", "-6", "address", "replace", f"{client.v6}/64", "dev", "eth0", "nodad")
    daemon.process.send_signal(signal.SIGHUP)
    peer, took = wait_for_system_peer(client, "10.77.0.200", SECONDS)
    print(f"redirected: `*` after {took:.1f} s, refid {peer.refid}")
    config = other.write("ntpsec.conf", lines)
    other.start("ntpsec", named(f"{NTPSEC_NTPD} -n -g -c {config}"))
    theirs, took = wait_for_system_peer(other, "10.77.0.200", SECONDS)
    print(f"NTPsec beside it: `*` after {took:.1f} s, refid {theirs.refid}")
    expect(peer.refid == theirs.refid, f"refid {peer.refid}, with NTPsec {theirs.refid}")
    for program in (NTPQ, NTPSEC_NTPQ):
        shown = [host.run(*named(f"{program} -p 127.0.0.1")).stdout for host in (client, other)]
        expect(all("\n*time.test " in text for text in shown), f"{shown}")
    status = client.variables("&1")
    expect((status.get("srchost"), status.get("srcport")) == ('"ke.test"', "11123"), f"{status}")
    for line in ("NTSc: Using server time.test=>10.77.0.200", "NTSc: Using port 11123"):
        expect(line in daemon.text(), f"not in the log: {line}")


with Lab() as lab:
    follow_redirect(lab, Authority(os.path.join(lab.folder, "authority")))
