# SPDX-License-Identifier: BSD-2-Clause
"""chronyd and NTPsec take time under NTS from our daemon, by IPv4 and IPv6.

Each renews its cookies ten times and more. Under way the server's certificate is replaced and its
keys for cookies rotate; no client has to establish keys anew.
"""

import os
import re
import signal

from lab import (CHRONYC, OPEN, Lab, chrony_server, expect, join, wait_for,
                 wait_for_system_peer)
from nts import Certificate, exchange, name, records, rotate, server_lines

RENEWALS = 10


def count(host, name):
    return int(host.variables(f"0 {name}").get(name, "-1"))


def follows(client):
    """That a chronyd has its source selected, and that it has answered the last eight times."""
    said = client.run(CHRONYC, "-c", "-n", "-h", "127.0.0.1", "sources", check=False).stdout
    fields = said.strip().split(",")
    return len(fields) > 5 and fields[1] == "*" and fields[5] == "377"


def wait_for_replies(more):
    first = count(server, "nts_server_recv_good")
    wait_for(f"{more} requests", 90, lambda: count(server, "nts_server_recv_good") >= first + more)


with Lab() as lab:
    join()
    source = chrony_server(lab)
    server = lab.host("server")
    name(server)
    certificate = Certificate(server)
    cookies = os.path.join(server.folder, "nts-keys")
    daemon = server.ours(f"server {source.v4} iburst", *server_lines(server, certificate), *OPEN,
                         "unrestrict default limited")
    wait_for_system_peer(server, source.v4, 20)
    expect(os.stat(cookies).st_mode & 0o777 == 0o600, "the mode of nts-keys is not 0600")

    for address in (server.v4, server.v6):
        found = records(exchange(address))
        expect([kind for kind, _, _ in found] == [1, 4] + 8 * [5] + [0], f"records {found}")
        expect({len(body) for kind, _, body in found if kind == 5} == {104}, "sizes of cookies")

    chrony4, chrony6 = lab.host("chrony4"), lab.host("chrony6")
    for client, address in ((chrony4, server.v4), (chrony6, server.v6)):
        client.chronyd(f"server {address} nts iburst minpoll 0 maxpoll 0",
                       f"ntstrustedcerts {certificate.path}")
    ntpsec4, ntpsec6 = lab.host("ntpsec4"), lab.host("ntpsec6")
    for client, address in ((ntpsec4, server.v4), (ntpsec6, "-6 server6.test")):
        client.ntpsec(f"server {address} nts ca {certificate.path} iburst minpoll 1 maxpoll 1",
                      *OPEN)

    for client in (chrony4, chrony6):
        wait_for(f"replies to {client.name}", 40, lambda host=client: follows(host))
    wait_for_system_peer(ntpsec4, server.v4, 60)
    wait_for_system_peer(ntpsec6, server.v6, 60)
    sessions = count(server, "nts_ke_serves_good")
    expect(sessions == 6, f"{sessions} sessions of key establishment, not 6")

    wait_for_replies(6 * RENEWALS)
    expect(count(server, "nts_cookie_decode_old") == 0, "cookies by an old key before a rotation")
    keys_before = rotate(daemon, cookies)
    expect(keys_before == 1, f"{keys_before} keys before the rotation")
    expect(os.stat(cookies).st_mode & 0o777 == 0o600, "the mode of the new nts-keys is not 0600")

    Certificate(server, days=100)  # in place of the first
    daemon.process.send_signal(signal.SIGHUP)
    wait_for("the new certificate", 5, lambda: daemon.text().count("loaded certificate") == 2)

    # Two of the four ask once a second, the others half as often.
    wait_for_replies(6 * RENEWALS)
    expect(count(server, "nts_cookie_decode_old") > 0, "no cookie of before the rotation came")
    expect(follows(chrony4) and follows(chrony6), "chronyd misses replies")
    wait_for_system_peer(ntpsec4, server.v4, 10)
    wait_for_system_peer(ntpsec6, server.v6, 10)

    expect(count(server, "nts_ke_serves_good") == sessions, "a client established keys anew")
    for counter in ("nts_server_recv_bad", "nts_cookie_decode_error", "nts_cookie_decode_too_old",
                 "nts_ke_serves_bad", "nts_ke_serves_nossl"):
        expect(count(server, counter) == 0, f"{counter} is {count(server, counter)}")
    good, sent = count(server, "nts_server_recv_good"), count(server, "nts_server_send")
    print(f"{good} requests under NTS, all answered")
    expect(sent >= good, f"{good} good requests, but {sent} answers")
    lines = re.findall(r"NTSs: NTS-KE from \S+, OK, Using TLSv1\.3:TLS_\w+\(\d+\), took ",
                       daemon.text())
    expect(len(lines) >= 4, f"{len(lines)} lines of key establishment in the log")
    daemon.stop()
