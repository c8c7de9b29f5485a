// The bytes of a text that to_string() returns, without its closing NUL.

#ifndef SOCKS_TESTS_TEXT_OF_HPP
#define SOCKS_TESTS_TEXT_OF_HPP

#include <socks/core/bytes.hpp>

constexpr socks::bytes text_of(const char* closed) { return {closed, __builtin_strlen(closed)}; }

#endif
