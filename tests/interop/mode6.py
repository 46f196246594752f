# SPDX-License-Identifier: BSD-2-Clause
"""Mode 6 beyond reading variables: NTPsec's ntpq and ours on our daemon, and ours on NTPsec's.

The list of clients, the addresses, and configuration while the daemon runs. Of requests with a MAC
NTPsec's ntpq 1.2.2 places it at a multiple of 8 octets, and our daemon finds it there, too.
"""

import re

from lab import NTPQ, NTPSEC_NTPQ, OPEN, Lab, chrony_server, expect, wait_for

KEY = "1 AES 00112233445566778899aabbccddeeff"


def ask(host, program, *commands, check=True):
    words = [word for command in commands for word in ("-c", command)]
    return host.ntpq(program, "-n", "-a", "1", "-k", host.keys, *words, "127.0.0.1", check=check)


def check_password(host):
    """Without a terminal the password is the next line of the input."""
    key = KEY.split()[-1]
    for typed, wanted in ((key, "v4wildcard"), ("f" + key[1:], "PERMISSION"),
                          ("x" + key[1:], "Invalid password"), ("", "***")):
        said = host.run("setsid", "--wait", "sh", "-c",
                        f"printf '%s\\n' {typed} | {NTPQ} -n -a 1 -c ifstats 127.0.0.1")
        expect(said.stderr.startswith("AES Password: ") and wanted in said.stdout + said.stderr,
               f"a password by a pipe, {typed!r}: {said}")
    said = host.run("setsid", "--wait", "sh", "-c",
                    f"printf 'keyid 1\\npasswd\\n{key}\\nifstats\\n' | {NTPQ} -n 127.0.0.1")
    expect("v4wildcard" in said.stdout, f"a password among commands: {said}")


def check_clients(host, program, others):
    said = ask(host, program, "mrulist").stdout
    rows = [line.split() for line in said.splitlines() if re.match(r" +\d+ ", line)]
    seen = {row[-1] for row in rows}
    for other in others:
        expect(other.v4 in seen, f"{program} on {host.name}: {other.v4} is not in\n{said}")
    expect(re.search(r"# Collected \d+ slots in", said), said)


def check_interfaces(host, program):
    said = ask(host, program, "ifstats", "reslist").stdout
    expect(f"{host.v4}:123" in said and "v4wildcard" in said, f"{program} on {host.name}:\n{said}")
    expect(" 127.0.0.1/32\n" in said, f"{program} on {host.name}:\n{said}")


def check_configuration(host, program, name):
    said = ask(host, program, f":config setvar {name} = hello", f"rv 0 {name}",
               ":config nonsense here", ":config server 10.77.0.240 noselect", "peers",
               ":config unpeer 10.77.0.240").stdout
    expect(said.count("Config Succeeded") == 3, f"{program} on {host.name}:\n{said}")
    expect(f'{name}="hello"' in said, said)
    expect("column 0 syntax error" in said, said)
    expect("10.77.0.240" not in ask(host, program, "peers").stdout, "it is still there")


def check_statistics(host, program):
    said = ask(host, program, "sysinfo", "sysstats", "monstats", "kerninfo", "timerstats")
    for legend in ("root distance", "packets received:", "addresses in use:", "pll frequency:",
                   "calls to transmit:"):
        expect(legend in said.stdout, f"{program} on {host.name}: no {legend!r}\n{said.stdout}")
    expect(not said.stderr.replace("AUTH - packet too short for MAC", "").count("***"), said.stderr)


def check_oversized(host):
    """What is longer than any request is dropped and counted; a reset begins anew."""
    def dropped():
        return int(host.variables("0 io_dropped")["io_dropped"])

    program = ("import socket; "
               "socket.socket(type=socket.SOCK_DGRAM).sendto(bytes(5000), ('127.0.0.1', 123))")
    before = dropped()
    for count in (1, 2):
        host.run("python3", "-c", program)
        expect(dropped() == before + count, f"{dropped()} dropped after {before} and {count} more")
    ask(host, NTPQ, ":config reset io")
    expect(dropped() == 0, f"{dropped()} dropped after a reset")


with Lab() as lab:
    server = chrony_server(lab)
    ours = lab.host("ours")
    ntpsec = lab.host("ntpsec")
    for host in (ours, ntpsec):
        host.keys = host.write("ntp.keys", (KEY,))
        start = host.ours if host is ours else host.ntpsec
        other = ntpsec if host is ours else ours
        start(f"server {server.v4} iburst minpoll 3", f"server {other.v4} iburst minpoll 3",
              f"keys {host.keys}", "trustedkey 1", "controlkey 1", *OPEN)
    for host in (ours, ntpsec):
        wait_for("a system peer", 30, lambda: any(p.tally == "*" for p in host.peers()))
    for number, program in enumerate((NTPQ, NTPSEC_NTPQ)):
        check_clients(ours, program, (ntpsec,))
        check_interfaces(ours, program)
        check_configuration(ours, program, f"probe{number}")
        check_statistics(ours, program)
        print(f"{program} on our daemon: clients, interfaces, configuration, statistics")
    check_oversized(ours)
    check_password(ours)
    # 1.2.2 looks for a MAC at multiples of 8 only; ours tries that place as well.
    check_clients(ntpsec, NTPQ, (ours,))
    check_interfaces(ntpsec, NTPQ)
    check_configuration(ntpsec, NTPQ, "probe")
    check_statistics(ntpsec, NTPQ)
    print("our ntpq on NTPsec's daemon: clients, interfaces, configuration, statistics")
