// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "libntp/config/changes.h"
#include "libntp/config/parser.h"
#include "libntp/config/settings.h"
#include "libntp/core/seams.h"
#include "libntp/leap/leap_file.h"
#include "libntp/nts/cookie_keys.h"
#include "libntp/nts/ke_counts.h"
#include "libntp/sync/offset_line.h"
#include "libntp/sync/selection.h"
#include "ntpd/association/association.h"
#include "ntpd/control/events.h"
#include "ntpd/control/model.h"
#include "ntpd/control/responder.h"
#include "ntpd/engine/clock_loop.h"
#include "ntpd/engine/key_store.h"
#include "ntpd/engine/leap_watch.h"
#include "ntpd/engine/log_limiter.h"
#include "ntpd/engine/system_state.h"
#include "ntpd/refclock/early_units.h"
#include "ntpd/server/domain_signer.h"
#include "ntpd/server/server.h"
#include "ntpd/statistics/recorder.h"
#include "ntpd/statistics/records.h"

namespace ntp::engine {

/// What `ntpd -q` does to the clock.
enum class Setting : std::uint8_t {
  None,  // `disable ntp`
  Slew,
  Step
};

/// What the command line and the host decide beside ntp.conf.
struct EngineOptions {
  /// log2 s: how finely the clock can be read.
  int precision = -20;
  /// -4, -6: sources of the other family are not used.
  Family family = Family::Any;
  bool allow_panic = false;    // -g
  bool step_first = false;     // -G
  bool slew_only = false;      // -x: steps only beyond 600 s
  bool quit_when_set = false;  // -q
  /// Part of the names of some statistics files.
  int process_id = 0;
  control::Identity identity;
  /// With quit_when_set: what was done about an offset of so many seconds.
  std::function<void(Setting, double offset)> on_clock_set = [](Setting, double) {};
  /// For usestats; without it there are none.
  std::function<ResourceUsage()> resource_usage;
  /// For the variables of the kernel's clock; without it they are zero.
  std::function<std::optional<KernelClock>()> kernel_clock;
  /// The host's addresses with name and flags, for mode 6; without it only the wildcards are
  /// listed.
  std::function<std::vector<control::InterfaceView>()> interfaces;
  /// Brings the whole daemon to a configuration that came by mode 6, with Engine::reload() for its
  /// own part; without it that is all.
  std::function<void(config::ParseResult)> take_over;
  /// Once an hour, for the upkeep that is not the engine's: the log file.
  std::function<void()> on_hour = [] {};
  /// What the server of NTS key establishment has counted, where there is one.
  std::function<nts::KeServerCounts()> ke_counts = [] { return nts::KeServerCounts{}; };
  /// Keys that have been read already, while there was the right to; null: the engine reads them.
  std::shared_ptr<KeyStore> keys;
  /// Reference clocks whose devices were opened while there was the right to.
  std::shared_ptr<refclock::EarlyUnits> early_clocks;
  /// The way to Samba for `restrict … mssntp`; null: such replies stay away. Outlives the engine.
  SigningSocket* signing_socket = nullptr;
  /// The daemon is to end with this status: -q is done, or the offset is beyond panic.
  std::function<void(int status)> on_exit = [](int) {};
  /// Whether an address is one of this host's; without it none is known to be.
  std::function<bool(const Address&)> is_own_address;
  /// The clock is synchronized for the first time.
  std::function<void()> on_synchronized = [] {};
};

/// How often what changes with time alone is looked at: a bit longer than the usual poll interval,
/// since it is done along with a poll if one comes so early that it is still worth it.
inline constexpr Duration kHousekeeping = std::chrono::seconds(75);
inline constexpr Duration kHousekeepingEarly = std::chrono::seconds(30);
/// NTPsec: a second between the first packets of the sources.
inline constexpr Duration kSourceSpacing = std::chrono::seconds(1);

/// What a server found by a pool takes over of the pool's line (NTPsec: polls, version, iburst and
/// the NTS options).
config::SourceSettings pool_member(config::SourceSettings pool);

/// What the clock's loop is told of a configuration and the command line.
ClockLoop::Settings clock_settings(const config::Settings& settings, const EngineOptions& options);

/// The daemon without its host: associations, selection, clock and servers, wired together over the
/// seams. main() runs it on Linux, the simulator runs many of them.
class Engine final : public control::Model {
 public:
  using Reply = std::function<void(ByteView)>;
  using LateReply =
      std::function<void(const Endpoint& remote, const Address& local, ByteView payload)>;

