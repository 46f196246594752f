# SPDX-License-Identifier: BSD-2-Clause
"""Random configurations of the directives of ntp.conf(5), and mutations of their lines.

All hosts are numbers of networks that lead nowhere (TEST-NET, 2001:db8::/32), all files lie in the
working directory. Nothing here would move a clock: `disable ntp` stands in PREAMBLE, and `disable`
beats `enable`. Lines go by the words of both NTPsec 1.2.2 and 1.2.5; NTS and drivers other than
`local` are left out, and so is what NTPsec does not survive (a `/` in a filegen name).
"""

# Lets ntpq ask at 127.0.0.1 whatever the lines after it restrict.
PREAMBLE = ("disable ntp", "keys ntp.keys", "trustedkey 1 2", "controlkey 1", "restrict 127.0.0.1")
KEYS = "1 MD5 first-secret\n2 SHA1 second-secret\n3 AES-128 00112233445566778899aabbccddeeff\n"
EXTRA = "server 198.51.100.9 prefer\nrestrict 198.51.100.9 nomodify nonsense\ntos minsane 1\n"

V4 = [f"192.0.2.{n}" for n in range(1, 6)] + ["198.51.100.7", "203.0.113.20", "10.77.0.3"]
V6 = ["2001:db8::1", "2001:db8::2", "2001:db8:1::77", "fd77::3"]
SETS = ["clockstats", "loopstats", "peerstats", "protostats", "rawstats", "sysstats", "usestats"]
FLAGS = ["ignore", "noserve", "notrust", "noquery", "nomodify", "limited", "version", "kod",
         "flake", "nomrulist", "mssntp", "nopeer", "notrap", "ntpport"]
ITEMS = ["server", "pool", "default", "source", "iburst", "prefer", "minpoll", "noquery", "key",
         "limited", "mask", "tos", "true", "all", "stats", "ntp", "freq", "step", "flag1", "none",
         "day", "holdover", "autokey", "ttl", "crypto", "-4", "-6", "..."]


