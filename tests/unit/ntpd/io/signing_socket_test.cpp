// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/io/signing_socket.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <filesystem>
#include <optional>
#include <thread>

#include "ntpd/os/linux_clock.h"
#include "ntpd/os/unique_fd.h"

namespace ntp::io {
namespace {

using Answer = Result<std::vector<std::uint8_t>, SigningFailure>;
using Octets = std::vector<std::uint8_t>;

class SigningSocketTest : public testing::Test {
 protected:
  SigningSocketTest() {
    std::string name = testing::TempDir() + "signing.XXXXXX";
    folder_ = mkdtemp(name.data());
    path_ = folder_ + "/socket";
  }
  ~SigningSocketTest() override {
    if (server_.joinable()) server_.join();
    std::filesystem::remove_all(folder_);
  }

  /// Takes one connection and five octets of it, and answers so; then waits for its end if `stay`.
  void serve(const Octets& answer, bool stay = false) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path_.copy(address.sun_path, sizeof address.sun_path - 1);
    os::UniqueFd listening(socket(AF_UNIX, SOCK_STREAM, 0));
    ASSERT_EQ(bind(listening.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    ASSERT_EQ(listen(listening.get(), 1), 0);
    server_ = std::thread([this, answer, stay, listening = std::move(listening)] {
      const os::UniqueFd connection(accept(listening.get(), nullptr, nullptr));
      received_.resize(5);
      received_.resize(static_cast<std::size_t>(
          std::max<ssize_t>(0, recv(connection.get(), received_.data(), 5, MSG_WAITALL))));
      send(connection.get(), answer.data(), answer.size(), MSG_NOSIGNAL);
      char octet = 0;
      if (stay && recv(connection.get(), &octet, 1, 0) > 0) received_.clear();
    });
  }

  Answer ask() {
    EventLoop loop;
    AsioTimers timers(loop);
    UnixSigningSocket socket(loop, std::chrono::milliseconds(300));
    std::optional<Answer> got;
    socket.ask(path_, Octets{1, 2, 3, 4, 5}, [&](Answer answer) {
      EXPECT_FALSE(got);
      got = std::move(answer);
      loop.stop();
    });
    EXPECT_FALSE(got);
    timers.at(os::mono_now() + std::chrono::seconds(30), [&] { loop.stop(); });
    loop.run();
    return got ? *got : Answer(fail(SigningFailure{false, "never called back"}));
  }

  std::string folder_;
  std::string path_;
  std::thread server_;
  Octets received_;
};

TEST_F(SigningSocketTest, GivesTheAnswerWithoutItsLength) {
  Octets frame{0, 0, 0, 12, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
  serve(frame, true);
  const Answer answer = ask();
  ASSERT_TRUE(answer) << answer.error().reason;
  EXPECT_EQ(*answer, Octets(frame.begin() + 4, frame.end()));
  server_.join();
  EXPECT_EQ(received_, (Octets{1, 2, 3, 4, 5}));
}

TEST_F(SigningSocketTest, SaysWhenNobodyIsThere) {
  const Answer answer = ask();
  ASSERT_FALSE(answer);
  EXPECT_FALSE(answer.error().connected);
  EXPECT_EQ(answer.error().reason, "No such file or directory");
}

TEST_F(SigningSocketTest, SaysWhenThePathIsTooLong) {
  path_ = '/' + std::string(200, 'a');
  EXPECT_EQ(ask().error().reason, "the path is too long");
}

TEST_F(SigningSocketTest, SaysWhenTheAnswerIsCutShort) {
  serve({0, 0, 0, 80, 1, 2, 3});
  const Answer answer = ask();
  ASSERT_FALSE(answer);
  EXPECT_TRUE(answer.error().connected);
  EXPECT_EQ(answer.error().reason, "End of file");
}

TEST_F(SigningSocketTest, RefusesALengthThatIsNone) {
  serve({0xff, 0xff, 0xff, 0xff}, true);
  EXPECT_EQ(ask().error().reason, "the answer's length is 4294967295");
}

TEST_F(SigningSocketTest, WaitsForABoundedTime) {
  serve({0, 0}, true);
  EXPECT_EQ(ask().error().reason, "no answer in time");
}

}  // namespace
}  // namespace ntp::io