  Engine(config::Settings settings, EngineOptions options, const Host& host);
  ~Engine() override;

  void start();
  /// Saves what must be saved and says in the log how it went.
  void stop();

  /// Goes over to another configuration, with one line in the log that says what has changed.
  /// Sources that stay keep their samples. With an error in it nothing changes; all that was found
  /// is in the log either way. Gives the sections that differ, for those parts of the daemon that
  /// are not the engine's.
  std::vector<config::Section> reload(config::ParseResult parsed);
  [[nodiscard]] const config::Settings& settings() const { return settings_; }
  /// Reads files anew that may have been replaced by others of the same name (SIGHUP), but for
  /// that of the keys.
  void refresh_files();
  /// Reads the file of symmetric keys anew. Where it can't be read the keys stay as they are, and
  /// this is false.
  bool reload_keys();

  /// Requests under NTS are answered by these keys for cookies from now on, and not at all with
  /// null. Fails if OpenSSL on this host does not do what NTS needs.
  Result<void> set_cookie_keys(const nts::CookieKeys* keys);
  /// A session of key establishment has ended: for the log and the statistics. `unreported` others
  /// before it are known by their number alone.
  void on_key_establishment(const statistics::KeSessionRecord& session, std::uint64_t unreported);

  /// A datagram to the NTP port; `reply` is called for each datagram of the answer, before return,
  /// `late` for one that others had to sign first. Without `late` there is none.
  void on_server_datagram(const Datagram& datagram, const Reply& reply, const LateReply& late = {});

  /// A datagram of an answer has not been sent after all, from this address.
  void on_unsent(const Address& local);
  /// The host says that its clock was set, or that it was suspended: looks at once.
  void clock_disturbed() {
    if (running_) watch_clock(ClockLoop::kToldStep);
  }

  // control::Model
  [[nodiscard]] control::SystemView system() const override;
  [[nodiscard]] std::vector<std::uint16_t> associations() const override;
  [[nodiscard]] std::optional<control::PeerView> peer(std::uint16_t id) const override;
  [[nodiscard]] std::optional<std::uint64_t> counter(std::string_view name) const override;
  [[nodiscard]] std::vector<control::UserVariable> user_variables() const override;
  [[nodiscard]] std::vector<control::RestrictionView> restrictions() const override;
  void acknowledge_events(std::uint16_t id) override;
  [[nodiscard]] std::optional<double> quantity(std::string_view name) const override;
  [[nodiscard]] std::optional<control::ClockView> clock(std::uint16_t id) const override;
  void visit_clients(const std::optional<Address>& after,
                     const ClientVisitor& visitor) const override;
  [[nodiscard]] std::optional<control::ClientView> client(const Address& address) const override;
  [[nodiscard]] std::uint64_t client_count() const override { return server_.recent().size(); }
  [[nodiscard]] std::vector<control::InterfaceView> interfaces() const override;
  std::vector<std::string> configure(std::string_view text, const Endpoint& from) override;
  void refused(const Endpoint& from, std::string_view what) override;

 private:
  /// Datagrams of one local address.
  struct Traffic {
    std::uint64_t received = 0;
    std::uint64_t sent = 0;
    std::uint64_t failed = 0;
  };
  /// An association with what it holds of the host.
  struct Row {
    association::Id id = 0;
    std::unique_ptr<association::Association> association;
    std::unique_ptr<ClientChannel> channel;
    std::unique_ptr<nts::KeExchange> key_exchange;
    std::uint32_t sent_on_channel = 0;
    Timers::Id timer = Timers::kNone;
    MonoTime due;  // what the timer is set to
    /// The address that the restrict list was last asked to let in.
    Address admitted;
    /// The pool that it was found by; 0: none.
    association::Id pool = 0;
    /// Its line, as it stands in the configuration.
    config::SourceSettings line;
  };
  using Rows = std::vector<std::unique_ptr<Row>>;

