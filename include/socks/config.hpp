// What a compiler must be told: the version, the assertion, inlining and lifetimes.
// Every macro of the library is defined here and begins with SOCKS_. Nothing needs to be configured.

#ifndef SOCKS_CONFIG_HPP
#define SOCKS_CONFIG_HPP

#define SOCKS_VERSION_MAJOR 0
#define SOCKS_VERSION_MINOR 1
#define SOCKS_VERSION_PATCH 0

// SOCKS_ASSERT(condition) guards against mistakes of the calling program, never against bytes of a peer.
// It is on unless NDEBUG is defined; define it beforehand to route it elsewhere. It must stay an expression
// that a constant evaluation can skip, hence not the assert of <assert.h>.
#ifndef SOCKS_ASSERT
#if defined(NDEBUG)
#define SOCKS_ASSERT(condition) (static_cast<void>(0))
#elif defined(_MSC_VER) && !defined(__clang__)
#define SOCKS_ASSERT(condition) ((condition) ? static_cast<void>(0) : __debugbreak())
#else
#define SOCKS_ASSERT(condition) ((condition) ? static_cast<void>(0) : __builtin_trap())
#endif
#endif

// SOCKS_ALWAYS_INLINE keeps a machine's step in its drive loop, where the unused branches vanish and the result
// stays in registers. Builds for size decide for themselves.
#if defined(__OPTIMIZE_SIZE__)
#define SOCKS_ALWAYS_INLINE inline
#elif defined(_MSC_VER) && !defined(__clang__)
#define SOCKS_ALWAYS_INLINE __forceinline
#else
#define SOCKS_ALWAYS_INLINE [[gnu::always_inline]] inline
#endif

// SOCKS_INLINE_UNLESS_SIZE is what many places call: each has its own copy where speed counts, all have one where size does.
// clang has to be told; g++ decides so by itself.
#if defined(__OPTIMIZE_SIZE__) && defined(__clang__)
#define SOCKS_INLINE_UNLESS_SIZE [[gnu::noinline]] inline
#else
#define SOCKS_INLINE_UNLESS_SIZE SOCKS_ALWAYS_INLINE
#endif

// SOCKS_NOINLINE is what a loop calls in rare cases only: inside, it would take registers from the others.
#if defined(_MSC_VER) && !defined(__clang__)
#define SOCKS_NOINLINE __declspec(noinline) inline
#else
#define SOCKS_NOINLINE [[gnu::noinline]] inline
#endif

// SOCKS_LAMBDA_ALWAYS_INLINE, behind the parameters of a lambda, is SOCKS_ALWAYS_INLINE for it.
#if defined(__GNUC__) && !defined(__OPTIMIZE_SIZE__)
#define SOCKS_LAMBDA_ALWAYS_INLINE __attribute__((always_inline))
#else
#define SOCKS_LAMBDA_ALWAYS_INLINE
#endif

// Before a loop, where a compiler by itself would do the other: SOCKS_NO_UNROLL keeps it one, for the counts of clang's turns
// would be prepared in front of a drive loop; SOCKS_UNROLL_4 makes turns of it, so that g++ sees through a list of four.
#if defined(__clang__)
#define SOCKS_NO_UNROLL _Pragma("clang loop unroll(disable)")
#define SOCKS_UNROLL_4
#elif defined(__GNUC__) && !defined(__OPTIMIZE_SIZE__)
#define SOCKS_NO_UNROLL
#define SOCKS_UNROLL_4 _Pragma("GCC unroll 4")
#else
#define SOCKS_NO_UNROLL
#define SOCKS_UNROLL_4
#endif

// SOCKS_LIFETIMEBOUND lets clang warn where a view would outlive what it points into.
#if defined(__has_cpp_attribute)
#if __has_cpp_attribute(clang::lifetimebound)
#define SOCKS_LIFETIMEBOUND [[clang::lifetimebound]]
#endif
#endif
#ifndef SOCKS_LIFETIMEBOUND
#define SOCKS_LIFETIMEBOUND
#endif

#endif
