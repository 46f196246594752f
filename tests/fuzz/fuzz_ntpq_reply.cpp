// SPDX-License-Identifier: BSD-2-Clause
// What a server may send to ntpq: fragments of a reply, its variables, and the list of clients put
// together from several replies. What is shown of it has no octet that could steer a terminal.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "ntpq/cook.h"
#include "ntpq/diagnosis.h"
#include "ntpq/fragments.h"
#include "ntpq/json.h"
#include "ntpq/mru.h"
#include "ntpq/text.h"
#include "ntpq/variables.h"

namespace {

namespace ntpq = ntp::ntpq;

void require(bool condition) {
  if (!condition) std::abort();
}

void require_harmless(std::string_view text) {
  for (const char character : text) {
    const auto octet = static_cast<unsigned char>(character);
    require((octet >= 0x20 && octet < 0x7f) || octet == '\n' || octet == '\t' || octet == '\r');
  }
}

void collect_fragments(ntp::ByteView data) {
  ntp::wire::ControlHeader request;
  request.opcode = 2;
  request.sequence = 1;
  ntpq::Fragments fragments(request);
  while (!data.empty()) {
    // Each fragment is preceded by its length.
    const std::size_t size = std::min<std::size_t>(data[0] * 2U, data.size() - 1);
    const auto verdict = fragments.add(data.subspan(1, size));
    if (verdict == ntpq::Fragments::Verdict::Complete) require(fragments.data().size() <= 0x1ffff);
    data = data.subspan(1 + size);
  }
}

void collect_clients(std::string_view text) {
  ntpq::MruList list;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    for (const auto& entry : list.add(text.substr(0, end))) {
      require_harmless(ntpq::mru_columns(entry, ntp::NtpTimestamp(1)));
      require_harmless(ntpq::mru_columns(entry, std::nullopt));
    }
    require(list.newest(468).size() < 468);
    if (end % 3 == 0) list.drop_newest(468);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  for (const char* order : {"", "addr", "-avgint", "score"}) {
    require(list.sorted(order).size() <= list.received());
  }
}

void judge(const ntpq::Variables& variables, std::uint16_t status) {
  const ntpq::SystemFacts system{status, variables};
  const ntpq::ClockFacts clock{status, variables};
  const auto verdict = ntpq::judge_source({7, status, variables, clock}, system);
  ntpq::Answer answer;
  answer.errors = ntpq::judge_system(system, {verdict});
  ntpq::Record& record = answer.records.emplace_back();
  record.kind = ntpq::RecordKind::Peer;
  record.status = status;
  record.variables = ntpq::fields_of(variables, ntp::WallTime());
  record.causes = verdict.causes;
  const std::string line = ntpq::to_json(answer);
  require(line.find('\n') == line.size() - 1);
  require_harmless(line);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ntp::ByteView octets(data, size);
  const std::string_view text = ntp::as_text(octets);
  collect_fragments(octets);
  collect_clients(text);
  const auto variables = ntpq::Variables::parse(text);
  for (const bool units : {false, true}) {
    ntpq::CookOptions options;
    options.units = units;
    require_harmless(ntpq::cook(variables, options));
  }
  judge(variables, size < 2 ? 0 : static_cast<std::uint16_t>(data[0] << 8 | data[1]));
  require_harmless(ntpq::raw_text(text));
  require_harmless(ntpq::raw_lines(text));
  (void)ntpq::MruParameters::parse(text);
  return 0;
}
