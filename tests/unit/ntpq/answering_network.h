// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "ntpq/program.h"
#include "tests/unit/ntpq/frames.h"

namespace ntp::ntpq {

/// A server that answers each request at once by a function of the test.
class AnsweringNetwork final : public Network {
 public:
  using Answer =
      std::function<std::vector<Bytes>(const wire::ControlHeader&, std::string_view data)>;

  explicit AnsweringNetwork(Answer answer) : answer_(std::move(answer)) {}

  Result<std::unique_ptr<Transport>> open(const std::string& host, Family) override {
    if (host == unknown_host) return fail("no such host\n");
    opened.push_back(host);
    return std::unique_ptr<Transport>(std::make_unique<AnsweringTransport>(*this));
  }
  std::optional<std::string> name_of(const Address&) override { return name; }
  std::vector<Address> addresses_of(const std::string&) override { return addresses; }
  std::optional<std::string> read_file(const std::string& path) override {
    if (path != "keys") return std::nullopt;
    return "1 AES 00112233445566778899aabbccddeeff\n";
  }
  [[nodiscard]] bool interrupted() const override { return interrupt; }
  void forget_interrupt() override { interrupt = false; }
  [[nodiscard]] MonoTime mono() const override { return clock; }
  [[nodiscard]] WallTime wall() const override {
    return WallTime(std::chrono::seconds(1'795'400'000));
  }

  std::optional<std::string> name;
  std::vector<Address> addresses;
  /// The hosts that were turned to.
  std::vector<std::string> opened;
  std::string unknown_host;
  bool interrupt = false;
  /// Ctrl-C comes while the reply to this request is waited for; 0: never.
  std::size_t interrupt_at = 0;
  std::vector<std::string> requests;
  MonoTime clock{};

 private:
  class AnsweringTransport final : public Transport {
   public:
    explicit AnsweringTransport(AnsweringNetwork& network) : network_(network) {}

    Outcome send(ByteView datagram) override {
      const auto frame = wire::decode_control(datagram);
      network_.requests.emplace_back(as_text(frame->data));
      if (network_.requests.size() == network_.interrupt_at) {
        network_.interrupt = true;
        return Outcome::Done;
      }
      for (auto& reply : network_.answer_(frame->header, as_text(frame->data))) {
        coming_.push_back(std::move(reply));
      }
      return Outcome::Done;
    }
    Received receive(ByteSpan buffer, MonoTime deadline) override {
      if (network_.interrupt) return {Outcome::Interrupted, 0};
      if (coming_.empty()) {
        network_.clock = deadline;
        return {Outcome::TimedOut, 0};
      }
      const Bytes datagram = coming_.front();
      coming_.pop_front();
      const std::size_t size = std::min(datagram.size(), buffer.size());
      std::copy_n(datagram.begin(), size, buffer.begin());
      return {Outcome::Done, size};
    }

   private:
    AnsweringNetwork& network_;
    std::deque<Bytes> coming_;
  };

  Answer answer_;
};

/// The frames of a whole reply.
inline std::vector<Bytes> whole_reply(const wire::ControlHeader& request, std::string_view text) {
  return wire::binary_reply(reply_header(request), as_bytes(text));
}

inline std::vector<Bytes> refuse(const wire::ControlHeader& request, wire::ControlError error) {
  return {wire::error_reply(request, error)};
}

struct Texts {
  std::string out;
  std::string err;
};

inline Texts run_with(Network& network, const std::vector<std::string>& arguments,
                      const std::string& typed = "") {
  const auto options = parse_options(arguments);
  std::ostringstream out;
  std::ostringstream err;
  std::istringstream input(typed);
  if (options) run_program(*options, network, {out, err, err}, {input, false, {}});
  return {out.str(), err.str()};
}

}  // namespace ntp::ntpq
