// SPDX-License-Identifier: BSD-2-Clause
#include "tests/golden/recording.h"

#include <algorithm>
#include <chrono>
#include <fstream>
#include <iterator>
#include <map>
#include <sstream>

#include "libntp/wire/control.h"
#include "ntpq/date.h"

namespace ntp::golden {
namespace {

std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

/// The words of a command line; single quotes hold one together.
std::vector<std::string> shell_words(const std::string& line) {
  std::vector<std::string> words;
  std::string word;
  bool quoted = false;
  bool begun = false;
  for (const char character : line) {
    if (character == '\'') {
      quoted = !quoted;
      begun = true;
    } else if (character == ' ' && !quoted) {
      if (begun) words.push_back(word);
      word.clear();
      begun = false;
    } else {
      word += character;
      begun = true;
    }
  }
  if (begun) words.push_back(word);
  return words;
}

Bytes from_hex(const std::string& text) {
  Bytes bytes;
  for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
    bytes.push_back(static_cast<std::uint8_t>(std::stoi(text.substr(i, 2), nullptr, 16)));
  }
  return bytes;
}

std::map<std::string, std::vector<Exchange>> load_packets(const std::filesystem::path& path) {
  std::map<std::string, std::vector<Exchange>> runs;
  std::istringstream lines(read_file(path));
  std::string line;
  std::vector<Exchange>* exchanges = nullptr;
  while (std::getline(lines, line)) {
    const std::string content = line.size() > 2 ? line.substr(2) : "";
    if (line.substr(0, 2) == "# ") {
      exchanges = &runs[content];
    } else if (line.substr(0, 2) == "> ") {
      exchanges->push_back({from_hex(content), {}});
    } else if (line.substr(0, 2) == "< ") {
      exchanges->back().replies.push_back(from_hex(content));
    }
  }
  return runs;
}

RecordedRun parse_run(const std::string& block) {
  RecordedRun run;
  const std::size_t end_of_title = block.find('\n');
  run.title = block.substr(0, end_of_title);
  run.arguments = shell_words(run.title.substr(0, run.title.find("   (")));
  run.arguments.erase(run.arguments.begin());
  const std::string status = "[exit status ";
  const std::size_t at_status = block.rfind(status);
  run.status = std::stoi(block.substr(at_status + status.size()));
  const std::string printed = block.substr(end_of_title + 1, at_status - end_of_title - 1);
  const std::string mark = "[stderr]\n";
  const std::size_t at_mark = std::min(printed.find(mark), printed.size());
  run.out = printed.substr(0, at_mark);
  if (at_mark < printed.size()) run.err = printed.substr(at_mark + mark.size());
  return run;
}

/// The names that the recordings' resolver had for addresses.
const std::map<std::string, std::string>& host_names() {
  static const std::map<std::string, std::string> names = {
      {"127.0.0.1", "localhost"},
      {"::1", "localhost"},
      {"10.77.0.105", "client.example.net"},
      {"10.77.0.1", "ntp1.example.net"},
      {"fd77::1", "ntp1.example.net"},
      {"10.77.0.2", "nts.example.net"},
      {"10.77.0.3", "ntp3.example.net"},
      {"fd77::4", "ntp6.example.net"},
      {"10.77.0.51", "a.clock.example.org"},
      {"10.77.0.52", "b.clock.example.org"},
      {"10.77.0.53", "falseticker-with-a-very-long-name.clock.example.org"},
      {"10.77.0.55", "pool.example.org"},
      {"10.77.0.56", "pool.example.org"},
      {"10.77.0.99", "unreachable.example.net"}};
  return names;
}

/// Some moment of the day of the recordings, which all belong to one era of NTP time.
constexpr WallTime kRecordingDay(std::chrono::seconds(1'795'400'000));

/// The column `when` of all rows that a run printed.
std::vector<std::string> printed_whens(const RecordedRun& run) {
  constexpr std::size_t kLeastWords = 9;
  constexpr std::size_t kLeastWordsWithNameLast = 7;  // of 1.2.2, whose rows lack the name
  std::vector<std::string> whens;
  std::istringstream lines(run.out);
  std::string line;
  bool in_table = false;
  bool name_last = false;
  while (std::getline(lines, line)) {
    std::istringstream reader(line);
    const std::vector<std::string> words{std::istream_iterator<std::string>(reader), {}};
    if (line.find(" st t when ") != std::string::npos) {
      name_last = words.back() == "remote";
    } else if (line.substr(0, 2) == "==") {
      in_table = true;
    } else if (words.empty()) {
      in_table = false;
    } else if (in_table && words.size() >= (name_last ? kLeastWordsWithNameLast : kLeastWords)) {
      whens.push_back(name_last ? words[2] : words[words.size() - 6]);
    }
  }
  return whens;
}

/// When the last packet of the peer arrived that a reply describes.
std::optional<WallTime> last_packet(const Exchange& exchange) {
  std::string text;
  for (const Bytes& reply : exchange.replies) text.append(reply.begin() + 12, reply.end());
  const std::string name = "rec=";
  const std::size_t at = std::min(text.find(" " + name), text.find("\n" + name));
  if (at == std::string::npos) return std::nullopt;
  constexpr std::size_t kStampLength = 19;
  const auto stamp = ntpq::parse_timestamp(text.substr(at + 1 + name.size(), kStampLength));
  if (!stamp) return std::nullopt;
  return stamp->is_zero() ? kRecordingDay : stamp->to_wall(kRecordingDay);
}

/// The host that was up without a daemon.
constexpr const char* kWithoutDaemon = "10.77.0.57";
/// The remark behind the runs that found none here.
constexpr const char* kNoDaemon = "(no daemon)";

}  // namespace

bool Exchange::is_asked_by(ByteView datagram) const {
  constexpr std::size_t kAlignment = 8;  // of NTPsec 1.2.2's MACs, where ours are at multiples of 4
  if (std::equal(request.begin(), request.end(), datagram.begin(), datagram.end())) return true;
  const auto frame = wire::decode_control(datagram);
  if (!frame || frame->rest.empty()) return false;
  const std::size_t unsigned_size = datagram.size() - frame->rest.size();
  const std::size_t padded = (unsigned_size + kAlignment - 1) / kAlignment * kAlignment;
  return padded != unsigned_size && request.size() > padded &&
         std::equal(datagram.begin(), datagram.begin() + static_cast<std::ptrdiff_t>(unsigned_size),
                    request.begin());
}

class RecordedNetwork::RecordedTransport final : public ntpq::Transport {
 public:
  RecordedTransport(RecordedNetwork& network, bool daemon) : network_(network), daemon_(daemon) {}

  Outcome send(ByteView datagram) override {
    const auto found =
        std::find_if(network_.waiting_.begin(), network_.waiting_.end(),
                     [&](const Step& each) { return each.exchange.is_asked_by(datagram); });
    if (found == network_.waiting_.end()) return Outcome::Done;
    const auto& replies = found->exchange.replies;
    replies_.insert(replies_.end(), replies.begin(), replies.end());
    network_.wall_ = std::max(network_.wall_, found->not_before);
    network_.waiting_.erase(found);
    return Outcome::Done;
  }

  Received receive(ByteSpan buffer, MonoTime deadline) override {
    if (!daemon_) return {Outcome::SocketError, 0};
    if (replies_.empty()) {
      network_.mono_ = deadline;
      return {Outcome::TimedOut, 0};
    }
    const Bytes datagram = replies_.front();
    replies_.pop_front();
    const std::size_t size = std::min(datagram.size(), buffer.size());
    std::copy_n(datagram.begin(), size, buffer.begin());
    return {Outcome::Done, size};
  }

 private:
  RecordedNetwork& network_;
  bool daemon_;
  std::deque<Bytes> replies_;
};

RecordedNetwork::RecordedNetwork(const RecordedRun& run)
    : wall_(kRecordingDay), daemon_(!run.title.ends_with(kNoDaemon)) {
  const auto whens = printed_whens(run);
  auto when = whens.begin();
  for (const Exchange& exchange : run.exchanges) {
    Step step{exchange, kRecordingDay};
    if (const auto packet = last_packet(exchange); packet && when != whens.end()) {
      const bool in_seconds = when->find_first_not_of("0123456789") == std::string::npos;
      step.not_before = *packet + std::chrono::seconds(in_seconds ? std::stoi(*when) : 0);
      ++when;
    }
    waiting_.push_back(step);
  }
}

Result<std::unique_ptr<ntpq::Transport>> RecordedNetwork::open(const std::string& host, Family) {
  if (host.find(".invalid") != std::string::npos) {
    const std::string reason = " failed, Name or service not known\n";
    return fail("ntpq: standard-mode lookup of " + host + reason + "ntpq: ndp lookup" + reason);
  }
  return std::unique_ptr<ntpq::Transport>(
      std::make_unique<RecordedTransport>(*this, daemon_ && host != kWithoutDaemon));
}

std::optional<std::string> RecordedNetwork::name_of(const Address& address) {
  const auto found = host_names().find(address.to_string());
  if (found == host_names().end()) return std::nullopt;
  return found->second;
}

std::vector<Address> RecordedNetwork::addresses_of(const std::string& name) {
  std::vector<Address> addresses;
  for (const auto& [address, host] : host_names()) {
    if (host == name) addresses.push_back(parse_address(address).value_or(Address()));
  }
  return addresses;
}

std::optional<std::string> RecordedNetwork::read_file(const std::string& path) {
  if (path == "FILE") return "setvar cff = 1\nsetvar cfg = 2\n";
  if (path != "KEYFILE") return std::nullopt;
  return "1 AES 00112233445566778899aabbccddeeff\n2 SHA1 sha1-sample-key\n3 MD5 md5-sample-key\n";
}

std::vector<RecordedRun> load_runs(const std::filesystem::path& folder, const std::string& name) {
  auto packets = load_packets(folder / "packets" / (name + ".hex"));
  const std::string text = read_file(folder / "text" / (name + ".txt"));
  std::vector<RecordedRun> runs;
  std::size_t begin = text.substr(0, 2) == "$ " ? 0 : text.find("\n$ ");
  while (begin < text.size()) {
    const std::size_t end = std::min(text.find("\n$ ", begin + 1), text.size());
    const std::size_t skipped = text[begin] == '\n' ? 3 : 2;
    runs.push_back(parse_run(text.substr(begin + skipped, end - begin - skipped)));
    runs.back().exchanges = packets[runs.back().title];
    begin = end;
  }
  return runs;
}

}  // namespace ntp::golden
