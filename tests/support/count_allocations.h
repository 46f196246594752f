// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <openssl/crypto.h>

#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <new>

/// Counts what a test's program takes from the heap by `new` and by OpenSSL. It replaces functions
/// of the whole program: for one file of it.
namespace ntp::test {

inline std::atomic<std::uint64_t> allocations{0};

namespace detail {

inline void* counted(std::size_t size) {
  ++allocations;
  return std::malloc(size == 0 ? 1 : size);
}
inline void* openssl_malloc(std::size_t size, const char*, int) { return counted(size); }
inline void* openssl_realloc(void* old, std::size_t size, const char*, int) {
  ++allocations;
  return std::realloc(old, size);
}
inline void openssl_free(void* octets, const char*, int) { std::free(octets); }

/// OpenSSL takes them until it has allocated for the first time.
inline const bool openssl_is_counted =
    CRYPTO_set_mem_functions(openssl_malloc, openssl_realloc, openssl_free) == 1;

}  // namespace detail

inline bool counts_openssl() { return detail::openssl_is_counted; }

}  // namespace ntp::test

void* operator new(std::size_t size) {
  if (void* const octets = ntp::test::detail::counted(size)) return octets;
  throw std::bad_alloc();
}
void* operator new[](std::size_t size) { return operator new(size); }
void operator delete(void* octets) noexcept { std::free(octets); }
void operator delete[](void* octets) noexcept { std::free(octets); }
void operator delete(void* octets, std::size_t) noexcept { std::free(octets); }
void operator delete[](void* octets, std::size_t) noexcept { std::free(octets); }
