# SPDX-License-Identifier: BSD-2-Clause
"""Servers of the real programs that know NTS, for tests over lab.py."""

import os
import re

from lab import NTPSEC_NTPQ, OPEN, expect, wait_for, wait_for_system_peer

SECONDS = 40
RENEWALS = 10


def server_settings(authority, host):
    chain, key = authority.issue(host.name, f"DNS:{host.name}.test", f"IP:{host.v4}",
                                 f"IP:{host.v6}")
    return chain, key


def start_ntpsec(lab, authority, source):
    host = lab.host("ntpsec")
    chain, key = server_settings(authority, host)
    # A stalled machine looks like a step, which nobody here may make.
    lines = (f"server {source.v4} iburst minpoll 3 maxpoll 3", "tinker step 0", *OPEN,
             "nts enable", f"nts cert {chain}", f"nts key {key}", f"nts cookie {host.folder}/cookies")

    def start():
        daemon = host.ntpsec(*lines)
        wait_for_system_peer(host, source.v4, SECONDS)
        wait_for("NTPsec synchronized", SECONDS, lambda: host.variables().get("leap") == "00")
        return daemon

    return host, start


def add_key(host):
    """A new key in front of those in NTPsec's file, as after a day of its."""
    path = os.path.join(host.folder, "cookies")
    with open(path, encoding="ascii") as file:
        text = file.read()
    number, key = re.search(r"^I: (\d+)\nK: (\w+)\n", text, re.MULTILINE).groups()
    fresh = f"I: {int(number) ^ 0x5a5a}\nK: {os.urandom(len(key) // 2).hex()}\n"
    with open(path, "w", encoding="ascii") as file:
        file.write(re.sub(r"^(?=I: )", fresh, text, count=1, flags=re.MULTILINE))


def start_chrony(lab, authority, name="chrony", *lines):
    host = lab.host(name)
    chain, key = server_settings(authority, host)
    host.chronyd("local stratum 1", f"ntsservercert {chain}", f"ntsserverkey {key}",
                 f"ntsdumpdir {host.folder}", *lines)
    return host


def count(host, name):
    return int(host.variables(f"0 {name}").get(name, "-1"))


def follow(lab, name, authority, server, shown, options=""):
    """A client of ours with one NTS line and more options of it; until it has its system peer, and eight cookies."""
    client = lab.host(name)
    daemon = client.ours(f"server {server} nts iburst minpoll 1 maxpoll 1 {options}",
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
    return client


def keeps_following(client, shown):
    """Ten renewals of its cookies later it still has its system peer, and the keys of the start."""
    before = count(client, "nts_client_recv_good")
    wait_for(f"{RENEWALS} renewals", 60,
             lambda: count(client, "nts_client_recv_good") >= before + RENEWALS)
    wait_for_system_peer(client, shown, SECONDS)
    expect(count(client, "nts_ke_probes_good") == 1, f"{client.name} established keys anew")
    print(f"{client.name}: {count(client, 'nts_client_recv_good')} replies with cookies")