  // engine_rows.cpp: the association table, and what associations ask for.
  Row* mobilize(const config::SourceSettings& source, Address pool_address, MonoTime first);
  void demobilize(association::Id id, const std::string& reason);
  void perform(association::Id id, association::Actions&& actions);
  void perform(Row& row, const association::Send& send);
  void look_up(association::Id id, const association::Resolve& request);
  void arm(Row& row);
  void on_reply(association::Id id, const Datagram& datagram);
  [[nodiscard]] Row* find(association::Id id) const;
  [[nodiscard]] bool in_use(const Endpoint& server) const;
  [[nodiscard]] association::Context context() const;

  // engine_clocks.cpp: reference clocks.
  Result<std::unique_ptr<refclock::Unit>> take_clock(const config::SourceSettings& source);
  void calibrate(association::Association& clock);

  // engine_reload.cpp
  struct SourceChanges;
  SourceChanges reload_sources(const std::vector<config::SourceSettings>& wanted);
  void retire(association::Id id, const std::string& why);
  void apply_section(config::Section section);

  // engine_nts.cpp
  void establish(Row& row, association::Establish& wanted);
  void spawn(association::Id pool, const association::Spawn& wanted);
  void hurry_sources();
  void reconfigure_nts();
  [[nodiscard]] std::optional<std::uint64_t> nts_client_counter(std::string_view name) const;

  // engine_leap.cpp: leap seconds, by the file and else by the sources.
  void load_leap_file();
  void check_leap_file();
  void warn_of_leap_expiry(bool daily);
  void update_leap(MonoTime now);
  void watch_clock(Duration least = ClockLoop::kForeignStep);

  // engine_smear.cpp
  /// s that the source says its time is smeared by.
  [[nodiscard]] std::optional<double> told_smear(const association::Association& source) const;
  /// Whether sources that smear are left out, because there are others.
  bool leaves_out_smeared();
  bool is_left_out(const association::Association& source, bool smeared_are);
  void warn_of_smear(const association::Association& source, double system_offset);
  void warn_once(const association::Association& source, const char* what);

  // engine_access.cpp: the restrict list's names, and its holes for sources.
  void resolve_restrictions();
  void rebuild_access();
  void admit(Row& row);

  // engine_mode6.cpp
  [[nodiscard]] Traffic& traffic_of(const Address& local);
  void drop_unpeered(const std::vector<config::UnpeerSettings>& unpeers,
                     std::vector<config::SourceSettings>& sources);
  void reset_counters(unsigned targets);

  // engine_counters.cpp
  [[nodiscard]] std::optional<std::uint64_t> traffic_counter(std::string_view name) const;

  // engine_keys.cpp
  void check_key(const association::Association& source);
  [[nodiscard]] std::optional<std::uint64_t> key_counter(std::string_view name) const;

  // engine_signing.cpp: replies that Samba signs.
  void reply_signed(const Datagram& datagram, ByteView reply, const LateReply& late);
  [[nodiscard]] bool signs() const;

  // engine_nts_server.cpp
  void tell_refused(const Datagram& datagram, std::string_view flaw);
  [[nodiscard]] std::optional<std::uint64_t> ke_server_counter(std::string_view name) const;
  [[nodiscard]] std::optional<double> ke_server_quantity(std::string_view name) const;
  void record_nts(Duration elapsed);

  // engine.cpp
  [[nodiscard]] config::SourceSettings for_this_host(config::SourceSettings source) const;
  /// False if the source is left out; the log says why.
  bool start_source(const config::SourceSettings& source, MonoTime first);

  // engine_events.cpp: what is told to the log and to the statistics files.
  void report(control::SystemEvent event, const std::string& detail = {});
  void report(association::Association& association, control::PeerEvent event,
              const std::string& detail);
  void report_state(sync::ControllerState before);
  void log_event(std::uint32_t log_class, const std::string& line);
  /// For lines that a peer can cause: the same one, or those of a key, at most once an hour.
  void log_seldom(LogLevel level, const std::string& text, const std::string& key = {});
  void record_clock_update();
  void record_clock(const association::Association& clock, const std::string& text);
  void record_estimate(const association::Association& association);
  void record_reply(const association::Association& association,
                    const association::RecordReply& record);
  [[nodiscard]] std::uint16_t status_of(const association::Association& association) const;
  // engine_hours.cpp
  void start_hours();
  void end_hour();
  void start_period(MonoTime now);
  void record_system(Duration elapsed);
  void record_usage(Duration elapsed);

