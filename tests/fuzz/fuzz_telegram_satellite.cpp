// SPDX-License-Identifier: BSD-2-Clause
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "ntpd/refclock/telegram/arbiter.h"
#include "ntpd/refclock/telegram/hp.h"
#include "ntpd/refclock/telegram/oncore.h"
#include "ntpd/refclock/telegram/palisade.h"
#include "ntpd/refclock/telegram/spectracom.h"
#include "ntpd/refclock/telegram/truetime.h"
#include "ntpd/refclock/telegram/zyfer.h"
#include "tests/fuzz/telegram_check.h"

namespace {

using namespace ntp;
using namespace ntp::refclock::telegram;

void fuzz_trimble(ByteView bytes, std::uint8_t which) {
  constexpr TrimbleModel kModels[] = {TrimbleModel::Palisade,      TrimbleModel::Praecis,
                                      TrimbleModel::Thunderbolt,   TrimbleModel::Acutime,
                                      TrimbleModel::ResolutionSmt, TrimbleModel::AceIII,
                                      TrimbleModel::Copernicus};
  TrimbleDecoder decoder(kModels[which % 7]);
  TsipFramer framer;
  for (const std::uint8_t byte : bytes) {
    const auto step = framer.push(byte, kFuzzNow);
    if (!step.packet) continue;
    if (step.packet->data.size() > 256) std::abort();
    if (const auto report = decoder.take(*step.packet, 600)) check(report->time);
  }
}

void fuzz_oncore(ByteView bytes) {
  OncoreFramer framer;
  for (const std::uint8_t byte : bytes) {
    const auto step = framer.push(byte);
    if (!step.message) continue;
    const auto status = decode_oncore_status(*step.message);
    if (status) check(status->decoded);
    (void)decode_oncore_integrity(*step.message);
    (void)decode_oncore_leap(*step.message);
  }
}

}  // namespace

/// The first octet chooses a kind of receiver; the rest is what it sends, or one line of it.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const ByteView bytes(data + 1, size - 1);
  const std::string_view text = as_text(bytes);
  switch (data[0] % 8) {
    case 0: {
      const auto line = strip_hp_prompts(text);
      if (line.text.size() > text.size()) std::abort();
      check(decode_hp(line.text));
      break;
    }
    case 1:
      check(decode_spectracom(text));
      break;
    case 2: {
      const auto receiver = make_zyfer();
      for (const std::uint8_t byte : bytes) {
        const auto heard = receiver->push(byte, kFuzzNow);
        if (heard && heard->time) check(*heard->time);
      }
      break;
    }
    case 3:
      check(decode_arbiter(text.substr(1), text[0]));
      break;
    case 4: {
      const auto line = decode_truetime(text);
      if (line && std::holds_alternative<Decoded>(*line)) check(std::get<Decoded>(*line));
      break;
    }
    case 5:
    case 6:
      fuzz_trimble(bytes.subspan(1), bytes[0]);
      break;
    default:
      fuzz_oncore(bytes);
      break;
  }
  return 0;
}
