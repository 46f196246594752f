# SPDX-License-Identifier: BSD-2-Clause
"""Authenticated associations in both directions between our daemon and NTPsec's, of one ntp.keys.

Both follow a chronyd and ask each other, at one address for each key. A key of which the two have
different secrets gets no answer and is counted by who was asked; one that is not trusted is never
used. Then ntpdig checks our answers, and NTPsec's ntpq and ours list our restrictions.
"""

import re
import signal

from lab import (NTPQ, NTPSEC_NTPDIG, NTPSEC_NTPQ, OPEN, Lab, chrony_server, expect, wait_for)

SHARED = (
    "1 MD5 md5-secret",
    "2 SHA1 sha1-secret",
    "3 SHA256 00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff",
    "4 AES-128 00112233445566778899aabbccddeeff",
    "5 AES-256 00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff",
    "8 SHA1 nobody-trusts-it",
)
GOOD = range(1, 6)
BY_NTPDIG = (1, 2, 4, 5)  # ntpdig 1.2.2 does not cut the code of SHA256, so that no server takes it
WRONG, UNTRUSTED = 6, 8
KEYS = (*GOOD, WRONG, UNTRUSTED)


def prepare(host, secret):
    """Gives the host its file of keys and an address for each; returns the addresses by key."""
    host.keys = host.write("ntp.keys", (*SHARED, f"{WRONG} SHA1 {secret}"))
    number = int(host.v4.rsplit(".", 1)[1])
    addresses = {key: f"10.77.{number}.{key}" for key in KEYS}
    for address in addresses.values():
        host.run("ip", "address", "add", f"{address}/16", "dev", "eth0")
    return addresses


def configuration(host, source, addresses):
    return (f"keys {host.keys}", f"trustedkey ( 1 ... {WRONG} )", "controlkey 1",
            f"server {source.v4} iburst minpoll 3 maxpoll 3",
            *(f"server {address} key {key} iburst noselect minpoll 3 maxpoll 3"
              for key, address in addresses.items()), *OPEN,
            "unrestrict default limited")  # all keys at once are many packets


def associations(host):
    """For each key the variables of its association, and the words of the status."""
    rows = range(2, 2 + len(KEYS))
    asked = [f"rv &{row}{names}" for row in rows for names in ("", " badauth")]
    said = host.ntpq(NTPSEC_NTPQ, *(word for line in asked for word in ("-c", line)), "127.0.0.1",
                     check=False).stdout
    found = {}
    for part in re.split(r"(?=^associd=)", said, flags=re.MULTILINE)[1:]:
        values = dict(re.findall(r'(\w+)=("[^"]*"|[^,\n]*)', part))
        words = re.search(r"status=[0-9a-f]{4} ([^\n]*)", part)[1].split(", ")
        if "keyid" in values and "badauth" in values:
            found[int(values["keyid"])] = (values, words)
    return found


def reach(values):
    return int(values["reach"], 8)


def is_flagged(values):
    return int(values["flash"].split()[0], 16) & 0x10 != 0


def all_answered(host):
    found = associations(host)
    return found if all(k in found and reach(found[k][0]) for k in GOOD) else None


def check_client(host, who):
    found, took = wait_for(f"answers to {who} by all good keys", 45, lambda: all_answered(host), 1)
    print(f"{who}: all keys answered {took:.1f} s after the first look")
    for key in GOOD:
        values, words = found[key]
        expect({"authenb", "auth", "reach"} <= set(words), f"{who}, key {key}: {words}")
        expect(values["badauth"] == "0" and not is_flagged(values), f"{who}, key {key}: {values}")
    values, words = found[WRONG]
    expect(reach(values) == 0 and "authenb" in words and "auth" not in words,
           f"{who} took time by a wrong key: {words} {values}")
    values, words = found[UNTRUSTED]
    expect(reach(values) == 0 and values["badauth"] != "0" and is_flagged(values),
           f"{who} with an untrusted key: {words} {values}")


def refused(host):
    return int(host.variables("0 ss_badauth")["ss_badauth"])


def check_ntpdig(client, server, addresses):
    for key in BY_NTPDIG:
        said = client.run(NTPSEC_NTPDIG, "-a", str(key), "-k", client.keys, addresses[key])
        expect(" s2 no-leap" in said.stdout and "dropped" not in said.stderr,
               f"ntpdig, key {key}: {said.stdout}{said.stderr}")
    before = refused(server)
    said = client.run(NTPSEC_NTPDIG, "-t", "1", "-a", str(WRONG), "-k", client.keys,
                      addresses[WRONG], check=False)
    expect(said.returncode == 1, f"ntpdig with a wrong key: {said.stdout}")
    expect(refused(server) > before, "ntpdig's wrong key was not counted")


def check_restrictions(host):
    texts = []
    for program in (NTPSEC_NTPQ, NTPQ):
        said = host.ntpq(program, "-a", "1", "-k", host.keys, "-c", "reslist", "127.0.0.1")
        rows = re.findall(r"^ *(\d+) (\S+)\n {11}(.*)$", said.stdout, re.MULTILINE)
        expect([row[1:] for row in rows] == [("127.0.0.1/32", ""), ("0.0.0.0/0", "noquery"),
                                             ("::1/128", ""), ("::/0", "noquery")],
               f"restrictions by {program}: {said.stdout}{said.stderr}")
        texts.append(re.sub(r"^ *\d+ ", "# ", said.stdout, flags=re.MULTILINE))
    expect(texts[0] == texts[1], f"not the same text: {texts}")
    for key, keys in (("2", host.keys), (str(WRONG), host.keys)):
        said = host.ntpq(NTPSEC_NTPQ, "-a", key, "-k", keys, "-c", "reslist", "127.0.0.1")
        expect("***Server error code PERMISSION" in said.stderr, f"reslist with key {key}: {said}")


with Lab() as lab:
    source = chrony_server(lab)
    ours, ntpsec = lab.host("ours"), lab.host("ntpsec")
    at_ours, at_ntpsec = prepare(ours, "what-ours-has"), prepare(ntpsec, "what-ntpsec-has")
    other = ntpsec.ntpsec(*configuration(ntpsec, source, at_ours))
    daemon = ours.ours(*configuration(ours, source, at_ntpsec))
    check_client(ours, "ours")
    check_client(ntpsec, "NTPsec")
    expect(refused(ours) > 0, "ours did not count NTPsec's wrong key")
    expect(refused(ntpsec) > 0, "NTPsec did not count our wrong key")
    for text in ("AUTH: authreadkeys: added 7 keys",
                 f"ERR: key {UNTRUSTED} found but not trusted for server {at_ntpsec[UNTRUSTED]}"):
        expect(text in daemon.text(), f"not in our log: {text}")
    check_ntpdig(ntpsec, ours, at_ours)
    check_restrictions(ours)
    ours.write("ntp.keys", SHARED)
    daemon.process.send_signal(signal.SIGHUP)
    wait_for("keys read anew", 5, lambda: f"added {len(SHARED)} keys" in daemon.text())
    daemon.expect_running()
    other.expect_running()
