// Whether a call is a constant expression. A failed assertion is none, so a test can prove where it fails.

#ifndef SOCKS_TESTS_IS_CONSTANT_HPP
#define SOCKS_TESTS_IS_CONSTANT_HPP

template <class F, int = (static_cast<void>(F{}()), 0)>
constexpr bool is_constant(F) {
    return true;
}
constexpr bool is_constant(...) { return false; }

#endif
