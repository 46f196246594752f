# SPDX-License-Identifier: BSD-2-Clause
"""Programs of others that watch ntpd, unchanged out of Debian's packages, on our daemon and with our
ntpq in NTPsec's place: check_ntp_peer, check_ntp_time and check_ntp of the monitoring plugins, ntpstat,
Munin's plugins, nmap's ntp-info, and collectd.

What is not in build/peers is left out, and said; with none of them the test is skipped.
"""

import glob
import os
import re
import shutil
import sys

from lab import (NTPQ, OPEN, PEERS, Lab, chrony_server, expect, wait_for,
                 wait_for_system_peer)

SKIPPED = 77
PLUGINS = os.path.join(PEERS, "usr/lib/nagios/plugins")
MUNIN = os.path.join(PEERS, "usr/share/munin")
LIBRARIES = ":".join(glob.glob(f"{PEERS}/usr/lib/*-linux-gnu") +
                     glob.glob(f"{PEERS}/usr/lib/*-linux-gnu/blas"))


def has(path):
    if os.path.exists(path):
        return True
    print(f"left out, not in build/peers: {os.path.relpath(path, PEERS)}")
    return False


def say(result):
    return f"status {result.returncode}\n{result.stdout}{result.stderr}"


# ---- the monitoring plugins ------------------------------------------------------------------


def check_plugins(host, lost, empty):
    def ask(name, *arguments, of="127.0.0.1"):
        return host.run(os.path.join(PLUGINS, name), "-H", of, *arguments, check=False)

    limits = ("-w", "0.5", "-c", "1", "-W", "4", "-C", "6", "-j", "100", "-k", "200", "-m", "1:",
              "-n", "1:")
    for address in ("127.0.0.1", host.v4, host.v6):
        said = ask("check_ntp_peer", *limits, of=address)
        expect(said.returncode == 0 and re.match(
            r"NTP OK: Offset -?\d\S* secs, jitter=\d+\.\d+, stratum=1, truechimers=[12]"
            r"\|offset=-?0\.\d+s;", said.stdout), f"check_ntp_peer of {address}: {say(said)}")
    for limit, word in ((("-W", "0", "-C", "5"), "WARNING"), (("-W", "0", "-C", "0"), "CRITICAL"),
                        (("-m", "7:", "-n", "3:"), "CRITICAL")):
        said = ask("check_ntp_peer", *limit)
        expect(said.returncode > 0 and said.stdout.startswith(f"NTP {word}: "), say(said))
    said = ask("check_ntp_peer", of=lost.v4)
    expect(said.returncode == 2 and "Server not synchronized" in said.stdout, say(said))
    said = ask("check_ntp_peer", "-t", "2", of=empty.v4)
    expect(said.returncode == 2, f"check_ntp_peer without a daemon: {say(said)}")
    for name in ("check_ntp_time", "check_ntp"):
        said = ask(name, "-w", "0.5", "-c", "1")
        expect(said.returncode == 0 and re.match(r"NTP OK: Offset -?\d\S* secs\|offset=", said.stdout),
               f"{name}: {say(said)}")
    print("check_ntp_peer, check_ntp_time, check_ntp")


# ---- ntpstat ---------------------------------------------------------------------------------


def check_ntpstat(host, lost, source):
    """The program asks the own host. Fedora's is a script, which needs these words of ntpq."""
    program = os.path.join(PEERS, "usr/bin/ntpstat")
    said = host.run(program, check=False)
    expect(said.returncode == 0 and re.match(
        rf"synchronised to NTP server \({re.escape(source.v4)}\) at stratum 2 *\n"
        r" +time correct to within \d+ ms\n +polling server every 8 s", said.stdout), say(said))
    said = lost.run(program, check=False)
    expect(said.returncode == 1 and said.stdout.startswith("unsynchronised"), say(said))
    print("ntpstat")


def check_script_of_ntpstat(host, source):
    said = host.ntpq(NTPQ, "-c", "timeout 100", "-c", "raw", "-c", "rv 0").stdout
    found = re.search(r"associd=0 status=0x([0-9a-f]{4}),", said)
    expect(found and int(found[1], 16) >> 8 & 0x3f == 6, said)
    for pattern in (r"leap=0,", r"stratum=2,", r"rootdelay=\d+\.\d+,", r"rootdisp=\d+\.\d+,",
                    rf"refid={re.escape(source.v4)},", r"peer=\d+,"):
        expect(re.search(rf"\b{pattern}", said), f"no {pattern} in {said}")
    peer = re.search(r"peer=(\d+)", said)[1]
    said = host.ntpq(NTPQ, "-c", "timeout 100", "-c", "raw", "-c", f"rv {peer}").stdout
    expect(f"srcadr={source.v4}," in said and "hpoll=3," in said, said)


# ---- Munin, which runs ntpq ------------------------------------------------------------------


