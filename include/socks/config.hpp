// The macros of the library: version, inlining, lifetimes and assertions. All begin with SOCKS_.
// You need to configure nothing.

#ifndef SOCKS_CONFIG_HPP
#define SOCKS_CONFIG_HPP

#define SOCKS_VERSION_MAJOR 0  ///< the first number of the version
#define SOCKS_VERSION_MINOR 2  ///< the second number of the version
#define SOCKS_VERSION_PATCH 0  ///< the third number of the version

/// @def SOCKS_ALWAYS_INLINE
/// SOCKS_ALWAYS_INLINE inlines the parts of a machine into its step, and the step into its drive loop. The
/// compiler can then remove unused branches and keep the result in registers. Most of these functions have
/// one caller, so inlining them saves code too.
#if defined(_MSC_VER) && !defined(__clang__)
#define SOCKS_ALWAYS_INLINE __forceinline
#else
#define SOCKS_ALWAYS_INLINE [[gnu::always_inline]] inline
#endif

/// @def SOCKS_INLINE_UNLESS_SIZE
/// SOCKS_INLINE_UNLESS_SIZE is for functions with many callers. They are inlined for speed, but with -Os all
/// callers share one copy. With -Os, g++ makes this choice without help, but clang needs the attribute.
#if defined(__OPTIMIZE_SIZE__) && defined(__clang__)
#define SOCKS_INLINE_UNLESS_SIZE [[gnu::noinline]] inline
#elif defined(__OPTIMIZE_SIZE__)
#define SOCKS_INLINE_UNLESS_SIZE inline
#else
#define SOCKS_INLINE_UNLESS_SIZE SOCKS_ALWAYS_INLINE
#endif

/// @def SOCKS_NOINLINE
/// SOCKS_NOINLINE is for functions that a loop rarely calls. If they were inlined, they would take registers
/// from the loop.
#if defined(_MSC_VER) && !defined(__clang__)
#define SOCKS_NOINLINE __declspec(noinline) inline
#else
#define SOCKS_NOINLINE [[gnu::noinline]] inline
#endif

/// @def SOCKS_LAMBDA_ALWAYS_INLINE
/// SOCKS_LAMBDA_ALWAYS_INLINE is SOCKS_ALWAYS_INLINE for a lambda. Write it after the parameters.
#if defined(__GNUC__) && !defined(__OPTIMIZE_SIZE__)
#define SOCKS_LAMBDA_ALWAYS_INLINE __attribute__((always_inline))
#else
#define SOCKS_LAMBDA_ALWAYS_INLINE
#endif

/// @def SOCKS_UNROLL_4
/// SOCKS_UNROLL_4 lets g++ unroll a loop over a list of four elements.
#if defined(__GNUC__) && !defined(__clang__) && !defined(__OPTIMIZE_SIZE__)
#define SOCKS_UNROLL_4 _Pragma("GCC unroll 4")
#else
#define SOCKS_UNROLL_4
#endif

/// @def SOCKS_KEEP_IN_MEMORY
/// SOCKS_KEEP_IN_MEMORY(object) keeps an object in memory at this place. Without it, a compiler may split a
/// machine that is a local variable into a dozen values, and move most of them around at every step. The
/// statement itself generates no instruction. With -Os it would make the code larger, so it does nothing.
#if defined(__GNUC__) && !defined(__OPTIMIZE_SIZE__)
#define SOCKS_KEEP_IN_MEMORY(object) \
    if (!__builtin_is_constant_evaluated()) __asm__("" : "+m"(object))
#else
#define SOCKS_KEEP_IN_MEMORY(object) static_cast<void>(0)
#endif
/// @def SOCKS_CLANG_KEEPS_IN_MEMORY
/// SOCKS_CLANG_KEEPS_IN_MEMORY(object) is SOCKS_KEEP_IN_MEMORY with clang. With other compilers it does
/// nothing.
#if defined(__clang__)
#define SOCKS_CLANG_KEEPS_IN_MEMORY(object) SOCKS_KEEP_IN_MEMORY(object)
#else
#define SOCKS_CLANG_KEEPS_IN_MEMORY(object) static_cast<void>(0)
#endif

/// @def SOCKS_LIFETIMEBOUND
/// With SOCKS_LIFETIMEBOUND, clang warns when a view would outlive the bytes that it points into.
#if defined(__has_cpp_attribute)
#if __has_cpp_attribute(clang::lifetimebound)
#define SOCKS_LIFETIMEBOUND [[clang::lifetimebound]]
#endif
#endif
#ifndef SOCKS_LIFETIMEBOUND
#define SOCKS_LIFETIMEBOUND
#endif

/// @def SOCKS_ASSERT
/// SOCKS_ASSERT(condition) reports mistakes of the calling program. It never depends on bytes from a peer.
/// It is active unless NDEBUG is defined. If the condition is false, it prints file, line and condition on
/// stderr and calls abort() (MSVC: __debugbreak()). The line is in the library; a debugger shows your call.
/// Without an operating system it traps and prints nothing. At -O2, active assertions add up to 40 % to the
/// instructions of a handshake, and 150 % to those of the decoder of a UDP header (docs/performance.md).
///
/// To replace SOCKS_ASSERT, define it before the first include of the library, in every unit alike. It must
/// be an expression of type void; docs/security.md shows one.
#ifndef SOCKS_ASSERT
#if defined(NDEBUG)
#define SOCKS_ASSERT(...) (static_cast<void>(0))
#elif __STDC_HOSTED__ && (defined(__unix__) || defined(__APPLE__) || defined(_WIN32))
// <assert.h> is not used, because each include of it defines `assert` again and would replace your own.
#include <stdio.h>
namespace socks::detail {
#if defined(_MSC_VER) && !defined(__clang__)
SOCKS_NOINLINE void assertion_failed(const char* text) noexcept {
    static_cast<void>(fputs(text, stderr));
    __debugbreak();
}
#else
[[noreturn]] SOCKS_NOINLINE void assertion_failed(const char* text) noexcept {
    static_cast<void>(fputs(text, stderr));
    __builtin_abort();
}
#endif
}  // namespace socks::detail
#define SOCKS_TEXT_OF(line) #line
#define SOCKS_PLACE(line) __FILE__ ":" SOCKS_TEXT_OF(line)
#define SOCKS_ASSERT(...)                                                                                   \
    ((__VA_ARGS__) ? static_cast<void>(0)                                                                   \
                   : ::socks::detail::assertion_failed(SOCKS_PLACE(__LINE__) ": SOCKS_ASSERT(" #__VA_ARGS__ \
                                                                             ") failed\n"))
#elif defined(_MSC_VER) && !defined(__clang__)
#define SOCKS_ASSERT(...) ((__VA_ARGS__) ? static_cast<void>(0) : __debugbreak())
#else
#define SOCKS_ASSERT(...) ((__VA_ARGS__) ? static_cast<void>(0) : __builtin_trap())
#endif
#endif

#endif
