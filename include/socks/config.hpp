// The macros of the library: version, assertion, inlining and lifetimes. All begin with SOCKS_.
// You need to configure nothing.

#ifndef SOCKS_CONFIG_HPP
#define SOCKS_CONFIG_HPP

#define SOCKS_VERSION_MAJOR 0
#define SOCKS_VERSION_MINOR 2
#define SOCKS_VERSION_PATCH 0

// SOCKS_ASSERT(condition) reports mistakes of the calling program. It never depends on bytes from a peer.
// It is active unless NDEBUG is defined. To replace it, define it before the first include of the library.
// A constant evaluation must be able to skip it, so it does not use the assert of <assert.h>.
#ifndef SOCKS_ASSERT
#if defined(NDEBUG)
#define SOCKS_ASSERT(condition) (static_cast<void>(0))
#elif defined(_MSC_VER) && !defined(__clang__)
#define SOCKS_ASSERT(condition) ((condition) ? static_cast<void>(0) : __debugbreak())
#else
#define SOCKS_ASSERT(condition) ((condition) ? static_cast<void>(0) : __builtin_trap())
#endif
#endif

// SOCKS_ALWAYS_INLINE inlines the parts of a machine into its step, and the step into its drive loop. The
// compiler can then remove unused branches and keep the result in registers. Most of these functions have one
// caller, so inlining them saves code too.
#if defined(_MSC_VER) && !defined(__clang__)
#define SOCKS_ALWAYS_INLINE __forceinline
#else
#define SOCKS_ALWAYS_INLINE [[gnu::always_inline]] inline
#endif

// SOCKS_INLINE_UNLESS_SIZE is for functions with many callers. They are inlined for speed, but with -Os all
// callers share one copy. With -Os, g++ makes this choice without help, but clang needs the attribute.
#if defined(__OPTIMIZE_SIZE__) && defined(__clang__)
#define SOCKS_INLINE_UNLESS_SIZE [[gnu::noinline]] inline
#elif defined(__OPTIMIZE_SIZE__)
#define SOCKS_INLINE_UNLESS_SIZE inline
#else
#define SOCKS_INLINE_UNLESS_SIZE SOCKS_ALWAYS_INLINE
#endif

// SOCKS_NOINLINE is for functions that a loop rarely calls. If they were inlined, they would take registers
// from the loop.
#if defined(_MSC_VER) && !defined(__clang__)
#define SOCKS_NOINLINE __declspec(noinline) inline
#else
#define SOCKS_NOINLINE [[gnu::noinline]] inline
#endif

// SOCKS_LAMBDA_ALWAYS_INLINE is SOCKS_ALWAYS_INLINE for a lambda. Write it after the parameters.
#if defined(__GNUC__) && !defined(__OPTIMIZE_SIZE__)
#define SOCKS_LAMBDA_ALWAYS_INLINE __attribute__((always_inline))
#else
#define SOCKS_LAMBDA_ALWAYS_INLINE
#endif

// SOCKS_UNROLL_4 lets g++ unroll a loop over a list of four elements.
#if defined(__GNUC__) && !defined(__clang__) && !defined(__OPTIMIZE_SIZE__)
#define SOCKS_UNROLL_4 _Pragma("GCC unroll 4")
#else
#define SOCKS_UNROLL_4
#endif

// With SOCKS_LIFETIMEBOUND, clang warns when a view would outlive the bytes that it points into.
#if defined(__has_cpp_attribute)
#if __has_cpp_attribute(clang::lifetimebound)
#define SOCKS_LIFETIMEBOUND [[clang::lifetimebound]]
#endif
#endif
#ifndef SOCKS_LIFETIMEBOUND
#define SOCKS_LIFETIMEBOUND
#endif

#endif