  // engine.cpp
  void housekeeping();
  void arm_housekeeping();
  /// Does it now, that the host is awake, if it is due soon.
  void housekeeping_along(MonoTime now);
  void clock_moved(Duration by);
  void host_resumed(Duration suspended);

  // engine_select.cpp: from samples to the clock.
  void reselect();
  [[nodiscard]] bool awaits_votes() const;
  void lose_peer();
  void await_orphanhood(MonoTime now);
  void follow(Row& row, const association::Context& now, const sync::SelectionResult& selection,
              MonoTime newest, bool is_own_clock);
  [[nodiscard]] sync::BoundGrowth growth(const sync::SelectionResult& selection,
                                         double steered) const;
  void take_adjustment(sync::Adjustment adjustment, MonoTime now);
  void all_clocks_stepped();
  void update_clock_status(MonoTime now);
  void publish(MonoTime now);
  [[nodiscard]] bool corrects() const;

  // engine_once.cpp: -q, which sets the clock once.
  void await_first_setting();
  void set_clock_once(sync::Adjustment adjustment);
  void give_up();

  config::Settings settings_;
  const EngineOptions options_;
  Host host_;
  std::shared_ptr<KeyStore> keys_;
  ClockLoop clock_;
  SystemState state_;
  server::Server server_;
  std::optional<server::DomainSigner> signer_;
  control::Responder control_;
  control::EventCounter events_;
  std::optional<statistics::Recorder> statistics_;
  LogLimiter log_limiter_;
  /// For lines about clients: these may be so many that there would be no room for those about the
  /// daemon's own sources.
  LogLimiter client_log_limiter_;

  std::map<std::string, std::vector<Address>> restricted_hosts_;
  std::optional<leap::Table> leaps_;
  std::optional<std::string> leap_text_;  // of the file as it was last read
  bool leap_file_missing_ = false;
  MonoTime leap_warned_{};
  LeapWatch leap_watch_;
  bool follows_smeared_ = false;
  std::set<association::Id> smear_told_;
  Duration suspended_{};
  sync::OffsetLine offset_line_;
  Rows rows_;
  std::function<int()> active_sources_ = [this] {
    return static_cast<int>(
        std::ranges::count_if(rows_, [](const auto& row) { return row->association->active(); }));
  };
  std::function<int()> dead_sources_ = [this] {
    return static_cast<int>(std::ranges::count_if(rows_, [](const auto& row) {
      return row->association->active() && row->association->dead();
    }));
  };
  association::Id next_id_ = 1;
  int survivors_ = 0;
  int leap_votes_insert_ = 0;
  int leap_votes_delete_ = 0;
  MonoTime started_{};
  Timers::Id housekeeping_timer_ = Timers::kNone;
  MonoTime housekeeping_at_{};
  Timers::Id give_up_timer_ = Timers::kNone;
  Timers::Id hourly_timer_ = Timers::kNone;
  MonoTime next_hour_{};
  MonoTime counting_since_{};
  MonoTime usage_since_{};
  ResourceUsage used_before_;
  nts::KeServerCounts ke_period_;  // as they were when the period began
  bool synchronized_once_ = false;
  bool running_ = false;
  std::map<Address, Traffic> traffic_;
  /// The one asked for last, which is nearly always the one asked for next; null: none.
  std::pair<const Address, Traffic>* last_traffic_ = nullptr;
  std::uint64_t packets_received_ = 0;
  std::uint64_t packets_dropped_ = 0;  // longer than any packet
  // Also of const calls, which only hand on where to count.
  mutable association::NtsClientCounters nts_client_;
  association::NtsClientCounters nts_client_before_;
  std::uint64_t packets_sent_ = 0;
  std::uint64_t requests_sent_ = 0;
  std::uint64_t send_failures_ = 0;
  MonoTime io_reset_{};
  MonoTime timers_reset_{};
  // Callbacks of the resolver may outlive the engine; they hold a weak reference to this.
  std::shared_ptr<Engine*> self_;
};

}  // namespace ntp::engine
