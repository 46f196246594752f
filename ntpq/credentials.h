// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libntp/config/key_file.h"
#include "libntp/core/result.h"
#include "libntp/crypto/mac.h"
#include "ntpq/transport.h"

namespace ntp::ntpq {

/// What the type of a line of ntp.keys asks for, as this host's cryptography has it.
std::optional<config::KeyType> key_type_of(std::string_view name);
/// The number of the control key in the text of ntp.conf. NTPsec: that of the first line that
/// begins with `control`.
std::optional<std::int64_t> find_control_key(std::string_view text);

/// The key with which requests are signed: its number, type and secret, from the command line, a
/// file of keys, commands, or whoever sits at the terminal.
class Credentials {
 public:
  explicit Credentials(Network& network) : network_(network) {}

  /// Reads a file in the form of ntp.keys. False if it can't be read.
  bool load(const std::string& path);

  void set_id(std::int64_t id) { id_ = id; }
  [[nodiscard]] std::optional<std::int64_t> id() const { return id_; }
  /// The type of secrets that are typed. False if there is no such type.
  bool set_type(std::string_view name);
  [[nodiscard]] const std::string& type() const { return type_; }

  /// Gets number and secret, whatever of them is missing. NTPsec: for `localhost` with a file of
  /// keys the number is that of the control key in /etc/ntp.conf. A failure has the lines to be
  /// shown.
  Result<void> complete(const std::string& host);
  /// A server has refused a request. NTPsec: number and secret have to be given anew.
  void forget();

  /// The trailer for a request; empty without number and secret.
  [[nodiscard]] std::vector<std::uint8_t> sign(ByteView request);
  /// A file of keys was given, so that replies are expected to have a MAC.
  [[nodiscard]] bool expect_macs() const { return !file_.empty(); }

 private:
  struct Secret {
    std::string type;
    std::vector<std::uint8_t> octets;
  };

  Result<void> find_id(const std::string& host);
  Result<void> take(const Secret& secret);

  Network& network_;
  std::optional<std::int64_t> id_;
  std::string type_ = "AES";
  std::map<std::int64_t, Secret> file_;
  std::optional<crypto::MacKey> key_;
};

}  // namespace ntp::ntpq
