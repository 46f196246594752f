# SPDX-License-Identifier: BSD-2-Clause
"""AES-128-GCM-SIV with a chrony that knows record 1024: both roles, IPv4 and IPv6, over ten renewals
of cookies and a rotation of the server's keys."""

import os

from certificates import Authority
from lab import CHRONYC, OPEN, Lab, chrony_server, expect, wait_for, wait_for_system_peer
from nts import rotate, server_lines_of
from nts_lab import (RENEWALS, count, follow, keeps_following, server_settings, start_chrony)

AEAD = 30


def ask(host, what):
    # By its own socket: authdata is not for everybody.
    return host.run(CHRONYC, "-c", "-n", "-h", f"{host.folder}/private/command", what,
                    check=False).stdout.strip()


def follows(host):
    fields = ask(host, "sources").split(",")
    return len(fields) > 5 and fields[1] == "*" and fields[5] == "377"


def aead_in_use(host):
    """The type of the keys, by chronyc's authdata."""
    fields = ask(host, "authdata").split(",")
    return int(fields[3]) if len(fields) > 3 else 0


with Lab() as lab:
    authority = Authority(os.path.join(lab.folder, "authority"))
    source = chrony_server(lab)
    server = lab.host("server")
    chain, key = server_settings(authority, server)
    cookies = os.path.join(server.folder, "nts-keys")
    daemon = server.ours(f"server {source.v4} iburst minpoll 1 maxpoll 1",
                         *server_lines_of(chain, key, cookies), *OPEN, "unrestrict default limited")
    wait_for_system_peer(server, source.v4, 20)

    clients = []
    for family, address in (("4", server.v4), ("6", server.v6)):
        client = lab.host(f"chrony{family}")
        os.mkdir(f"{client.folder}/private", 0o700)
        client.chronyd(f"bindcmdaddress {client.folder}/private/command",
                       f"server {address} nts iburst minpoll 0 maxpoll 0",
                       f"ntstrustedcerts {authority.certificate}")
        clients.append(client)
    for client in clients:
        wait_for(f"{client.name} to follow", 40, lambda each=client: follows(each))
        expect(aead_in_use(client) == AEAD, f"{client.name} uses {ask(client, 'authdata')}")
    sessions = count(server, "nts_ke_serves_good")
    rotate(daemon, cookies)
    first = count(server, "nts_server_recv_good")
    wait_for("renewals", 90,
             lambda: count(server, "nts_server_recv_good") >= first + 2 * RENEWALS + 4)
    for client in clients:
        expect(follows(client), f"{client.name} follows no more")
    expect(count(server, "nts_cookie_decode_old") > 0, "no cookie of before the rotation came")
    expect(count(server, "nts_ke_serves_good") == sessions, "chrony established keys anew")
    expect(count(server, "nts_server_recv_bad") == 0, "bad requests")
    print(f"chrony of ours: {count(server, 'nts_server_recv_good')} requests, all answered")

    theirs = start_chrony(lab, authority, "theirs", "ntsrotate 20")
    followers = [follow(lab, name, authority, address, shown, "aead AES_128_GCM_SIV")
                 for name, address, shown in (("ours4", theirs.v4, theirs.v4),
                                              ("ours6", f"[{theirs.v6}]:4460", theirs.v6))]
    for follower, shown in zip(followers, (theirs.v4, theirs.v6)):
        text = next(each.text() for each in lab.daemons if each.name == f"ours on {follower.name}")
        expect(f"aead={AEAD}." in text, f"{follower.name} uses another algorithm")
        keeps_following(follower, shown)
