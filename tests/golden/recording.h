// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <cstdint>
#include <deque>
#include <filesystem>
#include <string>
#include <vector>

#include "ntpq/transport.h"

/// Runs of the real ntpq, recorded: what was typed and printed, and the packets it exchanged.
namespace ntp::golden {

using Bytes = std::vector<std::uint8_t>;

struct Exchange {
  Bytes request;
  std::vector<Bytes> replies;

  /// The datagram is the recorded request, but for a MAC that the recorded client put elsewhere.
  [[nodiscard]] bool is_asked_by(ByteView datagram) const;
};

struct RecordedRun {
  /// As typed, perhaps followed by three blanks and a remark in parentheses.
  std::string title;
  std::vector<std::string> arguments;
  std::string out;
  std::string err;
  int status = 0;
  std::vector<Exchange> exchanges;
};

/// The runs of `<folder>/text/<name>.txt` with the packets of `<folder>/packets/<name>.hex`.
std::vector<RecordedRun> load_runs(const std::filesystem::path& folder, const std::string& name);

/// Answers the requests of one run with the replies that were recorded. A request that was not
/// recorded gets none, and whoever waits for it waits in no time.
///
/// The column `when` counts whole seconds from a peer's last packet to the client's clock, which
/// the recordings do not hold. So the clock is made to fit: at each reply that became a row it goes
/// on to the earliest moment at which that row's `when` is as printed, and never back. If the
/// printed rows allow no such clock, some row comes out wrong.
class RecordedNetwork : public ntpq::Network {
 public:
  explicit RecordedNetwork(const RecordedRun& run);

  Result<std::unique_ptr<ntpq::Transport>> open(const std::string& host, Family family) override;
  std::optional<std::string> name_of(const Address& address) override;
  std::vector<Address> addresses_of(const std::string& name) override;
  /// KEYFILE holds the keys of the recordings, FILE what was configured from a file.
  std::optional<std::string> read_file(const std::string& path) override;
  [[nodiscard]] MonoTime mono() const override { return mono_; }
  [[nodiscard]] WallTime wall() const override { return wall_; }

  /// Recorded requests that nobody made.
  [[nodiscard]] std::size_t left_over() const { return waiting_.size(); }

 private:
  class RecordedTransport;
  struct Step {
    Exchange exchange;
    WallTime not_before;
  };

  MonoTime mono_{};
  WallTime wall_;
  bool daemon_;
  std::deque<Step> waiting_;
};

}  // namespace ntp::golden
