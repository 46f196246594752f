// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <optional>
#include <string_view>

#include "libntp/core/seams.h"
#include "ntpd/control/client_query.h"
#include "ntpd/control/model.h"
#include "ntpd/control/text_writer.h"

/// The lists of READ_MRU and READ_ORDLIST_A.
namespace ntp::control {

void write_interfaces(const Model& model, Random& random, TextWriter& text);
void write_restrictions(const Model& model, Random& random, TextWriter& text);

/// At most so many clients are looked at for one request. Where these were not enough to find one
/// that is wanted the last of them is listed all the same, so that the client can go on from it.
inline constexpr std::size_t kMostClientsSeen = 1U << 16;

/// The entry, among those that the client has already, at which the list goes on: the first that
/// has not been seen since. Nothing if there is none.
/// (NTPsec takes the last one even if it has been seen since, and its clients then miss entries.)
[[nodiscard]] std::optional<ClientView> find_prior(const Model& model, const ClientQuery& query);

/// One batch of the list from the oldest client on, or from the one after `prior`. It ends with
/// `now` where the list does.
void write_clients(const Model& model, const ClientQuery& query,
                   const std::optional<ClientView>& prior, std::string_view nonce, WallTime now,
                   Random& random, TextWriter& text);
/// The clients whose addresses are asked for.
void write_named_clients(const Model& model, const ClientQuery& query, std::string_view nonce,
                         WallTime now, Random& random, TextWriter& text);

}  // namespace ntp::control
