// What config.hpp promises: a version that can be compared, and an assertion that is an expression.

#include <socks/config.hpp>

#include "check.hpp"
#include "is_constant.hpp"

namespace {

using ::check;

static_assert(SOCKS_VERSION_MAJOR >= 0 && SOCKS_VERSION_MINOR >= 0 && SOCKS_VERSION_PATCH >= 0);
#if SOCKS_VERSION_MAJOR * 10000 + SOCKS_VERSION_MINOR * 100 + SOCKS_VERSION_PATCH < 100
#error "the version must be usable by the preprocessor"
#endif

constexpr int third(const int (&of)[3], int i) { return SOCKS_ASSERT(i < 3), of[i]; }

constexpr void an_assertion_that_holds_changes_nothing(check& t) {
    constexpr int squares[] = {1, 4, 9};
    t.ok(third(squares, 2) == 9);
    bool evaluated = false;
    SOCKS_ASSERT((evaluated = true));
#if defined(NDEBUG)
    t.ok(!evaluated);
#else
    t.ok(evaluated);
#endif
}
PROVE_AND_RUN(an_assertion_that_holds_changes_nothing)

#if !defined(NDEBUG)
constexpr void a_breach_ends_a_constant_evaluation(check& t) {
    t.ok(is_constant([] { SOCKS_ASSERT(true); }));
    t.ok(!is_constant([] { SOCKS_ASSERT(false); }));
    t.ok(is_constant([] { return socks::bytes("abc")[2]; }));
    t.ok(
        !is_constant([] { return socks::bytes("abc")[3]; }));  // its NUL is there, but is no byte of the view
    t.ok(!is_constant([] { return socks::bytes("abc").first(4); }));
    t.ok(!is_constant([] { return socks::bytes("abc").subspan(4); }));
    t.ok(is_constant([] { return socks::host("127.0.0.1").v4(); }));
    t.ok(!is_constant([] { return socks::host("localhost").v4(); }));
    t.ok(!is_constant([] { return socks::host("127.0.0.1").v6(); }));
    t.ok(!is_constant([] { return *socks::decode_method_selection("\x05"); }));
    t.ok(!is_constant([] { return socks::decoded<int>::incomplete(0); }));
    t.ok(!is_constant([] { return socks::decoded<int>(socks::errc::none); }));
    t.ok(!is_constant([] { return socks::reader(socks::bytes("a")).u16(); }));
    t.ok(!is_constant([] {
        char room[1] = {};
        return socks::writer(room).u16(1).written().size();
    }));
}
PROVE_AND_RUN(a_breach_ends_a_constant_evaluation)
#endif

}  // namespace
