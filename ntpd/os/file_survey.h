// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include "libntp/core/file_survey.h"

namespace ntp::os {

/// The host's files and users as they are.
class HostSurvey final : public FileSurvey {
 public:
  [[nodiscard]] FileFacts look(const std::string& path) const override;
  [[nodiscard]] Result<std::string> content(const std::string& path) const override;
  [[nodiscard]] Result<User> find_user(const std::string& user,
                                       const std::string& group) const override;
};

}  // namespace ntp::os
