// Included before everything else: moves the headers' code for constant evaluations to the run time, where
// its coverage can be measured, and has the headers take the ways of a build for size. What includes this is
// a program of its own; nothing else may be linked with it.

#ifndef SOCKS_TESTS_COVERAGE_AT_RUN_TIME_HPP
#define SOCKS_TESTS_COVERAGE_AT_RUN_TIME_HPP

// The library below stays as it is.
#if __has_include(<catch2/catch_test_macros.hpp>)
#include <catch2/catch_test_macros.hpp>
#else
#include <catch2/catch.hpp>
#endif

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#pragma clang diagnostic ignored "-Wkeyword-macro"
#define consteval constexpr
#define __builtin_is_constant_evaluated() true
#define __builtin_constant_p(expression) true
#define static_assert(...) static_assert(true)  // the other program proves it
#define __OPTIMIZE_SIZE__ 1

#endif