class Generator:
    """Lines by a source of random numbers."""

    def __init__(self, rng):
        self.rng = rng
        self.kinds = [(self.source, 6), (self.restrict, 6), (self.tos, 3), (self.tinker, 3),
                      (self.mru, 2), (self.limit, 1), (self.switches, 2), (self.statistics, 1),
                      (self.filegen, 2), (self.interface, 1), (self.local_clock, 2),
                      (self.fudge, 1), (self.unpeer, 1), (self.keys, 2), (self.setvar, 2),
                      (self.logging, 1), (self.drift, 1), (self.single, 3), (self.other_release, 1),
                      (self.classic, 1), (self.nts, 1)]

    def lines(self):
        count = self.rng.randint(3, 14)
        functions, weights = zip(*self.kinds)
        return [" ".join(kind()) for kind in self.rng.choices(functions, weights, k=count)]

    def one(self, *choices):
        return self.rng.choice(choices)

    def chance(self, share):
        return self.rng.random() < share

    def integer(self, low, high):
        return str(self.rng.randint(low, high))

    def number(self):
        return self.one("0", "1", "3", "12", "0.5", "2.25", "1e-3", "5.", ".25", "-0.5", "400")

    def some(self, options, most):
        """Up to `most` of the options, of which each is a function or a word."""
        words = []
        for option in self.rng.choices(options, k=self.rng.randint(0, most)):
            words += [option] if isinstance(option, str) else option()
        return words

    def address(self):
        return self.one(*V4, *V6)

    def with_family(self):
        return self.one(["-4", self.one(*V4)], ["-6", self.one(*V6)], [self.address()],
                        [self.address()], [self.address()])

    def source(self):
        poll = lambda: self.integer(-1, 18)
        options = ["iburst", "burst", "prefer", "noselect", "true",
                   lambda: ["minpoll", poll()], lambda: ["maxpoll", poll()],
                   lambda: ["version", self.one("1", "2", "3", "4", "4", "0x4", "254", "255")],
                   lambda: ["key", self.one("1", "2", "3", "9", "65534", "65535", "0", "0x2")],
                   lambda: ["bias", self.number()], lambda: ["mode", self.integer(0, 9)]]
        word = self.one("server", "server", "server", "pool", "peer")
        named = [self.one("nowhere.invalid", "other.invalid")]
        where = self.with_family() if self.chance(0.9) else named
        return [word, *where, *self.some(options, 4)]

    def clock_options(self):
        return [lambda: ["stratum", self.integer(0, 17)],
                lambda: ["refid", self.one("GPS", "ABCDE")],
                lambda: ["time1", self.number()], lambda: ["time2", self.number()],
                lambda: [self.one("flag2", "flag3", "flag4"), self.one("0", "1", "true")]]

    def local_clock(self):
        options = self.clock_options() + ["prefer", "noselect",
                                          lambda: [self.one("mode", "subtype"), self.integer(0, 5)],
                                          lambda: ["minpoll", self.integer(3, 8)]]
        unit = self.integer(0, 3)
        start = self.one(["refclock", "local", "unit", unit], ["server", f"127.127.1.{unit}"])
        return [*start, *self.some(options, 3)]

    def fudge(self):
        return ["fudge", f"127.127.1.{self.integer(0, 3)}",
                *(self.some(self.clock_options(), 3) or ["stratum", "5"])]

    def unpeer(self):
        return [self.one("unpeer", "unconfig"), self.one(self.address(), "127.127.1.0", "3")]

    def subject(self):
        return self.one(["default"], ["-4", "default"], ["-6", "default"], ["source"],
                        [self.address()], [f"{self.one(*V4)}/{self.integer(1, 32)}"],
                        [f"{self.one(*V6)}/{self.integer(1, 128)}"],
                        [self.one(*V4), "mask", self.one("255.255.255.0", "255.255.0.0",
                                                         "255.0.255.0", "255.255.255.255")],
                        [self.one(*V6), "mask", self.one("ffff:ffff::", "ffff:ffff:ffff::")],
                        [self.one("nowhere.invalid", "192.0.2", "10.1.2.3.4")])

    def restrict(self):
        word = self.one("restrict", "restrict", "restrict", "unrestrict")
        return [word, *self.subject(), *self.some(FLAGS, 4)]

    def tos(self):
        items = [lambda: [self.one("minclock", "maxclock"), self.integer(0, 12)],
                 lambda: [self.one("minsane", "orphan"), self.integer(0, 12)],
                 lambda: [self.one("floor", "ceiling"), self.integer(0, 18)],
                 lambda: ["orphanwait", self.integer(0, 600)],
                 lambda: [self.one("mindist", "maxdist", "maxdisp"), self.number()]]
        return ["tos", *(self.some(items, 3) or ["minsane", "2"])]

    def tinker(self):
        items = [lambda: [self.one("step", "stepback", "stepfwd", "panic", "stepout", "allan",
                                   "dispersion", "freq", "huffpuff"), self.number()]]
        return ["tinker", *(self.some(items, 3) or ["freq", self.one("3.5", "-12.25", "600")])]

    def mru(self):
        items = ["maxdepth", "maxmem", "mindepth", "maxage", "minage", "incalloc", "incmem",
                 "initmem"]
        words = ["mru"]
        for item in self.rng.choices(items, k=self.rng.randint(1, 3)):
            words += [item, self.one("1", "16", "64", "300", "1000", "5000", "-1")]
        return words

    def limit(self):
        return ["limit", self.one("average", "burst", "kod"), self.number()]

    def switches(self):
        names = ["calibrate", "kernel", "monitor", "ntp", "stats"]
        return [self.one("enable", "disable"), *self.rng.sample(names, self.rng.randint(1, 3))]

    def statistics(self):
        return ["statistics", *self.rng.sample(SETS, self.rng.randint(1, 3))]

    def filegen(self):
        options = ["link", "nolink", "enable", "disable", lambda: ["file", self.one("some", "f.1")],
                   lambda: ["type", self.one("none", "pid", "day", "week", "month", "year", "age")]]
        return ["filegen", self.one(*SETS), *self.some(options, 3)]

    def interface(self):
        return [self.one("interface", "nic"), self.one("listen", "ignore", "drop"),
                self.one("all", "ipv6", "wildcard", "eth0", "eth*", "10.77.0.1", "10.77.0.0/24")]

    def keys(self):
        return self.one(["trustedkey", *self.one(["1"], ["1", "2"], ["(", "2", "...", "5", ")"],
                                                 ["0"], ["65535", "65536"], ["4294967297"])],
                        ["controlkey", self.one("1", "2")], ["requestkey", "1"],
                        ["ntpsigndsocket", "signd"])

    def setvar(self):
        return ["setvar", self.one("hall", "tower", "site"),
                *self.one(["=", "x"], ["=", '"two words"'], ["=1.5"], ["=", "server"]),
                *self.one(["default"], ["default"], [])]

    def logging(self):
        words = ["=syncall", "+peerinfo", "-clockall", "allall", "=nonsense", "sysevents"]
        return self.one(["logconfig", *self.rng.sample(words, 2)], ["logfile", "other.log"])

    def drift(self):
        return ["driftfile", "drift", *self.one([], [], ["1e-7"], ["0.25"], ["1"])]

    def single(self):
        return self.one(["nonvolatile", self.number()], ["dscp", self.integer(0, 63)],
                        ["leapfile", "none"], ["leapsmearinterval", "3600"], ["mdnstries", "3"],
                        ["pidfile", "pid"], ["phone", "a", "b"], ["reset", "sys", "io"],
                        ["rlimit", "memlock", "32"], ["rlimit", "stacksize", "100"],
                        ["statsdir", "."], ["includefile", "extra.conf"], ["tick", "1"],
                        ["includefile", "missing.conf"], ["end"])

    def other_release(self):
        return self.one(["extra", "port", "1123"], ["statistics", "ntsstats"],
                        ["nts", "port", "4461"], ["tinker", "tick", "100"],
                        ["nts", "tlsecdhcurves", "P-256"],
                        ["server", self.address(), "holdover", "5"])

    def classic(self):
        return self.one(["discard", "average", "3"], ["broadcast", "192.0.2.255"], ["autokey"],
                        ["crypto", "pw", "x"], ["trap", "192.0.2.9"], ["disable", "auth"],
                        ["server", self.address(), "autokey"], ["tos", "cohort", "1"],
                        ["restrict", "192.0.2.0", "noepeer"], ["multicastclient"], ["ttl", "1"])

    def nts(self):
        return ["nts", *self.one(["disable"], ["ca", "ca.pem"], ["aead", "AES_SIV_CMAC_512"],
                                 ["mintls", "TLS1.3"], ["pool", "3"], ["mintls", "1.3"])]

    # Mutations.

    def mutated(self, line):
        words = line.split(" ")
        for _ in range(self.one(1, 1, 1, 2, 3)):
            place = self.rng.randrange(len(words))
            change = self.one(self.cut, self.doubled, self.swapped, self.misspelt, self.dropped,
                              self.odd_number, self.odd_mask, self.odd_space, self.comment,
                              self.quoted, self.odd_mark, self.foreign, self.in_capitals)
            change(words, place)
            words = words or [""]
        return " ".join(words)

    def cut(self, words, place):
        words[place] = words[place][:self.rng.randint(0, len(words[place]))]

    def doubled(self, words, place):
        words.insert(place, words[place])

    def swapped(self, words, place):
        other = self.rng.randrange(len(words))
        words[place], words[other] = words[other], words[place]

    def misspelt(self, words, place):
        word = words[place]
        at = self.rng.randrange(len(word) + 1)
        words[place] = word[:at] + self.one("x", "e", "-", "1", ".", "_") + word[at + 1:]

    def dropped(self, words, place):
        del words[place]

    def odd_number(self, words, place):
        words[place] = self.one("0x10", "0X7", "1e3", "-1", "-", "+5", "4294967297", "2147483648",
                                "-4", "-6", "-40", "1g", "5.", ".5", "1e", "00012", "true",
                                "99999999999999999999")

    def odd_mask(self, words, place):
        words[place] = self.one(words[place] + "/0", words[place] + "/33", words[place] + "/-1",
                                words[place] + "/x", words[place] + "/", "255.255.255.256",
                                "ffff::", "0.0.0.0", "255.0", "[2001:db8::5]", "192.0.2.1:123")

    def odd_space(self, words, place):
        words[place] += self.one("\t", "\v", "\f", "\r", "   ") + self.one("", "x")

    def comment(self, words, place):
        at = self.rng.randrange(len(words[place]) + 1)
        words[place] = words[place][:at] + "#" + words[place][at:]

    def quoted(self, words, place):
        word = words[place]
        at = self.rng.randrange(len(word) + 1)
        words[place] = self.one(f'"{word}"', f'"{word}', f'{word}"', f'"" {word}', f'"  " {word}',
                                f'{word[:at]}"{word[at:]}"', f'"{word[:at]}"{word[at:]}')

    def odd_mark(self, words, place):
        mark = self.one(";", "{", "}", "(", ")", ",", "|", "=", "\\", "é", "\x01", "...")
        words[place] = self.one(words[place] + mark, mark + words[place], mark)

    def foreign(self, words, place):
        words.insert(place, self.one(*ITEMS))

    def in_capitals(self, words, place):
        words[place] = words[place].upper()


def generate(rng):
    """The lines of one configuration after PREAMBLE; every second one is of mutated lines."""
    generator = Generator(rng)
    lines = generator.lines()
    if rng.random() < 0.5:
        lines = [generator.mutated(line) if rng.random() < 0.6 else line for line in lines]
    return lines
