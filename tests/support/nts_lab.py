# SPDX-License-Identifier: BSD-2-Clause
"""Servers of the real programs that know NTS, for tests over lab.py."""

from lab import OPEN, wait_for, wait_for_system_peer

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
