// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <cassert>
#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace ntp {

/// Why something failed, in words for an administrator: it names the file, line, field or address.
struct Error {
  std::string message;
};

/// An error on its way into a Result; `return fail("…")` converts to any Result<T>.
template <class E>
struct Failure {
  E error;
};

inline Failure<Error> fail(std::string message) { return {Error{std::move(message)}}; }

template <class E>
requires(!std::is_convertible_v<E, std::string>) Failure<E> fail(E error) {
  return {std::move(error)};
}

/// A value or the reason why there is none. Parsers, crypto and I/O return it; nothing that a
/// packet, a file line or a peer can cause throws. Reading the side that is not there asserts.
template <class T, class E = Error>
class [[nodiscard]] Result {
 public:
  using value_type = T;
  using error_type = E;
  // Implicit, so that functions return what they have. NOLINTNEXTLINE(google-explicit-constructor)
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  template <class F>  // NOLINTNEXTLINE(google-explicit-constructor)
  Result(Failure<F> failure) : state_(std::in_place_index<1>, std::move(failure.error)) {}

  [[nodiscard]] bool has_value() const { return state_.index() == 0; }
  explicit operator bool() const { return has_value(); }

  T& value() & { return *pointer(); }
  const T& value() const& { return *pointer(); }
  T&& value() && { return std::move(*pointer()); }
  T& operator*() & { return *pointer(); }
  const T& operator*() const& { return *pointer(); }
  T&& operator*() && { return std::move(*pointer()); }
  T* operator->() { return pointer(); }
  const T* operator->() const { return pointer(); }

  const E& error() const {
    assert(!has_value());
    return *std::get_if<1>(&state_);
  }
  T value_or(T fallback) const& { return has_value() ? **this : std::move(fallback); }

 private:
  T* pointer() {
    assert(has_value());
    return std::get_if<0>(&state_);
  }
  const T* pointer() const {
    assert(has_value());
    return std::get_if<0>(&state_);
  }

  std::variant<T, E> state_;
};

template <class E>
class [[nodiscard]] Result<void, E> {
 public:
  using value_type = void;
  using error_type = E;

  Result() = default;
  template <class F>  // NOLINTNEXTLINE(google-explicit-constructor)
  Result(Failure<F> failure) : error_(std::move(failure.error)) {}

  [[nodiscard]] bool has_value() const { return !error_; }
  explicit operator bool() const { return has_value(); }
  const E& error() const {
    assert(error_);
    return *error_;
  }

 private:
  std::optional<E> error_;
};

}  // namespace ntp
