# SPDX-License-Identifier: BSD-2-Clause
"""The programs beside ntpd and ntpq: ours on NTPsec's daemon, NTPsec's on ours, texts side by side.

Time goes from a daemon of ours over NTPsec's to another of ours.
"""

import hashlib
import http.server
import json
import os
import re
import threading
import time

from lab import (NTPQ, NTPSEC_NTPDIG, OPEN, PEERS, Lab, command, expect, wait_for,
                 wait_for_system_peer)
from terminal import Terminal

BUILD = os.path.dirname(os.path.dirname(NTPQ))
OURS = {name: os.path.join(BUILD, folder, name) for folder, names in (
    ("ntpq", ("ntpwait", "ntptrace", "ntpsweep", "ntpmon")),
    ("ntpq/tools", ("ntpdig", "ntpkeygen", "ntptime")),
    (".", ("ntpleapfetch",))) for name in names}
# NTPsec's own programs find one another by PATH.
THEIRS = {name: ["env", f"PATH={PEERS}/usr/bin:{PEERS}/usr/sbin:/usr/bin:/bin", name]
          for name in ("ntpwait", "ntptrace", "ntpmon", "ntptime", "ntpkeygen", "ntpleapfetch")}
# Everybody here may ask everybody, which by default only the own machine may.
ASKED = (*OPEN, "restrict 10.77.0.0/24", "restrict fd77::/64")
UNIX_EPOCH_IN_NTP = 2208988800


def both(host, name, *arguments, seconds=20):
    """The finished run of ours, and that of NTPsec's."""
    return (host.run(OURS[name], *arguments, check=False, seconds=seconds),
            host.run(*THEIRS[name], *arguments, check=False, seconds=seconds))


def masked(text):
    """Numbers that move from call to call are `#`."""
    return re.sub(r"[-+]?\b\d+\.\d+\b", "#", text)


def expect_same(what, ours, theirs, form=lambda text: text):
    found = [(r.returncode, form(r.stdout), form(r.stderr)) for r in (ours, theirs)]
    expect(found[0] == found[1], f"{what}:\n{found[0]}\n{found[1]}")


# ---- each program ----------------------------------------------------------------------------


def check_wait(daemons, nobody):
    for host in daemons:
        ours, theirs = both(host, "ntpwait", "-v")
        expect_same(f"ntpwait on {host.name}", ours, theirs, masked)
        expect(ours.returncode == 0 and "OK! (" in ours.stdout, f"ntpwait: {ours}")
        expect(host.run(OURS["ntpwait"]).stdout == "", "ntpwait is not silent")
    expect_same("ntpwait without a daemon", *both(nobody, "ntpwait", "-v"))


def check_trace(last, hosts):
    ours, theirs = both(last, "ntptrace", "-n")
    # The distance grows while they ask.
    expect_same("ntptrace", ours, theirs, masked)
    expected = [rf"127\.0\.0\.1: stratum 3", rf"{hosts[1].v4}: stratum 2", rf"{hosts[0].v4}: stratum 1"]
    lines = ours.stdout.splitlines()
    expect(len(lines) == 3 and all(re.match(e + ", offset -?0", line)
                                   for e, line in zip(expected, lines)), f"ntptrace: {lines}")
    expect(lines[2].endswith(", refid 'LOCL'"), lines[2])
    expect_same("ntptrace -x", *both(last, "ntptrace", "-x"))


def check_sweep(last, hosts):
    said = last.run(OURS["ntpsweep"], "-p", "-m", "2", "-h", hosts[1].v4).stdout
    rows = said.splitlines()[2:]
    expect(re.match(rf"{hosts[1].v4} \(1\) +2 +-?\d+\.\d{{3}} ntpsec-1\.\S+ +Linux", rows[0]), said)
    expect(re.match(rf" {hosts[0].v4} \(1\) +1 +-?\d+\.\d{{3}} regulator-\S+ +Linux", rows[1]), said)
    expect(len(rows) == 2, said)


def check_dig(client, servers, keys):
    line = r"[\d-]{10} [\d:]{8}\.\d{1,6} \(\+0000\) ([+-]\d\.\d{6}) \+/- (\d\.\d{6}) (\S+) s(\d) no-leap\n"
    for server in servers:
        for arguments in ([server.v4], [server.v6], ["-a", "1", "-k", keys, server.v4],
                          ["-a", "11", "-k", keys, "-p", "2", server.v6]):
            # That NTPsec's works without keys, and with others, are tests of their own.
            for program in (OURS["ntpdig"], NTPSEC_NTPDIG)[:2 if "11" in arguments else 1]:
                said = client.run(program, *arguments)
                match = re.fullmatch(line, said.stdout)
                expect(match and said.stderr == "", f"{program} {arguments}: {said}")
                expect(abs(float(match[1])) <= float(match[2]), said.stdout)
        answer = json.loads(client.run(OURS["ntpdig"], "-j", "-c", server.v4, server.v6).stdout)
        expect(abs(answer["offset"]) <= answer["precision"] and answer["adjusted"] is False
               and answer["delay"] >= 0 and answer["ip"] in (server.v4, server.v6), f"{answer}")
    wrong = client.write("wrong.keys", ["1 AES " + "00" * 16])
    said = client.run(OURS["ntpdig"], "-t", "1", "-a", "1", "-k", wrong, servers[0].v4, check=False)
    expect(said.returncode == 1 and said.stdout == ""
           and said.stderr.endswith("ntpdig: no eligible servers\n"), f"wrong key: {said}")
    expect_same("ntpdig of a silent host",
                *(client.run(p, "-t", "1", "10.77.0.99", check=False)
                  for p in (OURS["ntpdig"], NTPSEC_NTPDIG)))


