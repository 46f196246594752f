// SPDX-License-Identifier: BSD-2-Clause
#include "ntpq/commands_auth.h"

#include <string>

#include "ntpq/number.h"
#include "ntpq/shell.h"
#include "ntpq/text.h"

namespace ntp::ntpq {

void run_authenticate(Shell& shell, std::string_view argument) {
  bool& always = shell.session.always_sign;
  if (argument == "yes") {
    always = true;
  } else if (argument == "no") {
    always = false;
  } else if (!argument.empty()) {
    shell.warn("What?\n");
  }
  shell.say(always ? "authenticated requests being sent\n"
                   : "unauthenticated requests being sent\n");
}

void run_keyid(Shell& shell, std::string_view argument) {
  Credentials& credentials = shell.session.credentials();
  if (!argument.empty()) {
    const auto number = parse_decimal(argument);
    if (number) {
      credentials.set_id(*number);
    } else {
      shell.warn("What?\n");
    }
  }
  const auto id = credentials.id();
  shell.say(id ? "keyid is " + std::to_string(*id) + "\n" : "no keyid defined\n");
}

void run_keytype(Shell& shell, std::string_view argument) {
  Credentials& credentials = shell.session.credentials();
  if (argument.empty()) {
    shell.say("Keytype: " + credentials.type() + "\n");
  } else if (!credentials.set_type(argument)) {
    shell.warn("Keytype " + visible(argument) + " is not supported by openSSL or ntpq.\n\n");
  }
}

void run_passwd(Shell& shell, std::string_view) { shell.get_key(); }

}  // namespace ntp::ntpq
