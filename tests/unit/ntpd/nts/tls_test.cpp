// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/nts/tls.h"

#include <gtest/gtest.h>

namespace ntp::ke {
namespace {

TEST(TlsContext, IsMadeWithoutOptions) {
  EXPECT_TRUE(make_tls_context(Role::Client, {}).has_value());
  EXPECT_TRUE(make_tls_context(Role::Server, {}).has_value());
}

TEST(TlsContext, TakesNoOtherVersionThanThird) {
  config::NtsSettings settings;
  settings.min_tls = settings.max_tls = "TLS1.3";
  EXPECT_TRUE(make_tls_context(Role::Client, settings).has_value());
  settings.min_tls = "TLS1.2";
  EXPECT_EQ(make_tls_context(Role::Client, settings).error().message,
            "nts mintls TLS1.2: not usable");
  settings.min_tls.clear();
  settings.max_tls = "1.3";
  EXPECT_EQ(make_tls_context(Role::Client, settings).error().message, "nts maxtls 1.3: not usable");
}

TEST(TlsContext, NamesTheListThatIsNoGood) {
  config::NtsSettings settings;
  settings.cipher_suites = "TLS_AES_128_GCM_SHA256:TLS_CHACHA20_POLY1305_SHA256";
  settings.ecdh_curves = "X25519:P-256";
  EXPECT_TRUE(make_tls_context(Role::Server, settings).has_value());
  settings.ecdh_curves = "circle";
  EXPECT_EQ(make_tls_context(Role::Client, settings).error().message,
            "nts tlsecdhcurves circle: not usable");
  settings.cipher_suites = "ROT13";
  EXPECT_EQ(make_tls_context(Role::Client, settings).error().message,
            "nts tlsciphersuites ROT13: not usable");
  EXPECT_EQ(tls_error(), "no reason given");
}

}  // namespace
}  // namespace ntp::ke
