// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>

namespace ntp::io {

/// A descriptor of the loop's. Asio's usual one finds out anew with each wait what kind of loop it
/// has; there is but one.
using Descriptor =
    boost::asio::posix::basic_stream_descriptor<boost::asio::io_context::executor_type>;

}  // namespace ntp::io
