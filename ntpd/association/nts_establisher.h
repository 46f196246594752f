// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "ntpd/association/association.h"

namespace ntp::association {

/// What a key establishment came to in the end: whom to ask, and how to protect that.
struct NtsGrant {
  Endpoint server;
  nts::KeResult result;
};

/// One line's key establishments: when to try, where a redirect leads, and how long to wait after a
/// failure (RFC 8915 section 4.1.3: ever longer until keys have brought a genuine reply).
class NtsEstablisher {
 public:
  /// s: the wait after the first failure, what each further one multiplies it with, and its most.
  /// The RFC goes up to five days; NTPsec waits 4096 s from the first failure on.
  static constexpr double kFirstWait = 10;
  static constexpr double kGrowth = 1.5;
  static constexpr double kLongestWait = 3600;
  /// After this an exchange is as good as lost, and another may begin.
  static constexpr Duration kGuard = std::chrono::minutes(2);
  using InUse = std::function<bool(const Endpoint&)>;

  /// `in_use` tells the endpoints of other associations.
  explicit NtsEstablisher(InUse in_use) : in_use_(std::move(in_use)) {}

  [[nodiscard]] bool running(MonoTime now) const;
  /// When the next exchange may start.
  [[nodiscard]] MonoTime next_try() const { return next_try_; }
  void try_now(MonoTime now) { next_try_ = std::min(next_try_, now); }
  /// Starts an exchange if none is running and the wait is over. `current` is asked first.
  void start(const config::SourceSettings& source, const Endpoint& current, const Context& context,
             Actions& actions);

  /// An exchange ended, and the name it may have led to was looked up. Nothing: it has failed, or
  /// there is a name to be looked up first.
  std::optional<NtsGrant> established(const Result<nts::KeResult>& result, const Context& context,
                                      Actions& actions);
  std::optional<NtsGrant> resolved(const Result<std::vector<Address>>& addresses,
                                   const Context& context, Actions& actions);
  /// A genuine reply came: the waits begin anew.
  void confirm() {
    attempts_ = 0;
    next_try_ = {};
    doubtful_ = false;
  }
  /// Why the last exchange failed; empty if it did not.
  [[nodiscard]] const std::string& failure() const { return told_; }
  /// The last exchange gave keys, but for a server that is asked already.
  [[nodiscard]] bool refused_as_in_use() const { return in_use_already_; }

 private:
  enum class Stage : std::uint8_t { Idle, Exchanging, LookingUp };

  std::optional<NtsGrant> choose(const std::vector<Address>& addresses, const Context& context,
                                 Actions& actions);
  [[nodiscard]] bool acceptable(const Address& address, const Context& context) const;
  void back_off(const Context& context);
  void fail(const std::string& reason, const Context& context, Actions& actions);

  InUse in_use_;
  Stage stage_ = Stage::Idle;
  MonoTime started_{};
  MonoTime next_try_{};
  /// Since the last genuine reply.
  int attempts_ = 0;
  bool in_use_already_ = false;
  /// The keys are for AEAD 30, from a server that may be an old chrony, which derives others; no
  /// genuine reply came yet. If they have to be replaced, the AEAD that all servers agree on is the
  /// one to ask for.
  bool doubtful_ = false;
  /// The reason told last: each is told once, until another one or a success.
  std::string told_;
  std::string host_;
  Family family_ = Family::Any;
  Endpoint current_;
  nts::KeResult result_;
};

}  // namespace ntp::association