def check_keygen(host):
    """Makes keys by both programs; gives the file of ours."""
    forms = []
    for program in ([OURS["ntpkeygen"]], THEIRS["ntpkeygen"]):
        folder = os.path.join(host.folder, f"keys{len(forms)}")
        os.mkdir(folder)
        said = host.run("env", "--chdir", folder, *program)
        link = os.path.join(folder, "ntp.keys")
        with open(link, encoding="ascii") as file:
            text = file.read()
        name = os.readlink(link)
        mode = os.stat(link).st_mode & 0o777
        expect(re.fullmatch(r"ntpkey_AES_\S+\.\d+", name) and name in text, name)
        forms.append((mode, re.sub(r"\d{9,}", "#", said.stderr),
                      [re.sub(r"(AES) (\S+)", lambda m: f"{m[1]} {len(m[2])}", line)
                       for line in text.splitlines()[2:]]))
    expect(forms[0] == forms[1], f"ntpkeygen: {forms}")
    return os.path.join(host.folder, "keys0", "ntp.keys")


def check_time(host):
    def form(text):
        text = re.sub(r"[0-9a-f]{8}\.[0-9a-f]+ [-\dT:.]+Z?, \(\.\d+\)", "TIME", text)
        return re.sub(r"[0-9a-f]{8}\.[0-9a-f]{3,8}|unixtime=.*|error\D*\d+|\[ us .*", "#", text)
    for arguments in ([], ["-r"], ["-c"]):
        expect_same(f"ntptime {arguments}", *both(host, "ntptime", *arguments), form)
    expect(json.loads(host.run(OURS["ntptime"], "-rj").stdout)["interval"] >= 1, "ntptime -j")
    ours, theirs = both(host, "ntptime", "-h")
    expect(ours.returncode == theirs.returncode == 2, "ntptime -h")
    ours, theirs = both(host, "ntptime", "-f", "1")
    expect(ours.returncode == theirs.returncode == 1, f"nobody here may set the clock: {ours}")


# ---- the leap second file --------------------------------------------------------------------


def leap_file(days_left):
    begin = int(time.time()) + UNIX_EPOCH_IN_NTP
    numbers = [f"{begin - 86400}", f"{begin + days_left * 86400}"]
    lines = ["2272060800\t10\t# 1 Jan 1972", "3692217600      37      # 1 Jan 2017"]
    data = "".join(numbers + [word for line in lines for word in line.split("#")[0].split()])
    digest = hashlib.sha1(data.encode()).hexdigest()
    words = [f"{int(digest[i:i + 8], 16):x}" for i in range(0, 40, 8)]
    return "\n".join(["# a comment", f"#$\t {numbers[0]}", f"#@\t{numbers[1]}", *lines,
                      "#h\t" + " ".join(words)]) + "\n"


class Page(http.server.BaseHTTPRequestHandler):
    pages = {}

    def do_GET(self):
        text = self.pages.get(self.path)
        self.send_response(200 if text else 404)
        self.end_headers()
        self.wfile.write((text or "").encode())

    def log_message(self, *_):
        pass


