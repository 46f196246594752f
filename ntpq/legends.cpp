// SPDX-License-Identifier: BSD-2-Clause
#include "ntpq/legends.h"

namespace ntp::ntpq {
namespace {

constexpr Legend kAuthinfo[] = {
    {"time since reset:    ", "authreset", Shape::Uptime},
    {"stored keys:         ", "authkeys", Shape::Number},
    {"free keys:           ", "authfreek", Shape::Number},
    {"key lookups:         ", "authklookups", Shape::Number},
    {"keys not found:      ", "authknotfound", Shape::Number},
    {"encryptions:         ", "authencrypts", Shape::Packets},
    {"digest encryptions:  ", "authdigestencrypts", Shape::Packets},
    {"CMAC encryptions:    ", "authcmacencrypts", Shape::Packets},
    {"decryptions:         ", "authdecrypts", Shape::Packets},
    {"digest decryptions:  ", "authdigestdecrypts", Shape::Packets},
    {"digest failures:     ", "authdigestfails", Shape::Packets},
    {"CMAC decryptions:    ", "authcmacdecrypts", Shape::Packets},
    {"CMAC failures:       ", "authcmacfails", Shape::Packets},
    {"uncached keys:       ", "authkuncached", Shape::Number},
    {"expired keys:        ", "authkexpired", Shape::Number},
};

constexpr Legend kIostats[] = {
    {"time since reset:     ", "iostats_reset", Shape::Uptime},
    {"receive buffers:      ", "total_rbuf", Shape::Number},
    {"free receive buffers: ", "free_rbuf", Shape::Number},
    {"used receive buffers: ", "used_rbuf", Shape::Number},
    {"low water refills:    ", "rbuf_lowater", Shape::Number},
    {"dropped packets:      ", "io_dropped", Shape::Packets},
    {"ignored packets:      ", "io_ignored", Shape::Packets},
    {"received packets:     ", "io_received", Shape::Packets},
    {"packets sent:         ", "io_sent", Shape::Packets},
    {"packet send failures: ", "io_sendfailed", Shape::Packets},
    {"input wakeups:        ", "io_wakeups", Shape::Number},
    {"useful input wakeups: ", "io_goodwakeups", Shape::Number},
};

constexpr Legend kKerninfo[] = {
    {"pll offset:          ", "koffset", Shape::Number},
    {"pll frequency:       ", "kfreq", Shape::Number},
    {"maximum error:       ", "kmaxerr", Shape::Number},
    {"estimated error:     ", "kesterr", Shape::Number},
    {"kernel status:       ", "kstflags", Shape::Text},
    {"pll time constant:   ", "ktimeconst", Shape::Number},
    {"precision:           ", "kprecis", Shape::Number},
    {"frequency tolerance: ", "kfreqtol", Shape::Number},
    {"pps frequency:       ", "kppsfreq", Shape::Number},
    {"pps stability:       ", "kppsstab", Shape::Number},
    {"pps jitter:          ", "kppsjitter", Shape::Number},
    {"calibration interval ", "kppscalibdur", Shape::Number},
    {"calibration cycles:  ", "kppscalibs", Shape::Number},
    {"jitter exceeded:     ", "kppsjitexc", Shape::Number},
    {"stability exceeded:  ", "kppsstbexc", Shape::Number},
    {"calibration errors:  ", "kppscaliberrs", Shape::Number},
};

constexpr Legend kMonstats[] = {
    {"enabled:              ", "mru_enabled", Shape::Number},
    {"hash slots in use:    ", "mru_hashslots", Shape::Number},
    {"addresses in use:     ", "mru_depth", Shape::Number},
    {"peak addresses:       ", "mru_deepest", Shape::Number},
    {"maximum addresses:    ", "mru_maxdepth", Shape::Number},
    {"reclaim above count:  ", "mru_mindepth", Shape::Number},
    {"reclaim maxage:       ", "mru_maxage", Shape::Uptime},
    {"reclaim minage:       ", "mru_minage", Shape::Uptime},
    {"kilobytes:            ", "mru_mem", Shape::Number},
    {"maximum kilobytes:    ", "mru_maxmem", Shape::Number},
    {"alloc: exists:        ", "mru_exists", Shape::Number},
    {"alloc: new:           ", "mru_new", Shape::Number},
    {"alloc: recycle old:   ", "mru_recycleold", Shape::Number},
    {"alloc: recycle full:  ", "mru_recyclefull", Shape::Number},
    {"alloc: none:          ", "mru_none", Shape::Number},
    {"age of oldest slot:   ", "mru_oldest_age", Shape::Uptime},
};

constexpr Legend kMssntpinfo[] = {
    {"MSSNTP requests processed:     ", "mssntp_serves", Shape::Number},
    {"MSSNTP rejected by samba:      ", "mssntp_serves_no", Shape::Number},
    {"MSSNTP errors talking to samba:", "mssntp_serves_err", Shape::Number},
    {"MSSNTP requests good:          ", "mssntp_serves_good", Shape::Number},
    {"MSSNTP requests good wall:     ", "mssntp_serves_good_wall", Shape::Number},
    {"MSSNTP requests good slowest:  ", "mssntp_serves_good_slowest", Shape::Number},
    {"MSSNTP requests bad:           ", "mssntp_serves_bad", Shape::Number},
    {"MSSNTP requests bad wall:      ", "mssntp_serves_bad_wall", Shape::Number},
    {"MSSNTP requests bad slowest:   ", "mssntp_serves_bad_slowest", Shape::Number},
};

constexpr Legend kNtsinfo[] = {
    {"NTS client sends:           ", "nts_client_send", Shape::Number},
    {"NTS client recvs good:      ", "nts_client_recv_good", Shape::Number},
    {"NTS client recvs w error:   ", "nts_client_recv_bad", Shape::Number},
    {"NTS server recvs good:      ", "nts_server_recv_good", Shape::Number},
    {"NTS server recvs w error:   ", "nts_server_recv_bad", Shape::Number},
    {"NTS server sends:           ", "nts_server_send", Shape::Number},
    {"NTS make cookies:           ", "nts_cookie_make", Shape::Number},
    {"NTS cookies not server:     ", "nts_cookie_not_server", Shape::Number},
    {"NTS decode cookies total:   ", "nts_cookie_decode_total", Shape::Number},
    {" NTS decode cookies current:", "nts_cookie_decode_current", Shape::Number},
    {" NTS decode cookies old:    ", "nts_cookie_decode_old", Shape::Number},
    {" NTS decode cookies old2:   ", "nts_cookie_decode_old2", Shape::Number},
    {" NTS decode cookies older:  ", "nts_cookie_decode_older", Shape::Number},
    {" NTS decode cookies too old:", "nts_cookie_decode_too_old", Shape::Number},
    {"NTS decode cookies error:   ", "nts_cookie_decode_error", Shape::Number},
};

constexpr Legend kNtskeinfo[] = {
    {"NTS KE serves good:         ", "nts_ke_serves_good", Shape::Number},
    {"NTS KE serves good wall:    ", "nts_ke_serves_good_wall", Shape::Number},
    {"NTS KE serves good CPU:     ", "nts_ke_serves_good_cpu", Shape::Number},
    {"NTS KE serves no-TLS:       ", "nts_ke_serves_nossl", Shape::Number},
    {"NTS KE serves no-TLS wall:  ", "nts_ke_serves_nossl_wall", Shape::Number},
    {"NTS KE serves no-TLS CPU:   ", "nts_ke_serves_nossl_cpu", Shape::Number},
    {"NTS KE serves bad:          ", "nts_ke_serves_bad", Shape::Number},
    {"NTS KE serves bad wall:     ", "nts_ke_serves_bad_wall", Shape::Number},
    {"NTS KE serves bad CPU:      ", "nts_ke_serves_bad_cpu", Shape::Number},
    {"NTS KE client probes good:  ", "nts_ke_probes_good", Shape::Number},
    {"NTS KE client probes bad:   ", "nts_ke_probes_bad", Shape::Number},
};

constexpr Legend kPstats[] = {
    {"remote host:          ", "srcadr", Shape::Address},
    {"local address:        ", "dstadr", Shape::Address},
    {"time last received:   ", "timerec", Shape::Uptime},
    {"time until next send: ", "timer", Shape::Uptime},
    {"reachability change:  ", "timereach", Shape::Number},
    {"packets sent:         ", "sent", Shape::Number},
    {"packets received:     ", "received", Shape::Number},
    {"bad authentication:   ", "badauth", Shape::Number},
    {"bogus origin:         ", "bogusorg", Shape::Number},
    {"duplicate:            ", "oldpkt", Shape::Number},
    {"bad dispersion:       ", "seldisp", Shape::Number},
    {"bad reference time:   ", "selbroken", Shape::Number},
    {"candidate order:      ", "candidate", Shape::Number},
    {"count of nts cookies: ", "ntscookies", Shape::Number},
};

constexpr Legend kSysinfo[] = {
    {"system peer:      ", "peeradr", Shape::Address},
    {"system peer mode: ", "peermode", Shape::Mode},
    {"leap indicator:   ", "leap", Shape::Leap},
    {"stratum:          ", "stratum", Shape::Number},
    {"log2 precision:   ", "precision", Shape::Number},
    {"root delay:       ", "rootdelay", Shape::Number},
    {"root dispersion:  ", "rootdisp", Shape::Number},
    {"root distance     ", "rootdist", Shape::Number},
    {"reference ID:     ", "refid", Shape::Text},
    {"reference time:   ", "reftime", Shape::Time},
    {"system jitter:    ", "sys_jitter", Shape::Number},
    {"clock jitter:     ", "clk_jitter", Shape::Number},
    {"clock wander:     ", "clk_wander", Shape::Number},
    {"symm. auth. delay:", "authdelay", Shape::Number},
};

constexpr Legend kSysstats[] = {
    {"sysstats reset:       ", "ss_reset", Shape::Uptime},
    {"packets received:     ", "ss_received", Shape::Packets},
    {"current version:      ", "ss_thisver", Shape::Packets},
    {"older version:        ", "ss_oldver", Shape::Packets},
    {"NTPv1 total:          ", "ss_ver1", Shape::Packets},
    {" NTPv1 clients:       ", "ss_ver1client", Shape::Packets},
    {" NTPv1 mode0:         ", "ss_ver1zero", Shape::Packets},
    {" NTPv1 symm act:      ", "ss_ver1symm", Shape::Packets},
    {"bad length or format: ", "ss_badformat", Shape::Packets},
    {"authentication failed:", "ss_badauth", Shape::Packets},
    {"declined:             ", "ss_declined", Shape::Packets},
    {"restricted:           ", "ss_restricted", Shape::Packets},
    {"rate limited:         ", "ss_limited", Shape::Packets},
    {"KoD responses:        ", "ss_kodsent", Shape::Packets},
    {"processed for time:   ", "ss_processed", Shape::Packets},
};

constexpr Legend kSysstatsHead[] = {
    {"uptime:               ", "ss_uptime", Shape::Uptime},
    {"control requests:     ", "ss_numctlreq", Shape::Number},
};

constexpr Legend kTimerstats[] = {
    {"time since reset:  ", "timerstats_reset", Shape::Uptime},
    {"timer overruns:    ", "timer_overruns", Shape::Number},
    {"calls to transmit: ", "timer_xmts", Shape::Number},
};

}  // namespace

std::span<const Legend> authinfo_legends() { return kAuthinfo; }
std::span<const Legend> iostats_legends() { return kIostats; }
std::span<const Legend> kerninfo_legends() { return kKerninfo; }
std::span<const Legend> monstats_legends() { return kMonstats; }
std::span<const Legend> mssntpinfo_legends() { return kMssntpinfo; }
std::span<const Legend> ntsinfo_legends() { return kNtsinfo; }
std::span<const Legend> ntskeinfo_legends() { return kNtskeinfo; }
std::span<const Legend> pstats_legends() { return kPstats; }
std::span<const Legend> sysinfo_legends() { return kSysinfo; }
std::span<const Legend> sysstats_legends() { return kSysstats; }
std::span<const Legend> sysstats_head_legends() { return kSysstatsHead; }
std::span<const Legend> timerstats_legends() { return kTimerstats; }

}  // namespace ntp::ntpq
