// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/refclock/serial_driver.h"
#include "ntpd/refclock/telegram/dialup.h"

namespace ntp::refclock {

extern const DriverInfo driver_modem;

namespace {

constexpr int kBackup = 0, kAutomatic = 1;  // modes; else manual
constexpr int kSetupPatience = 3, kRedialPause = 30, kAnswerPatience = 60,
              kTimecodePatience = 60;  // s
constexpr int kMostTimecodes = 20;
constexpr int kEnoughUncorrected = 10;  // time codes of a service that could not measure the line
constexpr std::size_t kLongestLine = 127;
/// Hayes: answer tone of the US, carrier not watched, hang up when DTR falls, no echo, speaker low
/// and on until there is a carrier, answers, in words, and long space disconnect.
constexpr std::string_view kSetup = "ATB1&C0&D2E0L1M1Q0V1Y1";

/// Time services at the telephone: NIST, USNO, PTB and the like, or a Spectracom behind a modem.
/// A poll starts a call (NTPsec: mode 0 if the system follows nothing or this clock, mode 1 always,
/// otherwise only flag1 does), numbers are tried one after the other, and what a call brought is
/// used when it ends. Without numbers the device is at the port itself, and gets a T.
class ModemDriver final : public SerialDriver {
 public:
  explicit ModemDriver(Feed& feed) : SerialDriver(feed, driver_modem) {}
  ~ModemDriver() override { hang_up(); }
  ModemDriver(const ModemDriver&) = delete;
  ModemDriver& operator=(const ModemDriver&) = delete;

  Result<void> open(Devices& devices) override {
    devices_ = &devices;
    return {};
  }
  void close() override {
    hang_up();
    state_ = State::Idle;
    timer_ = 0;
  }

  void tick(const Moment&) override {
    if (timer_ == 0) {
      if (feed_.flag(1) && !std::exchange(forced_, true)) call();
    } else if (--timer_ == 0) {
      on_timeout();
    }
  }

  std::optional<ClockEvent> poll(const Moment& now) override {
    const int mode = feed_.settings().mode;
    const bool wanted = mode == kAutomatic || (mode == kBackup && !now.others_lead);
    if (wanted) {
      feed_.count_poll();
      if (state_ == State::Idle && timer_ == 0) {
        number_ = 0;
        call();
      }
    }
    return std::nullopt;
  }

 private:
  enum class State : std::uint8_t { Idle, Setup, Connect, Message, Ending };

  [[nodiscard]] const std::vector<std::string>& phones() const { return feed_.settings().phones; }

  void call() {
    if (port_) return;
    SerialSettings line{.path = {}, .baud = 19200, .lines = false, .dtr = true};
    if (feed_.flag(2)) {
      line.lock_file = with_unit("/var/spool/lock/LCK..cua%u", feed_.settings().unit);
    }
    if (const auto opened = open_port(*devices_, line); !opened) {
      trouble(ClockEvent::Fault);
      return say("open", opened.error().message);
    }
    timecodes_ = 0;
    text_.clear();
    on_time_.reset();
    pending_.reset();
    if (number_ >= phones().size()) {
      send("T");
      return enter(State::Message, kTimecodePatience);
    }
    say("setup", "SETUP " + std::string(kSetup));
    send(std::string(kSetup) + '\r');
    enter(State::Setup, kSetupPatience);
  }

  void enter(State state, int patience) {
    state_ = state;
    timer_ = patience;
  }

  void hang_up() {
    if (!port_) return;
    // What has no such line is no modem.
    (void)port_->set_dtr(false);
    port_.reset();
  }

  /// The call is over; the port is closed at the next tick, since this may be its doing.
  void end_call() { enter(State::Ending, 1); }

