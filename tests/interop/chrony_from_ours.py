# SPDX-License-Identifier: BSD-2-Clause
"""chronyd takes time from our daemon."""

from lab import CHRONYC, Lab, expect, ours_server, wait_for

with Lab() as lab:
    server = ours_server(lab)
    client = lab.host("client")
    client.chronyd(f"server {server.v4} iburst")

    def tracking():
        """The fields of `chronyc -c tracking` once the source is ours and the offset what it is."""
        result = client.run(CHRONYC, "-n", "-c", "-h", "127.0.0.1", "tracking", check=False)
        fields = result.stdout.strip().split(",")
        if len(fields) != 14 or fields[1] != server.v4:
            return None
        # The first samples on a busy machine may be late ones.
        return fields if abs(float(fields[5])) < 1e-3 else None

    fields, took = wait_for("chronyd synchronized to ours", 30, tracking)
    print(f"synchronized after {took:.1f} s: {','.join(fields)}")
    stratum, leap = int(fields[2]), fields[13]
    expect(stratum == 3, f"stratum {stratum}")
    expect(leap == "Normal", f"leap status {leap}")
