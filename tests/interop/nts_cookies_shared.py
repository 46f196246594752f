# SPDX-License-Identifier: BSD-2-Clause
"""Cookies survive a change of daemons: those of NTPsec are honoured by ours, given its file of keys,
and the other way round. The client is a chronyd, which keeps its cookies over a restart."""

import os

from lab import Lab, OPEN, chrony_server, expect, wait_for, wait_for_system_peer
from nts import Certificate, server_lines


def count(host, name):
    return int(host.variables(f"0 {name}").get(name, "-1"))


def ask(client, server, certificate, replies):
    """Lets the client run until the server has answered it; it then puts its cookies away."""
    dump = os.path.join(client.folder, "dump")
    os.makedirs(dump, exist_ok=True)
    before = count(server, "nts_server_recv_good")
    daemon = client.chronyd(f"server {server.v4} nts iburst minpoll 0 maxpoll 0",
                            f"ntstrustedcerts {certificate.path}", f"ntsdumpdir {dump}")
    wait_for("replies under NTS", 30,
             lambda: count(server, "nts_server_recv_good") >= before + replies)
    daemon.stop()
    expect(os.listdir(dump), "chronyd has put no cookies away")


with Lab() as lab:
    source = chrony_server(lab)
    server, client = lab.host("server"), lab.host("client")
    certificate = Certificate(server)
    lines = (f"server {source.v4} iburst", *server_lines(server, certificate), *OPEN)

    def start(what):
        daemon = (server.ntpsec if what == "ntpsec" else server.ours)(*lines)
        wait_for_system_peer(server, source.v4, 30)
        return daemon

    daemon = start("ntpsec")
    ask(client, server, certificate, 4)
    expect(count(server, "nts_ke_serves_good") == 1, "the client did not establish keys")
    for what in ("ours", "ntpsec"):
        daemon.stop()
        daemon = start(what)
        ask(client, server, certificate, 4)
        expect(count(server, "nts_ke_serves_good") == 0, f"{what} had to establish keys anew")
        bad = count(server, "nts_server_recv_bad")
        expect(bad == 0, f"{what} refused {bad} requests")
        print(f"{what} honours the cookies of the daemon before it")