  void on_timeout() {
    switch (state_) {
      case State::Idle:
        return call();
      case State::Ending: {
        hang_up();
        // Another number is tried after one that brought nothing.
        const bool again = timecodes_ == 0 && number_ > 0 && number_ < phones().size();
        if (timecodes_ == 0 && !again) trouble(ClockEvent::Timeout);
        return enter(State::Idle, again ? kRedialPause : 0);
      }
      case State::Setup:
        say("modem", "no modem");
        break;
      case State::Connect:
        say("answer", "no answer");
        break;
      case State::Message:
        use_call();
        break;
    }
    end_call();
  }

  void use_call() {
    if (timecodes_ == 0) return say("timecodes", "no timecodes");
    if (!feed_.has_samples()) return trouble(ClockEvent::Timeout);
    feed_.stats(feed_.timecode());
    feed_.hand_in();
  }

  void on_octets(ByteView octets, WallTime received) override {
    for (const std::uint8_t octet : octets) {
      const char c = static_cast<char>(octet & 0x7f);
      if (c == '\n') {
        if (text_.empty()) {
          on_time_ = received;
        } else {
          on_line(std::exchange(text_, {}), received);
        }
      } else if (c >= ' ' && c < 0x7f) {
        if (text_.size() < kLongestLine) text_.push_back(c);
        if (c != '*' && c != '#') continue;
        on_time_ = received;
        // NIST measures the line by our echo of its mark.
        if (state_ == State::Message) send({&c, 1});
      }
    }
  }

  void on_line(const std::string& line, WallTime received) {
    const std::string_view first = std::string_view(line).substr(0, line.find(' '));
    switch (state_) {
      case State::Idle:
      case State::Ending:
        return;
      case State::Setup:
        if (first == kSetup) return;  // its echo
        if (first != "OK") break;
        say("dial " + phones()[number_],
            "DIAL #" + std::to_string(number_) + ' ' + phones()[number_]);
        send(phones()[number_] + '\r');
        ++number_;
        return enter(State::Connect, kAnswerPatience);
      case State::Connect:
        if (first != "CONNECT") break;
        say("connect", line);
        return enter(State::Message, kTimecodePatience);
      case State::Message:
        if (first == "NO") say("carrier", line);
        if (timecodes_ < kMostTimecodes) return on_timecode(line, received);
        use_call();
        return end_call();
    }
    say("answer", line);
    end_call();
  }

  void on_timecode(const std::string& line, WallTime received) {
    if (line == "*" && pending_) {
      // USNO: the mark behind the line says when that was.
      return use(*pending_, on_time_.value_or(received));
    }
    const auto decoded = telegram::decode_dialup(line);
    if (!decoded) return;
    if (!*decoded) return trouble(decoded->error());
    const telegram::DialupTime& time = **decoded;
    ++timecodes_;
    feed_.set_refid(time.refid);
    feed_.timecode(line);
    if (time.refid == RefId::from_text("USNO")) {
      pending_ = time.decoded;
      return;
    }
    if (time.measures && !time.corrected && timecodes_ < kEnoughUncorrected) return;
    use(time.decoded, on_time_.value_or(received));
  }

  void use(const telegram::Decoded& decoded, WallTime at) {
    accept(decoded, at, feed_.settings().time1);
  }

  void say(std::string_view key, const std::string& what) {
    feed_.log(LogLevel::Notice, key, "REFCLOCK: " + name() + ": " + what);
  }

  Devices* devices_ = nullptr;
  State state_ = State::Idle;
  int timer_ = 0;           // s; 0: it does not run
  std::size_t number_ = 0;  // the next to dial
  int timecodes_ = 0;       // of this call
  std::string text_;
  std::optional<WallTime> on_time_;
  std::optional<telegram::Decoded> pending_;
  bool forced_ = false;  // flag1 has had its call
};

}  // namespace

extern const DriverInfo driver_modem{
    .name = "MODEM",
    .description = "Automated Computer Time Service",
    .number = 18,
    .device = "/dev/modem%u",
    .refid = "NONE",
    .precision = -10,
    .source_code = 9,
    .kind = sync::SourceKind::Local,
    .make = [](Feed& feed) -> std::unique_ptr<Driver> {
      return std::make_unique<ModemDriver>(feed);
    },
};

}  // namespace ntp::refclock