def check_munin(host, source):
    """Values, as the node would take them in. The plugins find ntpq by PATH."""
    folder = os.path.dirname(NTPQ)

    def run(name, *arguments):
        said = host.run("env", f"PATH={folder}:/usr/sbin:/usr/bin:/sbin:/bin", f"MUNIN_LIBDIR={MUNIN}",
                        f"PERL5LIB={PEERS}/usr/share/perl5", f"MUNIN_PLUGSTATE={host.folder}",
                        f"{MUNIN}/plugins/{name}", *arguments, check=False)
        expect(said.returncode == 0, f"{name}: {say(said)}")
        return said.stdout

    expect(run("ntp_offset", "autoconf") == "yes\n", "ntp_offset autoconf")
    number = r"-?\d+\.\d+"
    expect(re.fullmatch(rf"delay.value {number}\noffset.value {number}\njitter.value {number}\n",
                        run("ntp_offset")), "ntp_offset")
    expect(source.v4 in run("ntp_offset", "config"), "ntp_offset config")
    for name, field in (("ntp_kernel_err", "ntp_err"), ("ntp_kernel_pll_freq", "ntp_pll_freq"),
                        ("ntp_kernel_pll_off", "ntp_pll_off")):
        expect(run(name, "autoconf").strip() == "yes", f"{name} autoconf")
        expect(re.fullmatch(rf"{field}.value {number}\n", run(name)), f"{name}: {run(name)}")
    if host.run("perl", f"-I{PEERS}/usr/share/perl5", "-MNet::DNS", "-e", "1",
                check=False).returncode == 0:
        states = run("ntp_states")
        expect(f"peer_{source.v4.replace('.', '_')}.value 6\n" in states, states)
    print("munin: ntp_offset, ntp_states, ntp_kernel_err, ntp_kernel_pll_freq, ntp_kernel_pll_off")


# ---- nmap ------------------------------------------------------------------------------------


def check_nmap(host, server):
    said = host.run("env", f"LD_LIBRARY_PATH={LIBRARIES}", f"NMAPDIR={PEERS}/usr/share/nmap",
                    f"LUA_PATH={PEERS}/usr/share/nmap/nselib/?.lua",
                    f"{PEERS}/usr/bin/nmap", "-v", "-n", "-Pn", "-sU", "-p", "123", "--script",
                    f"{PEERS}/usr/share/nmap/scripts/ntp-info.nse", server.v4, check=False, seconds=40)
    for pattern in (r"123/udp open", r"receive time stamp: \d{4}-", r"version: ntpd regulator-",
                    r"stratum: 2", r"processor: \S+", r"system: Linux"):
        expect(re.search(pattern, said.stdout), f"nmap: no {pattern}: {say(said)}")
    print("nmap ntp-info")


# ---- collectd --------------------------------------------------------------------------------


def check_collectd(daemons):
    """The plugin speaks mode 7, which neither daemon answers. So it must fail with both alike."""
    logs = []
    for host in daemons:
        config = host.write("collectd.conf", (
            f'BaseDir "{host.folder}"', f'PluginDir "{PEERS}/usr/lib/collectd"', 'Hostname "lab"',
            f'TypesDB "{PEERS}/usr/share/collectd/types.db"', "Interval 1", "LoadPlugin logfile",
            "<Plugin logfile>", "  LogLevel info", "  File STDOUT", "  Timestamp false", "</Plugin>",
            "LoadPlugin ntpd", "<Plugin ntpd>", '  Host "127.0.0.1"', "  Port 123", "</Plugin>"))
        collectd = host.start("collectd", [f"{PEERS}/usr/sbin/collectd", "-f", "-C", config,
                                           "-P", f"{host.folder}/collectd.pid"])
        wait_for("collectd's first reading", 15, lambda each=collectd: "ntpd" in each.text()
                 and "failed" in each.text())
        collectd.stop(10)
        logs.append(sorted({re.sub(r"\d+\.\d+ seconds", "N seconds", line)
                            for line in collectd.text().splitlines() if "ntpd" in line}))
    expect(logs[0] == logs[1], f"collectd:\n{logs[0]}\n{logs[1]}")
    print(f"collectd, with both daemons: {logs[0]}")


# ---- all -------------------------------------------------------------------------------------

present = {
    "plugins": has(f"{PLUGINS}/check_ntp_peer"),
    "ntpstat": has(f"{PEERS}/usr/bin/ntpstat"),
    "munin": has(f"{MUNIN}/plugins/plugin.sh") and shutil.which("perl") is not None,
    "nmap": has(f"{PEERS}/usr/share/nmap/scripts/ntp-info.nse") and has(f"{PEERS}/usr/bin/nmap"),
    "collectd": has(f"{PEERS}/usr/sbin/collectd"),
}
if not any(present.values()):
    print("none of these programs is here; scripts/install-deps --test unpacks them")
    sys.exit(SKIPPED)

with Lab() as lab:
    source = chrony_server(lab)
    host, lost, empty, ntpsec = map(lab.host, ("ours", "lost", "empty", "ntpsec"))
    lines = (f"server {source.v4} iburst minpoll 3 maxpoll 3",
             f"server {source.v6} iburst minpoll 3 maxpoll 3", *OPEN, "restrict 10.77.0.0/24",
             "restrict fd77::/64")
    daemon = host.ours(f"{lines[0]} prefer", *lines[1:])
    lost.ours("server 10.77.0.250 iburst", *lines[2:])
    ntpsec.ntpsec(*lines)
    wait_for_system_peer(host, source.v4, 15)
    wait_for("ours synchronized", 15, lambda: host.variables().get("leap") == "00")
    if present["plugins"]:
        check_plugins(host, lost, empty)
    if present["ntpstat"]:
        check_ntpstat(host, lost, source)
    check_script_of_ntpstat(host, source)
    if present["munin"]:
        check_munin(host, source)
    if present["nmap"]:
        check_nmap(lost, host)
    if present["collectd"]:
        check_collectd((host, ntpsec))
    daemon.expect_running()
