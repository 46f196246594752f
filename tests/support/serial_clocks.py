# SPDX-License-Identifier: BSD-2-Clause
"""Receivers at ptys: each tells the time of this machine, and is ahead of it by as much as it is told."""

import datetime
import os
import pty
import select
import struct
import threading
import time
import tty


def utc(second):
    return datetime.datetime.fromtimestamp(second, datetime.timezone.utc)


class Clock(threading.Thread):
    """A pty with a clock at its far end; `path` is a link to the near one."""

    latest = 0.01  # s: a machine that stalled for longer is no clock of its own

    def __init__(self, path, ahead):
        super().__init__(daemon=True)
        self.path, self.ahead = path, ahead
        self.master, self.slave = pty.openpty()
        tty.setraw(self.master)
        os.symlink(os.ttyname(self.slave), path)
        self.heard = b""
        self.start()

    def say(self, data):
        if isinstance(data, str):
            data = data.encode("latin-1")
        try:
            os.write(self.master, data)
        except BlockingIOError:
            pass

    def now(self):
        return time.time() + self.ahead

    def run(self):
        os.set_blocking(self.master, False)
        following = int(self.now()) + 1
        while True:
            rest = following - self.now()
            if rest > 0:
                if select.select([self.master], [], [], rest)[0]:
                    self.heard = (self.heard + os.read(self.master, 512))[-512:]
                    self.asked()
                continue
            if rest > -self.latest:
                self.second(following)
            following = int(self.now()) + 1

    def second(self, now):
        """A full second has begun."""

    def asked(self):
        """Something was written, and is at the end of `heard`."""

    def commands(self, end=b"\r"):
        """What was written up to the last `end`, in pieces."""
        *whole, self.heard = self.heard.split(end)
        return [each.strip() for each in whole]


class Meinberg(Clock):
    def second(self, now):
        t = utc(now)
        self.say(f"\x02D:{t:%d.%m.%y};T:{t.isoweekday()};U:{t:%H.%M.%S};  U \x03")


class Hopf(Clock):
    def second(self, now):
        t = utc(now)
        self.say(f"\x02C{8 + t.isoweekday():X}{t:%H%M%S%d%m%y}\n\r\x03")


class RawDcf77(Clock):
    """Pulses of DCF77, whose time is CET. Begins with the minute that its time makes one."""

    latest = 0.3  # s: one pulse that is missing spoils a minute, and a late one but a sample

    def second(self, now):
        position = now % 60
        if position == 59:
            return
        bits = self.minute(now - position + 60)
        self.say(b"\x00" if bits[position] else b"\xf0")

    @staticmethod
    def minute(begin):
        t = utc(begin + 3600)
        bits = [0] * 59
        bits[18] = bits[20] = 1
        for first, count, value in ((21, 7, t.minute), (29, 6, t.hour), (36, 6, t.day),
                                    (42, 3, t.isoweekday()), (45, 5, t.month),
                                    (50, 8, t.year % 100)):
            coded = value % 10 | value // 10 << 4
            for i in range(count):
                bits[first + i] = coded >> i & 1
        for first, last in ((21, 28), (29, 35), (36, 58)):
            bits[last] = sum(bits[first:last]) & 1
        return bits


class HpGps(Clock):
    wanted = False

    def asked(self):
        for command in self.commands():
            if command == b"*IDN?":
                self.say("HEWLETT-PACKARD,58503A,3542A01234,3543A\r\n")
            elif command == b":PTIME:TCODE?":
                self.wanted = True

    def second(self, now):
        if self.wanted:
            self.wanted = False
            body = f"T2{utc(now):%Y%m%d%H%M%S}30000"
            self.say(f"scpi > {body}{sum(body.encode()) & 255:02X}\r\n")


def tsip(body):
    return b"\x10" + body[:1] + body[1:].replace(b"\x10", b"\x10\x10") + b"\x10\x03"


