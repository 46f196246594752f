# SPDX-License-Identifier: BSD-2-Clause
"""What else of NTPsec asks the daemon: its Python modules, which ntpsnmpd asks through, and ntpsweep.

Debian ships the modules, and neither program. So what ntpsnmpd asks is asked through the modules, of
our daemon and of NTPsec's. With the environment's REGULATOR_NTPSEC_TREE, a folder with NTPsec's
source, the programs themselves run as well: ntpsnmpd reads all of its MIB, and ntpsweep prints the
same text as ours.
"""

import json
import os
import re
import sys

from lab import NTPQ, OPEN, PEERS, Lab, chrony_server, expect, wait_for, wait_for_system_peer

TREE = os.environ.get("REGULATOR_NTPSEC_TREE")
NTPSWEEP = os.path.join(os.path.dirname(NTPQ), "ntpsweep")

# Every variable behind an object of the MIB (RFC 5907) as ntpsnmpd reads it; `raw` ones with their text.
ASK = """
import json, sys
import ntp.control, ntp.packet, ntp.util
session = ntp.packet.ControlSession()
session.openhost(sys.argv[1])
found = {}
for name in ("precision", "rootdist", "stratum", "peeradr", "koffset", "rootdisp", "ss_reset",
             "reftime", "leap", "io_received", "io_sent", "ss_oldver", "ss_badformat", "ss_badauth"):
    value = session.readvar(0, [name], raw=True)[name]
    found[name] = [type(value[0]).__name__, value[1]]
session.readvar(0, ["stratum"])
found["source"] = ntp.control.CTL_SYS_SOURCE(session.rstatus)
found["distance"] = ntp.util.unitifyvar(found["rootdist"][1], "rootdist", width=None, unitSpace=True)
peers = []
for each in sorted(session.readstat(), key=lambda row: row.associd):
    row = session.readvar(each.associd, raw=True)
    selection = ntp.control.CTL_PEER_STATVAL(session.rstatus) & 7
    counters = session.readvar(each.associd, ["received", "sent"])
    errors = session.readvar(each.associd, ["badauth", "bogusorg", "seldisp", "selbroken"])
    peers.append({"selection": selection, "counters": sorted(counters), "errors": sorted(errors),
                  "types": {name: type(row[name][0]).__name__ for name in
                            ("srcadr", "refid", "offset", "stratum", "jitter", "delay", "rootdisp")}})
found["peers"] = peers
print(json.dumps(found))
"""

# Reads what ntpsnmpd's own tree gives for every object.
WALK = """
import importlib.util, json, sys
spec = importlib.util.spec_from_file_location("ntpsnmpd", sys.argv[1])
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
import ntp.agentx
source = module.DataSource("localhost", "/nonexistent")
read = {}
for oid, reader, _ in ntp.agentx.walkMIBTree(source.oidTree, source.mibRoot):
    if reader is not None:
        value = reader(oid)
        read[".".join(map(str, oid.subids[7:]))] = None if value is None else [value.valueType, str(value.payload)]
print(json.dumps(read))
"""

# The source's version of the modules need not be Debian's.
SWEEP = """
import runpy, sys, ntp.util
ntp.util.stdversioncheck = lambda version: None
del sys.argv[0]
runpy.run_path(sys.argv[0], run_name="__main__")
"""


def ask(host, program, *arguments):
    return json.loads(host.run(sys.executable, "-c", program, *arguments).stdout)


def shape(found):
    """Without what differs from moment to moment, and by the daemons' versions: numbers are `#`."""
    return {name: re.sub(r"0x[0-9a-f.]+|-?[0-9]+(\.[0-9]+)?", "#", json.dumps(value))
            for name, value in found.items()}


def check_modules(ours, ntpsec, source):
    mine, theirs = (ask(host, ASK, "127.0.0.1") for host in (ours, ntpsec))
    expect(mine["source"] == 6, f"the source of the system's status: {mine['source']}")
    expect(mine["peeradr"][1].strip('"') == f"{source.v4}:123", f"{mine['peeradr']}")
    expect([peer["selection"] for peer in mine["peers"]] == [6], f"{mine['peers']}")
    # 1.2.2 quotes no address, knows no source of the network, and writes an offset of 0 as integer.
    for each in (mine, theirs):
        each["peeradr"][1] = each["peeradr"][1].strip('"')
        each["koffset"] = None
        del each["source"]
    # The width of a number differs by its value, the unit with it.
    expect(re.fullmatch(r"\d+(\.\d+)? [mun]?s", mine.pop("distance")), "rootdist with a unit")
    theirs.pop("distance")
    expect(shape(mine) == shape(theirs), f"ntp.packet:\n{shape(mine)}\n{shape(theirs)}")
    print(f"NTPsec's modules read {len(mine)} things of both daemons")


def check_snmp(ours, ntpsec):
    program = os.path.join(TREE, "ntpclients", "ntpsnmpd.py")
    mine, theirs = (ask(host, WALK, program) for host in (ours, ntpsec))
    expect(sorted(mine) == sorted(theirs), f"other objects: {sorted(mine)} {sorted(theirs)}")
    empty = [name for name, value in mine.items() if value is None]
    # `fuzz`, the resolution, is no variable of NTPsec 1.2.5 either.
    expect(empty == ["1.1.5.0"] and mine["1.2.1.0"][1] == "6", f"{empty}, {mine}")
    types = {name: (value[0], (theirs[name] or [None])[0]) for name, value in mine.items() if value}
    expect(all(a == b or b is None for a, b in types.values()), f"other types: {types}")
    print(f"ntpsnmpd reads {len(mine)} objects of our daemon")


def check_sweep(ours, hosts):
    program = os.path.join(TREE, "ntpclients", "ntpsweep.py")
    for arguments in (("-h", "127.0.0.1"), ("-p", "-m", "1", "-h", hosts[-1].v4),
                      ("-l", ",".join(host.v4 for host in hosts))):
        mine = ours.run(NTPSWEEP, *arguments).stdout
        theirs = ours.run("env", f"PATH={PEERS}/usr/bin:/usr/bin:/bin", sys.executable, "-c", SWEEP,
                          program, *arguments).stdout
        texts = [re.sub(r" *-?\d+\.\d{3} ", " # ", text) for text in (mine, theirs)]
        expect(texts[0] == texts[1], f"ntpsweep {arguments}:\n{mine}\n{theirs}")
    print("ntpsweep prints the same as ours")


with Lab() as lab:
    source = chrony_server(lab)
    ours, ntpsec = lab.host("ours"), lab.host("ntpsec")
    lines = (f"server {source.v4} iburst minpoll 3 maxpoll 3", *OPEN, "restrict 10.77.0.0/24")
    daemons = [ours.ours(*lines), ntpsec.ntpsec(*lines)]
    for host in (ours, ntpsec):
        wait_for_system_peer(host, source.v4, 40)
        wait_for("a synchronized daemon", 40, lambda each=host: each.variables().get("leap") == "00")
    check_modules(ours, ntpsec, source)
    if TREE:
        check_snmp(ours, ntpsec)
        last = lab.host("last")
        daemons.append(last.ours(f"server {ntpsec.v4} iburst", *lines[1:]))
        wait_for_system_peer(last, ntpsec.v4, 20)
        check_sweep(ours, (ours, ntpsec, last))
    else:
        print("left out, there is no REGULATOR_NTPSEC_TREE: ntpsnmpd and ntpsweep themselves")
    for daemon in daemons:
        daemon.expect_running()
