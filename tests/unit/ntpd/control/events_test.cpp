// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/control/events.h"

#include <gtest/gtest.h>

namespace ntp::control {
namespace {

TEST(EventCounter, CountsEventsOfOneKindInARow) {
  EventCounter counter;
  EXPECT_EQ(counter.octet(), 0x00);
  EXPECT_TRUE(counter.report(SystemEvent::Restart));
  EXPECT_EQ(counter.octet(), 0x16);
  EXPECT_TRUE(counter.report(SystemEvent::Restart));
  EXPECT_EQ(counter.octet(), 0x26);
}

TEST(EventCounter, StartsAnewWithAnotherKind) {
  EventCounter counter(6, 9);
  EXPECT_TRUE(counter.report(SystemEvent::ClockSync));
  EXPECT_EQ(counter.code(), 5);
  EXPECT_EQ(counter.count(), 1);
}

TEST(EventCounter, FallsSilentAtFifteen) {
  EventCounter counter;
  for (int i = 1; i <= 15; ++i) EXPECT_TRUE(counter.report(PeerEvent::Popcorn)) << i;
  EXPECT_EQ(counter.octet(), 0xfd);
  EXPECT_FALSE(counter.report(PeerEvent::Popcorn));
  EXPECT_EQ(counter.octet(), 0xfd);
  EXPECT_TRUE(counter.report(PeerEvent::Reachable));
  EXPECT_EQ(counter.octet(), 0x14);
}

TEST(EventCounter, AcknowledgedKeepsTheLastEvent) {
  EventCounter counter(4, 1);
  counter.acknowledge();
  EXPECT_EQ(counter.octet(), 0x04);
}

TEST(EventCounter, HoldsItsNumbersInFourBits) {
  EXPECT_EQ(EventCounter(16, 99).octet(), 0xff);
  EXPECT_EQ(EventCounter(-1, -5).octet(), 0x00);
}

TEST(StatusWord, ShowsTheSystem) {
  EXPECT_EQ(system_status_word(Leap::None, 4, EventCounter(6, 1)), 0x0416);
  EXPECT_EQ(system_status_word(Leap::Unsynchronized, 0, EventCounter(13, 1)), 0xc01d);
  EXPECT_EQ(system_status_word(Leap::Insert, 6, EventCounter(9, 15)), 0x46f9);
}

TEST(StatusWord, ShowsAnAssociation) {
  EXPECT_EQ(peer_status_word({true, true, true, true, 3}, EventCounter(4, 1)), 0xf314);
  EXPECT_EQ(peer_status_word({true, false, false, true, 6}, EventCounter(10, 1)), 0x961a);
  EXPECT_EQ(peer_status_word({false, false, true, true, 3}, EventCounter(4, 1)), 0x3314);
  EXPECT_EQ(peer_status_word({}, EventCounter()), 0x0000);
}

TEST(EventLine, IsThatOfTheSystem) {
  EXPECT_EQ(event_line(0xc01d, SystemEvent::Kernel, "kernel time sync enabled"),
            "0.0.0.0 c01d 0d kern kernel time sync enabled");
  EXPECT_EQ(event_line(0x0615, SystemEvent::ClockSync), "0.0.0.0 0615 05 clock_sync");
}

TEST(EventLine, MarksTheEventOfAnAssociation) {
  EXPECT_EQ(event_line("10.0.0.1", 0x8011, PeerEvent::Mobilize, "assoc 61071"),
            "10.0.0.1 8011 81 mobilize assoc 61071");
  EXPECT_EQ(event_line("pool.example.org", 0x901a, PeerEvent::SystemPeer),
            "pool.example.org 901a 8a sys_peer");
}

TEST(EventName, CoversBothEnds) {
  EXPECT_EQ(event_name(SystemEvent::Unspecified), "unspecified");
  EXPECT_EQ(event_name(SystemEvent::StaleLeapSeconds), "stale_leapsecond_values");
  EXPECT_EQ(event_name(PeerEvent::Mobilize), "mobilize");
  EXPECT_EQ(event_name(PeerEvent::Popcorn), "popcorn");
}

}  // namespace
}  // namespace ntp::control
