// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/control/format.h"
#include "ntpd/control/variables.h"

namespace ntp::control {
namespace {

using C = SystemContext;
constexpr Listing kDefault = Listing::Default;
constexpr Listing kOnRequest = Listing::OnRequest;
constexpr Listing kExtra = Listing::Extra;

std::string system_variable_names(const SystemContext& context);

std::string peer_address(const SystemView& system) {
  return system.peer_address.address.is_set() ? system.peer_address.to_string() : "0.0.0.0:0";
}

constexpr SystemVariable counter(std::string_view name) { return {name, kOnRequest, nullptr, 0}; }
constexpr SystemVariable quantity(std::string_view name, int decimals = 3) {
  return {name, kOnRequest, nullptr, decimals};
}

// `lockclock` tells of a build that leaves the clock alone (NTPsec), which this daemon has no
// counterpart of.
constexpr SystemVariable kSystemVariables[] = {
    {"leap", kDefault, [](const C& c) { return integer(static_cast<int>(c.system.leap)); }},
    {"stratum", kDefault, [](const C& c) { return integer(c.system.stratum); }},
    {"precision", kDefault, [](const C& c) { return integer(c.system.precision); }},
    {"rootdelay", kDefault, [](const C& c) { return milliseconds(c.system.root_delay, 3); }},
    {"rootdisp", kDefault, [](const C& c) { return milliseconds(c.system.root_dispersion, 3); }},
    {"rootdist", kDefault, [](const C& c) { return milliseconds(c.system.root_distance, 3); }},
    {"refid", kDefault,
     [](const C& c) { return reference_text(c.system.reference_id, c.system.stratum); }},
    {"reftime", kDefault, [](const C& c) { return timestamp(c.system.reference_time); }},
    {"tc", kDefault, [](const C& c) { return integer(c.system.time_constant); }},
    {"peer", kDefault, [](const C& c) { return integer(c.system.peer); }},
    {"offset", kDefault, [](const C& c) { return milliseconds(c.system.offset, 6); }},
    {"frequency", kDefault, [](const C& c) { return parts_per_million(c.system.frequency, 3); }},
    {"sys_jitter", kDefault, [](const C& c) { return milliseconds(c.system.system_jitter, 6); }},
    {"clk_jitter", kDefault, [](const C& c) { return milliseconds(c.system.clock_jitter, 6); }},
    {"clock", kDefault,
     [](const C& c) { return timestamp(NtpTimestamp::from_wall(c.system.clock)); }},
    {"processor", kDefault, [](const C& c) { return in_quotes(c.identity.processor); }},
    {"system", kDefault, [](const C& c) { return in_quotes(c.identity.system); }},
    {"release", kDefault, [](const C& c) { return in_quotes(c.identity.release); }},
    {"version", kDefault, [](const C& c) { return in_quotes(c.identity.version); }},
    {"clk_wander", kDefault,
     [](const C& c) { return parts_per_million(c.system.clock_wander, 6); }},
    {"sys_var_list", kOnRequest, [](const C& c) { return in_quotes(system_variable_names(c)); }},
    {"tai", kDefault, [](const C& c) { return integer(c.system.tai); }},
    {"leapsec", kDefault, [](const C& c) { return date(c.system.leap_second); }},
    {"expire", kDefault, [](const C& c) { return date(c.system.leap_expires); }},
    {"mintc", kDefault, [](const C& c) { return integer(c.system.minimum_time_constant); }},
    counter("mru_enabled"),
    counter("mru_hashslots"),
    counter("mru_depth"),
    counter("mru_deepest"),
    counter("mru_mindepth"),
    counter("mru_maxage"),
    counter("mru_minage"),
    counter("mru_maxdepth"),
    counter("mru_mem"),
    counter("mru_maxmem"),
    counter("mru_exists"),
    counter("mru_new"),
    counter("mru_recycleold"),
    counter("mru_recyclefull"),
    counter("mru_none"),
    counter("mru_oldest_age"),
    {"ss_uptime", kOnRequest, [](const C& c) { return whole_seconds(c.system.uptime); }},
    counter("ss_reset"),
    counter("ss_reset_r"),
    counter("ss_received"),
    counter("ss_received_r"),
    counter("ss_thisver"),
    counter("ss_thisver_r"),
    counter("ss_oldver"),
    counter("ss_oldver_r"),
    counter("ss_ver1"),
    counter("ss_ver1_r"),
    counter("ss_ver1client"),
    counter("ss_ver1client_r"),
    counter("ss_ver1zero"),
    counter("ss_ver1zero_r"),
    counter("ss_ver1symm"),
    counter("ss_ver1symm_r"),
    counter("ss_badformat"),
    counter("ss_badformat_r"),
    counter("ss_badauth"),
    counter("ss_badauth_r"),
    counter("ss_declined"),
    counter("ss_declined_r"),
    counter("ss_restricted"),
    counter("ss_restricted_r"),
    counter("ss_limited"),
    counter("ss_limited_r"),
    counter("ss_kodsent"),
    counter("ss_kodsent_r"),
    counter("ss_processed"),
    counter("ss_processed_r"),
    counter("ss_numctlreq"),
    {"peeradr", kOnRequest, [](const C& c) { return in_quotes(peer_address(c.system)); }},
    {"peermode", kOnRequest, [](const C& c) { return integer(c.system.peer_mode); }},
    counter("authreset"),
    quantity("authdelay"),
    counter("authkeys"),
    counter("authfreek"),
    counter("authklookups"),
    counter("authknotfound"),
    counter("authencrypts"),
    counter("authdigestencrypts"),
    counter("authcmacencrypts"),
    counter("authdecrypts"),
    counter("authdigestdecrypts"),
    counter("authdigestfails"),
    counter("authcmacdecrypts"),
    counter("authcmacfails"),
    quantity("koffset"),
    quantity("kfreq"),
    quantity("kmaxerr"),
    quantity("kesterr"),
    counter("kstflags"),
    quantity("ktimeconst"),
    quantity("kprecis"),
    quantity("kfreqtol"),
    quantity("kppsfreq"),
    quantity("kppsjitter"),
    counter("kppscalibdur"),
    quantity("kppsstab"),
    quantity("kppsjitexc"),
    quantity("kppscalibs"),
    quantity("kppscaliberrs"),
    quantity("kppsstbexc"),
    counter("iostats_reset"),
    counter("io_dropped"),
    counter("io_ignored"),
    counter("io_received"),
    counter("io_sent"),
    counter("io_sendfailed"),
    counter("io_wakeups"),
    counter("io_pkt_reads"),
    counter("io_ref_reads"),
    counter("total_rbuf"),
    counter("free_rbuf"),
    counter("used_rbuf"),
    counter("timerstats_reset"),
    counter("timer_overruns"),
    counter("timer_xmts"),
    quantity("clk_wander_threshold"),
    counter("leapsmearinterval"),
    quantity("leapsmearoffset"),
    {"lockclock", kOnRequest, [](const C&) { return integer(0); }},
    counter("nts_client_send"),
    counter("nts_client_send_r"),
    counter("nts_client_recv_good"),
    counter("nts_client_recv_good_r"),
    counter("nts_client_recv_bad"),
    counter("nts_client_recv_bad_r"),
    counter("nts_server_send"),
    counter("nts_server_send_r"),
    counter("nts_server_recv_good"),
    counter("nts_server_recv_good_r"),
    counter("nts_server_recv_bad"),
    counter("nts_server_recv_bad_r"),
    counter("nts_cookie_make"),
    counter("nts_cookie_make_r"),
    counter("nts_cookie_not_server"),
    counter("nts_cookie_not_server_r"),
    counter("nts_cookie_decode_total"),
    counter("nts_cookie_decode_total_r"),
    counter("nts_cookie_decode_current"),
    counter("nts_cookie_decode_current_r"),
    counter("nts_cookie_decode"),
    counter("nts_cookie_decode_r"),
    counter("nts_cookie_decode_old"),
    counter("nts_cookie_decode_old_r"),
    counter("nts_cookie_decode_old2"),
    counter("nts_cookie_decode_old2_r"),
    counter("nts_cookie_decode_older"),
    counter("nts_cookie_decode_older_r"),
    counter("nts_cookie_decode_too_old"),
    counter("nts_cookie_decode_too_old_r"),
    counter("nts_cookie_decode_error"),
    counter("nts_cookie_decode_error_r"),
    counter("nts_ke_serves_good"),
    counter("nts_ke_serves_good_r"),
    quantity("nts_ke_serves_good_wall"),
    quantity("nts_ke_serves_good_wall_r"),
    quantity("nts_ke_serves_good_cpu"),
    quantity("nts_ke_serves_good_cpu_r"),
    counter("nts_ke_serves_nossl"),
    counter("nts_ke_serves_nossl_r"),
    quantity("nts_ke_serves_nossl_wall"),
    quantity("nts_ke_serves_nossl_wall_r"),
    quantity("nts_ke_serves_nossl_cpu"),
    quantity("nts_ke_serves_nossl_cpu_r"),
    counter("nts_ke_serves_bad"),
    counter("nts_ke_serves_bad_r"),
    quantity("nts_ke_serves_bad_wall"),
    quantity("nts_ke_serves_bad_wall_r"),
    quantity("nts_ke_serves_bad_cpu"),
    quantity("nts_ke_serves_bad_cpu_r"),
    counter("nts_ke_probes_good"),
    counter("nts_ke_probes_good_r"),
    counter("nts_ke_probes_bad"),
    counter("nts_ke_probes_bad_r"),
    counter("mssntp_serves"),
    counter("mssntp_serves_r"),
    counter("mssntp_serves_no"),
    counter("mssntp_serves_no_r"),
    counter("mssntp_serves_err"),
    counter("mssntp_serves_err_r"),
    counter("mssntp_serves_good"),
    counter("mssntp_serves_good_r"),
    quantity("mssntp_serves_good_wall"),
    quantity("mssntp_serves_good_wall_r"),
    quantity("mssntp_serves_good_slowest", 6),
    quantity("mssntp_serves_good_slowest_r", 6),
    counter("mssntp_serves_bad"),
    counter("mssntp_serves_bad_r"),
    quantity("mssntp_serves_bad_wall"),
    quantity("mssntp_serves_bad_wall_r"),
    quantity("mssntp_serves_bad_slowest", 6),
    quantity("mssntp_serves_bad_slowest_r", 6),
    {"minsane", kExtra, [](const C& c) { return integer(c.system.min_sane); }},
    {"maxdist", kExtra, [](const C& c) { return milliseconds(c.system.max_distance, 3); }},
    {"clockstate", kExtra, [](const C& c) { return in_quotes(c.system.clock_state); }},
};

std::string system_variable_names(const SystemContext& context) {
  std::string names;
  for (const SystemVariable& variable : kSystemVariables) {
    if (variable.listing == kExtra) continue;
    const bool known = variable.getter != nullptr || variable.value(context);
    if (!known) continue;
    if (!names.empty()) names += ',';
    names += variable.name;
  }
  return names;
}

}  // namespace

std::optional<std::string> SystemVariable::value(const SystemContext& context) const {
  if (getter != nullptr) return getter(context);
  if (decimals == 0) {
    const std::optional<std::uint64_t> count = context.model.counter(name);
    // The ages of the recent list may be negative; no count comes near the half of the range.
    return count ? std::optional(integer(static_cast<std::int64_t>(*count))) : std::nullopt;
  }
  const std::optional<double> amount = context.model.quantity(name);
  return amount ? std::optional(fixed(*amount, decimals)) : std::nullopt;
}

std::span<const SystemVariable> system_variables() { return kSystemVariables; }

}  // namespace ntp::control
