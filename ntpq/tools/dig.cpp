// SPDX-License-Identifier: BSD-2-Clause
#include "ntpq/tools/dig.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <ostream>

#include "libntp/config/key_file.h"
#include "libntp/crypto/mac.h"
#include "libntp/wire/packet.h"
#include "ntpq/credentials.h"
#include "ntpq/text.h"
#include "ntpq/tools/dig_reply.h"

namespace ntp::tools {
namespace {

constexpr const char* kConfigFile = "/etc/ntp.conf";
constexpr std::size_t kKeyIdSize = 4;
/// Of each request; more are not from a server.
constexpr int kMostDatagrams = 64;

struct Key {
  std::uint32_t id;
  crypto::MacKey key;
};

/// A request on its way.
struct Pending {
  std::string address;
  NtpTimestamp cookie;  // stands where the own time would: a reply has to give it back
  WallTime sent;
  bool answered = false;
};

class Dig {
 public:
  Dig(const DigOptions& options, DigHost& host, std::ostream& log)
      : options_(options), host_(host), log_(log) {}

  /// False, and a message, if what the options name is not to be had.
  bool prepare() {
    if (!options_.source.empty()) {
      const auto found = look_up(options_.source);
      if (found.empty()) return false;
      source_ = found.front();
    }
    return options_.key_file.empty() || load_key();
  }

  void ask_all() {
    for (int sample = 0; sample < options_.samples; ++sample) {
      if (sample > 0) host_.sleep(options_.gap);
      for (const std::string& name : options_.concurrent) ask_at_once(name);
      for (const std::string& name : options_.hosts) ask_in_turn(name);
    }
  }

  std::vector<DigReply> take_good() {
    std::vector<DigReply> good;
    for (DigReply& reply : replies_) {
      const auto why = why_dropped(reply);
      if (why) {
        say(ntpq::visible(reply.host) + ": Response dropped: " + *why);
      } else {
        good.push_back(std::move(reply));
      }
    }
    return good;
  }

  void add(DigReply reply) { replies_.push_back(std::move(reply)); }
  void say(const std::string& text) { log_ << "ntpdig: " << text << "\n" << std::flush; }

 private:
  void debug(int level, const std::string& text) {
    if (options_.debug >= level) say(text);
  }

  std::vector<Address> look_up(const std::string& name) {
    auto found = host_.addresses_of(name, options_.family);
    if (found) return *std::move(found);
    say("lookup of " + ntpq::visible(name) + " failed, errno " +
        std::to_string(found.error().code) + " = " + found.error().reason);
    return {};
  }

  bool load_key() {
    const auto text = host_.read_file(options_.key_file);
    if (!text) {
      say(options_.key_file + " nonexistent or unreadable");
      return false;
    }
    auto wanted = options_.key_id;
    // NTPsec: without a number the control key of this machine's daemon is meant.
    if (!wanted) wanted = ntpq::find_control_key(host_.read_file(kConfigFile).value_or(""));
    for (const auto& each :
         config::parse_key_file(*text, options_.key_file, ntpq::key_type_of).keys) {
      if (wanted != each.id) continue;
      const auto type = crypto::find_mac_type(each.type);
      auto key = type ? crypto::MacKey::make(*type, each.secret) : fail("no such type");
      if (key) key_.emplace(Key{each.id, *std::move(key)});
    }
    if (!key_) say("cannot get authentication key");
    return key_.has_value();
  }

  void ask_in_turn(const std::string& name) {
    bool first = true;
    for (const Address& address : look_up(name)) {
      if (!first) host_.sleep(options_.gap);
      first = false;
      if (send(name, address)) collect(name);
      finish();
    }
  }

  void ask_at_once(const std::string& name) {
    bool first = true;
    for (const Address& address : look_up(name)) {
      if (!first) host_.sleep(options_.gap);
      first = false;
      send(name, address);
    }
    collect(name);
    finish();
  }

  void finish() {
    host_.close_all();
    pending_.clear();
  }

