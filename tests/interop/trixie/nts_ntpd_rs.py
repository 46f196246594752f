# SPDX-License-Identifier: BSD-2-Clause
"""Our daemon and ntpd-rs take time from each other under NTS, by IPv4 and IPv6, and keep it over ten
renewals of their cookies and a rotation of the server's keys."""

import os

from certificates import Authority
from lab import OPEN, Lab, chrony_server, command, expect, wait_for, wait_for_system_peer
from nts import rotate, server_lines_of
from nts_lab import RENEWALS, count, follow, keeps_following
from ntpd_rs import NtpdRs, client_sections, server_sections


def name_both(lab, *hosts):
    """Names with one address each: ntpd-rs knows no certificates for addresses."""
    lines = [line for host in hosts
             for line in (f"{host.v4} {host.name}4.test", f"{host.v6} {host.name}6.test")]
    path = hosts[0].write("hosts", lines)
    command("mount", "--bind", path, "/etc/hosts")


def settings(authority, host):
    return authority.issue(host.name, f"DNS:{host.name}4.test", f"DNS:{host.name}6.test",
                           f"IP:{host.v4}", f"IP:{host.v6}")


with Lab() as lab:
    authority = Authority(os.path.join(lab.folder, "authority"))
    source = chrony_server(lab)
    rs, ours = lab.host("ntpd-rs"), lab.host("ours")
    name_both(lab, rs, ours)

    theirs = NtpdRs(rs, *server_sections(source.v4, *settings(authority, rs)))
    chain, key = settings(authority, ours)
    cookies = os.path.join(ours.folder, "nts-keys")
    daemon = ours.ours(f"server {source.v4} iburst minpoll 1 maxpoll 1",
                       *server_lines_of(chain, key, cookies), *OPEN,
                       "unrestrict default limited")
    wait_for_system_peer(ours, source.v4, 20)
    theirs.wait_for_source(f"{source.v4}:123", 40)

    # Ours of theirs, whose keys rotate every 15 s.
    clients = ((follow(lab, "from-ntpd-rs", authority, "ntpd-rs4.test", rs.v4), rs.v4),
               (follow(lab, "from-ntpd-rs-6", authority, "ntpd-rs6.test", rs.v6), rs.v6))

    # Theirs of ours.
    followers = []
    for family, address in (("4", ours.v4), ("6", f"[{ours.v6}]")):
        host = lab.host(f"rs-client{family}")
        client = NtpdRs(host, *client_sections(f"ours{family}.test", authority.certificate))
        followers.append((client, f"ours{family}.test:4460/{address}:123"))
    for client, shown in followers:
        client.wait_for_source(shown, 60)
    sessions = count(ours, "nts_ke_serves_good")
    expect(sessions == 2, f"{sessions} sessions of key establishment, not 2")

    rotate(daemon, cookies)
    first = count(ours, "nts_server_recv_good")
    wait_for("renewals", 120,
             lambda: count(ours, "nts_server_recv_good") >= first + 2 * RENEWALS + 4)
    expect(count(ours, "nts_cookie_decode_old") > 0, "no cookie of before the rotation came")
    expect(count(ours, "nts_ke_serves_good") == sessions, "ntpd-rs established keys anew")
    for counter in ("nts_server_recv_bad", "nts_cookie_decode_error", "nts_ke_serves_bad"):
        expect(count(ours, counter) == 0, f"{counter} is {count(ours, counter)}")
    for client, shown in followers:
        expect(client.follows(shown), f"{client.host.name} follows no more:\n{client.status()}")
    print(f"ntpd-rs of ours: {count(ours, 'nts_server_recv_good')} requests, all answered")

    for client, shown in clients:
        keeps_following(client, shown)
