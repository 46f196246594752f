// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/io/resolver.h"

#include <net/if.h>
#include <netdb.h>
#include <pthread.h>
#include <signal.h>

#include <cerrno>
#include <deque>
#include <mutex>

#include "ntpd/io/socket_options.h"

namespace ntp::io {
namespace {

// Enough for glibc's resolver modules; a locked process pays for all of it.
constexpr std::size_t kStackSize = 256UL * 1024;
// Bounds what a flood of lookups can hold while the resolver hangs.
constexpr std::size_t kMaxQueue = 1024;

using Answer = Result<std::vector<Address>>;

int family_hint(Family family) {
  switch (family) {
    case Family::V4:
      return AF_INET;
    case Family::V6:
      return AF_INET6;
    case Family::Any:
      break;
  }
  return AF_UNSPEC;
}

Answer look_up(const std::string& host, Family family) {
  addrinfo hints{};
  hints.ai_family = family_hint(family);
  hints.ai_socktype = SOCK_DGRAM;
  // Leaves out the families this host has no address of. A host with nothing but its loopback
  // would find no name at all that way, not even those of its own /etc/hosts.
  hints.ai_flags = AI_ADDRCONFIG;
  addrinfo* found = nullptr;
  int code = getaddrinfo(host.c_str(), nullptr, &hints, &found);
  if (code == EAI_NONAME || code == EAI_FAMILY) {
    hints.ai_flags = 0;
    code = getaddrinfo(host.c_str(), nullptr, &hints, &found);
  }
  if (code != 0) {
    return fail(code == EAI_SYSTEM ? os::error_text(errno) : gai_strerror(code));
  }
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> list(found, freeaddrinfo);
  std::vector<Address> addresses;
  for (const addrinfo* entry = found; entry != nullptr; entry = entry->ai_next) {
    const Address address = from_sockaddr(entry->ai_addr).address;
    if (address.is_set()) addresses.push_back(address);
  }
  if (addresses.empty()) return fail("no address");
  return addresses;
}

}  // namespace

struct SystemResolver::Shared : std::enable_shared_from_this<Shared> {
  struct Job {
    std::string host;
    Family family;
    Callback callback;
  };

  std::mutex mutex;
  std::deque<Job> jobs;
  EventLoop* loop = nullptr;  // null once the resolver is gone
  bool working = false;

  /// The worker: until no job is left.
  void work() {
    std::unique_lock lock(mutex);
    while (loop != nullptr && !jobs.empty()) {
      Job job = std::move(jobs.front());
      jobs.pop_front();
      lock.unlock();
      Answer answer = look_up(job.host, job.family);
      lock.lock();
      deliver(std::move(job.callback), std::move(answer));
    }
    working = false;
  }

  void deliver(Callback callback, Answer answer) {
    if (loop == nullptr) return;
    loop->post([weak = weak_from_this(), callback = std::move(callback),
                answer = std::move(answer)]() mutable {
      const auto self = weak.lock();
      if (self && self->loop != nullptr) callback(std::move(answer));
    });
  }

  bool start() {
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    pthread_attr_setstacksize(&attributes, kStackSize);
    auto owner = std::make_unique<std::shared_ptr<Shared>>(shared_from_this());
    const auto entry = [](void* argument) -> void* {
      const std::unique_ptr<std::shared_ptr<Shared>> own(
          static_cast<std::shared_ptr<Shared>*>(argument));
      (*own)->work();
      return nullptr;
    };
    // Signals are the main thread's.
    sigset_t all;
    sigset_t old;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    pthread_t thread;
    const bool started = pthread_create(&thread, &attributes, entry, owner.get()) == 0;
    pthread_sigmask(SIG_SETMASK, &old, nullptr);
    pthread_attr_destroy(&attributes);
    if (started) (void)owner.release();  // it is the thread's
    return started;
  }
};

SystemResolver::SystemResolver(EventLoop& loop) : shared_(std::make_shared<Shared>()) {
  shared_->loop = &loop;
}

SystemResolver::~SystemResolver() {
  const std::scoped_lock lock(shared_->mutex);
  shared_->loop = nullptr;
  shared_->jobs.clear();
}

void SystemResolver::resolve(const std::string& host, Family family, Callback callback) {
  const std::scoped_lock lock(shared_->mutex);
  const std::vector<Address> numeric = numeric_addresses(host);
  if (!numeric.empty()) {
    const bool fits = family == Family::Any || family == numeric.front().family();
    shared_->deliver(std::move(callback),
                     fits ? Answer(numeric) : Answer(fail("wrong address family")));
    return;
  }
  if (shared_->jobs.size() >= kMaxQueue) {
    shared_->deliver(std::move(callback), fail("too many lookups are waiting"));
    return;
  }
  shared_->jobs.push_back({host, family, std::move(callback)});
  if (shared_->working) return;
  shared_->working = shared_->start();
  if (shared_->working) return;
  SystemResolver::Shared::Job job = std::move(shared_->jobs.back());
  shared_->jobs.pop_back();
  shared_->deliver(std::move(job.callback), fail("no thread for the lookup"));
}

std::vector<Address> numeric_addresses(const std::string& host) {
  if (const auto address = parse_address(host)) return {*address};
  const auto percent = host.find('%');
  if (percent == std::string::npos) return {};
  const auto address = parse_address(host.substr(0, percent));
  const unsigned interface = if_nametoindex(host.substr(percent + 1).c_str());
  if (!address || !address->is_v6() || interface == 0) return {};
  return {Address::from_bytes(address->bytes(), interface)};
}

}  // namespace ntp::io
