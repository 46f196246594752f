// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/refclock/oncore_file.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace ntp::refclock {
namespace {

constexpr double kMilliseconds = 3'600'000;  // of arc, a degree
constexpr double kFoot = 0.3048;
constexpr double kMostDelay = 999'999;       // ns
constexpr double kMostOffset = 999'999'999;  // ns
constexpr double kHighest = 20'000'000;      // cm, either way

char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

/// The words of a line without its comment, in capitals.
std::vector<std::string> words_of(std::string_view line) {
  std::vector<std::string> words;
  bool inside = false;
  for (const char c : line.substr(0, line.find('#'))) {
    const bool space = c <= ' ' || c > '~' || (c == '=' && words.size() == 1);
    if (!space && !inside) words.emplace_back();
    if (!space) words.back() += upper(c);
    inside = !space;
  }
  return words;
}

std::optional<double> number(std::string_view text) {
  double value = 0;
  if (text.starts_with('+')) text.remove_prefix(1);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) {
    return std::nullopt;
  }
  return value;
}

std::optional<int> integer(const std::vector<std::string>& words) {
  const auto value = words.size() > 1 ? number(words[1]) : std::nullopt;
  if (!value || std::abs(*value) > 1000 || *value != std::floor(*value)) return std::nullopt;
  return static_cast<int>(*value);
}

/// Degrees, minutes and seconds, the last of them with a fraction, in ms of arc.
std::optional<std::int32_t> angle(const std::vector<std::string>& words, double most) {
  double sum = 0;
  double unit = kMilliseconds;
  for (std::size_t i = 1; i < words.size() && i < 4; ++i, unit /= 60) {
    const auto value = number(words[i]);
    if (!value) return std::nullopt;
    sum += std::abs(*value) * unit;
  }
  if (words.size() < 2 || !(sum <= most * kMilliseconds)) return std::nullopt;
  return static_cast<std::int32_t>(std::lround(words[1].starts_with('-') ? -sum : sum));
}

/// In ns; without a unit in s.
std::optional<double> time(const std::vector<std::string>& words) {
  const auto value = words.size() > 1 ? number(words[1]) : std::nullopt;
  if (!value) return std::nullopt;
  const char unit = words.size() > 2 ? words[2].front() : 'S';
  return *value * (unit == 'N' ? 1 : unit == 'U' ? 1e3 : unit == 'M' ? 1e6 : 1e9);
}

std::optional<double> height(const std::vector<std::string>& words) {
  const auto value = words.size() > 1 ? number(words[1]) : std::nullopt;
  if (!value) return std::nullopt;
  const double centimetres = *value * 100 * (words.size() > 2 && words[2][0] == 'F' ? kFoot : 1);
  return std::abs(centimetres) <= kHighest ? std::optional(centimetres) : std::nullopt;
}

class Parser {
 public:
  void read(std::string_view line) {
    const auto words = words_of(line);
    if (words.empty()) return;
    const auto is = [&](std::string_view word) { return words[0].starts_with(word); };
    const std::string value = words.size() > 1 ? words[1] : std::string();
    if (is("LAT")) {
      take(latitude_, angle(words, 90), line);
    } else if (is("LON")) {
      take(longitude_, angle(words, 360), line);
    } else if (is("HT")) {
      take(height_, height(words), line);
    } else if (is("DELAY")) {
      take_time(file_.delay, words, kMostDelay, line);
    } else if (is("OFFSET")) {
      take_time(file_.offset, words, kMostOffset, line);
    } else if (is("MODE")) {
      const int mode = integer(words).value_or(-1);
      file_.mode = mode < 0 || mode > 4 ? OncoreFile::Mode::ResetSurvey
                                        : static_cast<OncoreFile::Mode>(mode);
    } else if (is("ASSERT")) {
      file_.clear_edge = false;
    } else if (is("CLEAR")) {
      file_.clear_edge = true;
    } else if (is("HARDPPS")) {
      file_.kernel = true;
    } else if (is("CHAN")) {
      const int channels = integer(words).value_or(0);
      if (channels == 6 || channels == 8 || channels == 12)
        file_.channels = channels;
      else
        complain(line);
    } else if (is("TRAIM")) {
      file_.integrity = value != "NO" && value != "OFF";
    } else if (is("MASK")) {
      const int mask = integer(words).value_or(-1);
      if (mask < 0 || mask > 89) return complain(line);
      file_.mask = static_cast<std::uint8_t>(mask);
    } else if (is("PPSCONTROL")) {
      control(value, line);
    } else if (is("STATUS") || is("SHMEM") || is("POSN2D") || is("POSN3D")) {
      file_.complaints.push_back(words[0] + " has no effect: messages are not kept in a file");
    }
  }

  OncoreFile finish() {
    if (latitude_ && longitude_ && height_) {
      file_.position = OncoreFile::Position{*latitude_, *longitude_,
                                            static_cast<std::int32_t>(std::lround(*height_))};
      return std::move(file_);
    }
    const auto without = [this](OncoreFile::Mode from, OncoreFile::Mode to) {
      if (file_.mode != from) return;
      file_.mode = to;
      file_.complaints.push_back("MODE " + std::to_string(static_cast<int>(from)) +
                                 " needs LAT, LON and HT: it is " +
                                 std::to_string(static_cast<int>(to)));
    };
    without(OncoreFile::Mode::Hold, OncoreFile::Mode::Survey);
    without(OncoreFile::Mode::ResetHold, OncoreFile::Mode::ResetSurvey);
    return std::move(file_);
  }

 private:
  void complain(std::string_view line) {
    file_.complaints.push_back("can't be read: " + std::string(line.substr(0, 60)));
  }
  template <class T>
  void take(std::optional<T>& place, std::optional<T> value, std::string_view line) {
    if (!value) return complain(line);
    place = value;
  }
  void take_time(std::int32_t& place, const std::vector<std::string>& words, double most,
                 std::string_view line) {
    const auto value = time(words);
    if (!value || *value < 0 || *value > most) return complain(line);
    place = static_cast<std::int32_t>(std::lround(*value));
  }
  void control(const std::string& value, std::string_view line) {
    if (value == "ON" || value == "CONTINUOUS") {
      file_.pulse_control = 1;
    } else if (value == "SATELLITE") {
      file_.pulse_control = 2;
    } else if (value == "TRAIM") {
      file_.pulse_control = 3;
    } else {
      complain(line);
    }
  }

  OncoreFile file_;
  std::optional<std::int32_t> latitude_, longitude_;
  std::optional<double> height_;
};

}  // namespace

OncoreFile parse_oncore_file(std::string_view text) {
  constexpr std::size_t kMostComplaints = 10;
  Parser parser;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    parser.read(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  OncoreFile file = parser.finish();
  if (file.complaints.size() > kMostComplaints) file.complaints.resize(kMostComplaints);
  return file;
}

}  // namespace ntp::refclock
