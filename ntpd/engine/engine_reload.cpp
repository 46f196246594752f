// SPDX-License-Identifier: BSD-2-Clause
#include <algorithm>
#include <string>
#include <vector>

#include "ntpd/engine/diagnostics.h"
#include "ntpd/engine/engine.h"

namespace ntp::engine {
namespace {

std::string label(const config::SourceSettings& source) {
  if (source.type != config::SourceType::Refclock) return source.host;
  return source.driver + '(' + std::to_string(source.unit) + ')';
}

/// `3 sources added (a, b, …)`: the first of them by name.
std::string count_and_names(const std::vector<std::string>& names, const std::string& what) {
  constexpr std::size_t kMostNames = 8;
  std::string text =
      std::to_string(names.size()) + (names.size() == 1 ? " source " : " sources ") + what + " (";
  for (std::size_t i = 0; i < std::min(names.size(), kMostNames); ++i) {
    text += (i == 0 ? "" : ", ") + names[i];
  }
  return text + (names.size() > kMostNames ? ", …)" : ")");
}

}  // namespace

struct Engine::SourceChanges {
  std::vector<std::string> added;
  std::vector<std::string> removed;
  std::vector<std::string> changed;
};

std::vector<config::Section> Engine::reload(config::ParseResult parsed) {
  write(host_.log, parsed.diagnostics);
  if (parsed.has_errors()) {
    host_.log.error("CONFIG: the new configuration has errors: the running one is kept whole");
    return {};
  }
  auto sections = config::changed_sections(settings_, parsed.settings);
  settings_ = std::move(parsed.settings);
  for (const config::Section section : sections) apply_section(section);
  const SourceChanges sources = reload_sources(settings_.sources);
  // Only now it is known who asks for which key.
  if (std::find(sections.begin(), sections.end(), config::Section::Keys) != sections.end()) {
    for (const auto& row : rows_) check_key(*row->association);
  }

  std::string news;
  const auto tell = [&news](const std::string& text) { news += (news.empty() ? "" : "; ") + text; };
  if (!sources.added.empty()) tell(count_and_names(sources.added, "added"));
  if (!sources.removed.empty()) tell(count_and_names(sources.removed, "removed"));
  if (!sources.changed.empty()) tell(count_and_names(sources.changed, "changed"));
  for (const config::Section section : sections) {
    const std::string name(config::name_of(section));
    tell(section == config::Section::Startup ? name + " (at the next start)" : name);
  }
  host_.log.notice("CONFIG: reloaded: " + (news.empty() ? std::string("nothing changed") : news));
  reselect();
  return sections;
}

Engine::SourceChanges Engine::reload_sources(const std::vector<config::SourceSettings>& wanted) {
  SourceChanges changes;
  std::vector<bool> running(wanted.size(), false);
  std::vector<std::pair<association::Id, std::string>> retired;
  const auto now = context();
  for (const auto& row : rows_) {
    association::Association& source = *row->association;
    if (row->pool != 0) continue;  // goes the way of its pool
    auto fate = config::SourceFate::Gone;
    std::size_t i = 0;
    for (; i < wanted.size(); ++i) {
      fate = config::compare(row->line, wanted[i]);
      if (fate != config::SourceFate::Gone) break;
    }
    switch (fate) {
      case config::SourceFate::Kept:
        break;
      case config::SourceFate::Changed:
        changes.changed.push_back(label(row->line));
        row->line = wanted[i];
        source.reconfigure(for_this_host(wanted[i]), now);
        for (const auto& member : rows_) {
          if (member->pool != source.id()) continue;
          member->association->reconfigure(pool_member(source.settings()), now);
          arm(*member);
        }
        arm(*row);
        break;
      case config::SourceFate::Renewed:
        changes.changed.push_back(label(row->line));
        retired.emplace_back(source.id(), "begun anew with other options");
        continue;
      case config::SourceFate::Gone:
        changes.removed.push_back(label(row->line));
        retired.emplace_back(source.id(), "no longer in the configuration");
        continue;
    }
    running[i] = true;
  }
  for (const auto& [id, why] : retired) retire(id, why);

  MonoTime first = host_.clock.mono();
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (running[i]) continue;
    if (!start_source(wanted[i], first)) continue;
    first += kSourceSpacing;
    const std::string name = label(wanted[i]);
    const auto& renewed = changes.changed;
    if (std::find(renewed.begin(), renewed.end(), name) == renewed.end()) {
      changes.added.push_back(name);
    }
  }
  return changes;
}

void Engine::retire(association::Id id, const std::string& why) {
  std::vector<association::Id> gone{id};
  for (const auto& row : rows_) {
    if (row->pool == id) gone.push_back(row->association->id());
  }
  for (const association::Id each : gone) demobilize(each, why);
}

void Engine::apply_section(config::Section section) {
  using config::Section;
  switch (section) {
    case Section::Access:
      resolve_restrictions();
      rebuild_access();
      break;
    case Section::RateLimit:
      server_.reconfigure(settings_);
      warn_of_monitor(host_.log, settings_, server_.access());
      break;
    case Section::Clock:
    case Section::Discipline:
    case Section::DriftFile:
      clock_.reconfigure(clock_settings(settings_, options_));
      break;
    case Section::LeapFile:
      load_leap_file();
      update_leap(host_.clock.mono());
      break;
    case Section::Statistics:
      statistics_.emplace(settings_, options_.process_id, host_);
      break;
    case Section::Keys:
      keys_->reconfigure(settings_.keys);
      control_.set_authority({&keys_->ring(), keys_->control_key()});
      keys_->load();
      break;
    case Section::Nts:
      reconfigure_nts();
      break;
    case Section::Selection:
    case Section::Variables:
    case Section::Log:
    case Section::Network:
    case Section::Startup:
      break;
  }
}

}  // namespace ntp::engine