def check_leapfetch(folder):
    """In the script's own namespace, where the web server is."""
    command("ip", "link", "set", "lo", "up")
    server = http.server.HTTPServer(("127.0.0.1", 0), Page)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    site = f"http://127.0.0.1:{server.server_port}"
    good = leap_file(200)
    Page.pages = {"/good": good, "/bad": good.replace("\t10", "\t11"), "/old": leap_file(-2)}
    path, config = os.path.join(folder, "leap"), os.path.join(folder, "leap.conf")
    temporary = os.path.join(folder, "judged")
    with open(config, "w", encoding="ascii") as file:
        file.write(f"# leapfile /none\nleapfile {path}\n")

    def fetch(before, page, *arguments):
        if os.path.exists(path):
            os.unlink(path)
        if before:
            with open(path, "w", encoding="ascii") as file:
                file.write(before)
            os.chmod(path, 0o640)
        said = command(OURS["ntpleapfetch"], "-f", config, "-r", "1", "-t", temporary,
                       "-s", site + page, *arguments, check=False)
        if not os.path.exists(path):
            return said.returncode, None, said.stdout
        with open(path, encoding="ascii") as file:
            return said.returncode, file.read(), said.stdout

    near, broken = leap_file(10), good.replace("37", "38")
    for before, page, status, after in (
            (good, "/none", 0, good), (near, "/good", 0, good), (broken, "/good", 0, good),
            (near, "/bad", 1, near), (near, "/old", 1, near), (None, "/none", 1, None)):
        result = fetch(before, page)
        expect(result[:2] == (status, after), f"ntpleapfetch {page}: {result}")
    expect(fetch(near, "/good", "-c", "false")[0] == 2, "a command that fails")
    expect(os.stat(path).st_mode & 0o777 == 0o640, "the mode of the old file is not kept")
    expect(fetch(good, "/good", "-F", "-q")[2] == "", "-q")
    expect("was missing" in fetch(None, "/good")[2], "a file that was not there")
    theirs = command(*THEIRS["ntpleapfetch"], "-f", config, "-L", check=False)
    expect(theirs.returncode == 0 and "Not time to replace" in theirs.stdout, f"NTPsec: {theirs}")
    server.shutdown()


# ---- ntpmon ----------------------------------------------------------------------------------


def check_monitor(host, source, version):
    """Both programs on the host's daemon; what stands still must be the same."""
    screens = []
    for name, program in (("ours", [OURS["ntpmon"]]), ("theirs", THEIRS["ntpmon"])):
        terminal = Terminal(host, name, [*program, "-n", "127.0.0.1"])
        screen = terminal.wait_for(r"^ +remote +refid +st t when", rf"^\*{re.escape(source)} ",
                                   rf"^ntpd {version}.* Updated: \d{{4}}-", "^ lstint avgint",
                                   r" 127\.0\.0\.1$")
        terminal.press("a")
        terminal.wait_for(r" refid   assid ")
        terminal.press("d")
        detail = terminal.wait_for(r"^assoc=\d+: conf", rf"srcadr={re.escape(source)}:123$",
                                   "^reftime=20", "^filtoffset = ")
        terminal.press("q")
        terminal.wait_for("^ENDED 0")
        terminal.close()
        lines = screen.splitlines()
        screens.append([lines[0], re.sub(r" (when|-|\d+) .*", "", lines[1]),
                        re.sub(r"Updated.*", "", lines[2]).rstrip(), lines[3],
                        re.sub(r"=\s*\S*|\d+", "", detail.split("assoc=")[1].split("filtdelay")[0]).split()])
    expect(screens[0] == screens[1], f"ntpmon:\n{screens[0]}\n{screens[1]}")


# ---- all -------------------------------------------------------------------------------------

with Lab() as lab:
    begin = time.monotonic()

    def done(what):
        print(f"{time.monotonic() - begin:5.1f} s: {what}")

    root, middle, last, idle, nobody = (lab.host(n) for n in (
        "root", "middle", "last", "idle", "nobody"))
    done("hosts")
    keys = check_keygen(nobody)
    done("keygen")
    authentication = (f"keys {keys}", "trustedkey 1 11")
    root.ours("refclock local stratum 0 minpoll 0 maxpoll 0", "tos orphanwait 1", *authentication, *ASKED)
    middle.ntpsec(f"server {root.v4} iburst minpoll 3 maxpoll 3", *authentication, *ASKED)
    last.ours(f"server {middle.v4} iburst minpoll 3 maxpoll 3", *ASKED)
    idle.ours(*ASKED)
    wait_for("a daemon's first answer", 10, lambda: idle.variables().get("leap"))
    early = idle.run(OURS["ntpwait"], "-v", "-n", "2", "-s", "0", check=False)
    expect(early.returncode == 1 and early.stdout ==
           "Waiting for ntpd to synchronize...  \b*\b+\bNo!\nntpd did not synchronize.\n", f"{early}")
    done("ntpwait in vain")
    check_leapfetch(nobody.folder)
    done("leapfetch")
    check_time(nobody)
    done("time")
    for host in (middle, last):
        waited = host.run(OURS["ntpwait"], "-v", "-s", "1", "-n", "40", seconds=60)
        print(f"{host.name}: {waited.stdout.split('OK! ')[-1].strip()}")
    wait_for_system_peer(last, middle.v4, 20)
    check_wait((middle, last), nobody)
    done("wait")
    check_trace(last, (root, middle))
    done("trace")
    check_sweep(last, (root, middle))
    done("sweep")
    check_dig(nobody, (root, middle), keys)
    done("dig")
    check_monitor(last, middle.v4, "regulator-")
    done("monitor")
    check_monitor(middle, root.v4, "ntpsec-")
    done("monitor")
    for daemon in lab.daemons:
        daemon.expect_running()
