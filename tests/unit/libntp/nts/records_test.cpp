// SPDX-License-Identifier: BSD-2-Clause
#include "libntp/nts/records.h"

#include <gtest/gtest.h>

#include <array>
#include <vector>

#include "libntp/nts/session_keys.h"
#include "tests/support/hex.h"
#include "tests/unit/libntp/nts/sessions.h"

namespace ntp::nts {
namespace {

using ntp::test::from_hex;
using ntp::test::to_hex;

TEST(RecordReader, TakesRecordsApart) {
  const auto data = from_hex("800100020000 4123000361626380000000");
  RecordReader reader(data);
  const auto first = reader.next();
  ASSERT_TRUE(first);
  EXPECT_TRUE(first->critical);
  EXPECT_EQ(first->type, RecordType::NextProtocol);
  EXPECT_EQ(to_hex(first->body), "0000");
  const auto second = reader.next();
  ASSERT_TRUE(second);
  EXPECT_FALSE(second->critical);
  EXPECT_EQ(static_cast<int>(second->type), 0x4123);
  EXPECT_EQ(as_text(second->body), "abc");
  const auto third = reader.next();
  ASSERT_TRUE(third);
  EXPECT_EQ(third->type, RecordType::EndOfMessage);
  EXPECT_TRUE(third->body.empty());
  EXPECT_FALSE(reader.next());
  EXPECT_EQ(reader.left(), 0U);
}

TEST(RecordReader, WaitsForTheRestOfARecord) {
  const auto data = from_hex("8001000200008004000100");
  for (std::size_t size = 0; size < data.size(); ++size) {
    RecordReader reader(ByteView(data).first(size));
    EXPECT_EQ(reader.next().has_value(), size >= 6) << size;
    EXPECT_FALSE(reader.next());
    EXPECT_EQ(reader.consumed(), size >= 6 ? 6U : 0U);
    EXPECT_EQ(reader.left(), size - reader.consumed());
  }
}

TEST(WriteRecord, MakesTheUsualRequest) {
  std::array<std::uint8_t, 32> buffer{};
  ByteWriter out(buffer);
  write_record(out, Critical::Yes, RecordType::NextProtocol, kProtocolNtpv4);
  write_record(out, Critical::No, RecordType::AeadAlgorithm, 15);
  write_record(out, Critical::Yes, RecordType::EndOfMessage);
  EXPECT_EQ(to_hex(out.written()), "80010002000000040002000f80000000");
}

TEST(ExporterContext, IsThatOfTheRecordedSessions) {
  for (const auto& session : test::read_sessions()) {
    // Old chrony has 15 here whatever the algorithm; that is not made.
    if (session.of_client || session.name == "chrony-aead30-legacy") continue;
    EXPECT_EQ(to_hex(exporter_context(session.keys.aead, Direction::ClientToServer)),
              to_hex(session.context_c2s));
    EXPECT_EQ(to_hex(exporter_context(session.keys.aead, Direction::ServerToClient)),
              to_hex(session.context_s2c));
  }
  EXPECT_EQ(kExporterLabel.size(), 30U);
}

}  // namespace
}  // namespace ntp::nts