class Thunderbolt(Clock):
    def second(self, now):
        gps = now - 315964800 + 18
        self.say(tsip(b"\x8f\xab" + struct.pack(">IHHB", gps % 604800, gps // 604800 % 1024, 18, 3)
                      + bytes(7)) + tsip(b"\x8f\xac\x07" + bytes(66)))


class Palisade(Clock):
    """Stamps each NUL as an event."""

    def asked(self):
        stamp, t = self.now(), utc(self.now())
        if b"\0" not in self.heard:
            return
        self.heard = b""
        date = bytes([t.day, t.month]) + struct.pack(">H", t.year)
        self.say(tsip(b"\x8f\xad" + struct.pack(">Hd", 1, 0) + bytes(3) + date + bytes([0, 1, 0, 0]))
                 + tsip(b"\x8f\x0b" + struct.pack(">Hd", 1, stamp % 86400) + date
                        + struct.pack(">BH", 0, 18) + bytes(56)))


class Spectracom(Clock):
    wanted = False

    def asked(self):
        self.wanted, self.heard = b"T" in self.heard, b""

    def second(self, now):
        if self.wanted:
            self.say(f"\r\n   {utc(now):%j %H:%M:%S} DTZ=00\r\n")


class Arbiter(Clock):
    sending = False

    def asked(self):
        while len(self.heard) >= 2:
            command, self.heard = self.heard[:2], self.heard[2:]
            if command == b"TQ":
                self.say("TQ0\r\n")
            elif command == b"SR":
                self.say("SRV=08 S=10 T=8 P=01.2 E=00\r\n")
            elif command in (b"B5", b"B0"):
                self.sending = command == b"B5"
                self.say("B5" if self.sending else "\r\n")

    def second(self, now):
        if self.sending:
            self.say(f"\r\n  {utc(now):%y %j %H:%M:%S}.000   ")


class TrueTime(Clock):
    sending = False

    def asked(self):
        for command in self.commands():
            if command == b"F18":
                self.say(" TRUETIME XL\r\n")
            elif command in (b"F50", b"F51"):
                self.say(command + b" WGS84\r\n")
            elif command == b"F08":
                self.sending = True
            elif command == b"\x03":
                self.sending = False

    def second(self, now):
        if self.sending:
            self.say(f"\x01{utc(now):%j:%H:%M:%S} \r\n")


class Zyfer(Clock):
    def second(self, now):
        self.say(f"!TIME,{utc(now):%Y,%j,%H,%M,%S},2,4,1")


class Jjy200(Clock):
    def second(self, now):
        t = utc(now + 9 * 3600)
        self.say(f"'OK {t:%y/%m/%d} {t.isoweekday() - 1} {t:%H:%M:%S}\r")


class NistModem(Clock):
    """A modem that reaches NIST by its second number only."""

    calling = False

    def asked(self):
        for command in self.commands():
            if command.startswith(b"ATDT"):
                self.calling = command == b"ATDT2"
                self.say("\r\nCONNECT 1200\r\n" if self.calling else "\r\nBUSY\r\n")
            elif command.startswith(b"AT"):
                self.say("\r\nOK\r\n")

    def second(self, now):
        if self.calling:
            t = utc(now)
            day = (t.date() - datetime.date(1858, 11, 17)).days
            self.say(f"{day} {t:%y-%m-%d %H:%M:%S} 00 0 +.1 045.0 UTC(NIST) #\r\n")


def oncore(body):
    check = 0
    for each in body:
        check ^= each
    return b"@@" + body + bytes([check]) + b"\r\n"


class Oncore(Clock):
    """A receiver of 8 channels that tells of each second's pulse and of its integrity; `ahead` is
    negative, by how much its messages come after the pulse."""

    sending = False

    def asked(self):
        if b"@@Cj" in self.heard:
            self.say(oncore(b"Cj" + b"COPYRIGHT MOTOROLA\r\nMODEL # B8121P1115".ljust(287)))
        self.sending = self.sending or b"@@Ea\x01" in self.heard
        self.heard = b""

    def second(self, now):
        if self.sending:
            t = utc(now)
            status = b"Ea" + struct.pack(">BBHBBB", t.month, t.day, t.year, t.hour, t.minute, t.second)
            self.say(oncore(status.ljust(71, b"\0")) + oncore(b"En".ljust(64, b"\0")))