  bool send(const std::string& name, const Address& address) {
    Pending pending;
    pending.address = address.to_string();
    debug(1, "querying " + pending.address + " (" + ntpq::visible(name) + ")");
    pending.cookie = NtpTimestamp(std::max<std::uint64_t>(host_.random().u64(), 1));
    wire::Header request;
    request.mode = wire::Mode::Client;
    request.transmit = pending.cookie;
    std::array<std::uint8_t, wire::kHeaderSize + kKeyIdSize + crypto::kMaxMac> buffer{};
    ByteWriter out(buffer);
    wire::encode_header(request, out);
    std::size_t size = out.size();
    if (key_) {
      debug(1, "authenticating with key " + std::to_string(key_->id));
      out.u32(key_->id);
      const ByteView header = ByteView(buffer).first(size);
      size = out.size() + key_->key.compute(header, ByteSpan(buffer).subspan(out.size()));
    }
    pending.sent = host_.wall();
    const auto sent = host_.send(address, source_, ByteView(buffer).first(size));
    if (!sent) {
      say(sent.error().message);
      return false;
    }
    pending_.resize(std::max(pending_.size(), *sent + 1));
    pending_[*sent] = std::move(pending);
    return true;
  }

  /// Waits until every request has its reply, or for the timeout.
  void collect(const std::string& name) {
    const MonoTime deadline = host_.mono() + options_.timeout;
    const auto open = [](const Pending& each) { return !each.answered; };
    const int most = kMostDatagrams * static_cast<int>(pending_.size());
    for (int i = 0; i < most && std::any_of(pending_.begin(), pending_.end(), open); ++i) {
      const auto arrival = host_.receive(deadline);
      if (!arrival) return;
      if (arrival->request < pending_.size()) take(name, pending_[arrival->request], *arrival);
    }
  }

  void take(const std::string& name, Pending& pending, const DigHost::Arrival& arrival) {
    const auto header = wire::decode_header(arrival.datagram);
    if (!header || arrival.datagram.size() % 4 != 0) {
      debug(1, "impossible packet length");
      return;
    }
    if (pending.answered || header->origin != pending.cookie) {
      // Not the answer to what was asked: the true one may still come.
      say(ntpq::visible(name) + ": Response dropped: unexpected response timestamp");
      return;
    }
    pending.answered = true;
    DigReply reply;
    reply.host = name;
    reply.address = pending.address;
    reply.header = *header;
    reply.exchange = {pending.sent, header->receive.to_wall(arrival.at),
                      header->transmit.to_wall(arrival.at), arrival.at};
    reply.trusted = !key_ || verify(pending.address, arrival.datagram);
    replies_.push_back(std::move(reply));
  }

  bool verify(const std::string& address, ByteView datagram) {
    ByteReader reader(datagram);
    const ByteView header = reader.take(wire::kHeaderSize);
    if (reader.remaining() == 0) debug(1, "no MAC on reply from " + address);
    const std::uint32_t id = reader.u32();
    const ByteView mac = reader.take(reader.remaining());
    const bool good = reader.ok() && id == key_->id && key_->key.verify(header, mac);
    if (!good) say("MAC verification on reply from " + address + " failed");
    if (good) debug(1, "MAC verification on reply from " + address + " succeeded");
    return good;
  }

  const DigOptions& options_;
  DigHost& host_;
  std::ostream& log_;
  Address source_;
  std::optional<Key> key_;
  std::vector<Pending> pending_;
  std::vector<DigReply> replies_;
};

}  // namespace

int run_dig(const DigOptions& options, DigHost& host, std::ostream& out, std::ostream& log) {
  Dig dig(options, host, log);
  if (!dig.prepare()) return 1;
  if (options.replay.empty()) {
    dig.ask_all();
  } else {
    auto reply = parse_replay(options.replay);
    if (!reply) {
      dig.say(reply.error().message);
      return 1;
    }
    dig.add(*std::move(reply));
  }
  const std::vector<DigReply> good = dig.take_good();
  const DigReply* best = best_of(good);
  if (best == nullptr) {
    dig.say("no eligible servers");
    return 1;
  }
  if (options.debug > 0) out << report_stamps(*best);
  const double offset = measure(*best).offset;
  const bool step = options.step && (!options.slew || std::fabs(offset) > options.step_limit);
  out << (options.json ? report_json(*best, step) : report_text(*best)) << std::flush;
  Result<void> done;
  if (step) {
    done = host.step(from_seconds(offset));
  } else if (options.slew) {
    done = host.slew(from_seconds(offset));
  }
  if (!done) dig.say(done.error().message);
  return done ? 0 : 1;
}

}  // namespace ntp::tools
