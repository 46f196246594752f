// SPDX-License-Identifier: BSD-2-Clause
#include "libntp/core/refid.h"

#include <gtest/gtest.h>

namespace ntp {
namespace {

TEST(RefId, TakesTheFirstFourCharacters) {
  EXPECT_EQ(RefId::from_text("GPS").raw(), 0x47505300U);
  EXPECT_EQ(RefId::from_text("LOCAL").raw(), 0x4c4f4341U);
  EXPECT_EQ(RefId::from_text("").raw(), 0U);
  EXPECT_EQ(RefId::from_text("\xff\xfe").raw(), 0xfffe0000U);
}

TEST(RefId, IsShownAsText) {
  EXPECT_EQ(RefId::from_text("INIT").to_text(), "INIT");
  EXPECT_EQ(RefId::from_text("PPS").to_text(), "PPS");
  EXPECT_EQ(RefId().to_text(), "");
}

TEST(RefId, ShowsWhatIsNotPrintableAsDots) {
  EXPECT_EQ(RefId(0x41204200).to_text(), "A.B");
  EXPECT_EQ(RefId(0x7f80ff7e).to_text(), "...~");
  EXPECT_EQ(RefId(0x7f000001).to_text(), ".") << "what follows a NUL is not shown";
}

TEST(RefId, IsShownAsAQuad) {
  EXPECT_EQ(RefId(0x0a4d0001).to_quad(), "10.77.0.1");
  EXPECT_EQ(RefId(0xffffffff).to_quad(), "255.255.255.255");
}

TEST(RefId, IsShownByStratum) {
  const RefId id(0x4c4f434c);
  EXPECT_EQ(id.to_string(0), "LOCL");
  EXPECT_EQ(id.to_string(1), "LOCL");
  EXPECT_EQ(id.to_string(2), "76.79.67.76");
  EXPECT_EQ(id.to_string(15), "76.79.67.76");
  EXPECT_EQ(id.to_string(16), "LOCL");
}

TEST(RefId, IsTheAddressOfAnIpv4Server) {
  EXPECT_EQ(RefId::from_v4(Address::v4(0x0a4d0001)).to_quad(), "10.77.0.1");
}

TEST(RefId, HasTheKissCodes) {
  EXPECT_EQ(kiss::kRate.to_text(), "RATE");
  EXPECT_EQ(kiss::kDeny.to_text(), "DENY");
  EXPECT_EQ(kiss::kRestrict.to_text(), "RSTR");
}

}  // namespace
}  // namespace ntp
