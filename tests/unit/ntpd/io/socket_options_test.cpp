// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/io/socket_options.h"

#include <gtest/gtest.h>

#include "tests/support/hex.h"

namespace ntp::io {
namespace {

/// Control messages as Linux 6.1 on a 64-bit machine lays them out.
class Control {
 public:
  explicit Control(std::string_view hex) {
    const auto octets = test::from_hex(hex);
    std::copy(octets.begin(), octets.end(), buffer_.octets.begin());
    message_.msg_control = buffer_.octets.data();
    message_.msg_controllen = octets.size();
  }
  ControlData read() { return read_control(message_); }

 private:
  ControlBuffer buffer_;
  msghdr message_{};
};

// A received datagram: SO_TIMESTAMPING with the kernel's and the card's stamp, the card's index.
constexpr char kReceived[] =
    "4000000000000000 01000000 25000000"
    "00d2496b00000000 0100000000000000 0000000000000000 0000000000000000"
    "25d2496b00000000 0200000000000000"
    "2000000000000000 01000000 3a000000 03000000 5c000000 0000000000000000";

// Off the error queue: the card's stamp alone, packet info of the interface, the record.
constexpr char kSent[] =
    "4000000000000000 01000000 25000000"
    "0000000000000000 0000000000000000 0000000000000000 0000000000000000"
    "25d2496b00000000 0200000000000000"
    "1c00000000000000 00000000 08000000 03000000 0a000001 0a000001 00000000"
    "3000000000000000 00000000 0b000000"
    "2a000000 04000000 00000000 07000000 00000000000000000000000000000000";

TEST(ControlMessages, OfAReceivedDatagramHaveBothStamps) {
  const ControlData data = Control(kReceived).read();
  ASSERT_TRUE(data.stamp);
  EXPECT_EQ(*data.stamp, WallTime(std::chrono::seconds(0x6b49d200) + Duration(1)));
  ASSERT_TRUE(data.hardware_stamp);
  EXPECT_EQ(*data.hardware_stamp, std::chrono::seconds(0x6b49d225) + Duration(2));
  EXPECT_EQ(data.interface, 3U);
  EXPECT_FALSE(data.transmit_number);
}

TEST(ControlMessages, OfASentDatagramHaveItsNumber) {
  const ControlData data = Control(kSent).read();
  EXPECT_FALSE(data.stamp);
  ASSERT_TRUE(data.hardware_stamp);
  EXPECT_EQ(data.interface, 3U);
  EXPECT_EQ(data.transmit_number, 7U);
}

TEST(ControlMessages, ThatTheKernelCutShortAreNotRead) {
  // Each says a length that is below what it should have; the kernel does so without room.
  for (const char* length : {"10", "20", "38", "3f"}) {
    std::string hex = kReceived;
    hex.replace(0, 2, length);
    const ControlData data = Control(hex).read();
    EXPECT_FALSE(data.stamp) << length;
    EXPECT_FALSE(data.hardware_stamp) << length;
  }
}

TEST(ControlMessages, OfNoLengthEndTheList) {
  std::string hex = kReceived;
  hex.replace(0, 2, "00");
  const ControlData data = Control(hex).read();
  EXPECT_FALSE(data.stamp);
  EXPECT_EQ(data.interface, 0U);
}

}  // namespace
}  // namespace ntp::io
