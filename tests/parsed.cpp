// A parser's result is a value, or an error with its position: exactly one of the two.

#include <socks/core/parsed.hpp>

#include <type_traits>

#include "check.hpp"

namespace {

using ::check;
using namespace socks;

constexpr void a_value_has_no_error_and_no_place(check& t) {
    const parsed<int> p(7);
    t.ok(static_cast<bool>(p) && *p == 7 && p.error() == errc::none && p.position() == 0);
    const parsed<endpoint> e(endpoint{"h.example", 80});
    t.ok(e && e->port == 80 && e->host.name() == "h.example" && &*e == e.operator->());
    t.ok(static_cast<bool>(parsed<int>(0)));  // a value is not told by what it is
}
PROVE_AND_RUN(a_value_has_no_error_and_no_place)

constexpr void an_error_has_a_place_and_no_value(check& t) {
    const parsed<int> p(errc::bad_port, 10);
    t.ok(!p && p.error() == errc::bad_port && p.position() == 10);
    const parsed<endpoint> e = errc::bad_host;
    t.ok(!e && e.error() == errc::bad_host && e.position() == 0);
}
PROVE_AND_RUN(an_error_has_a_place_and_no_value)

// A constant evaluation refuses a reference to what is gone.
constexpr void what_was_parsed_outlives_a_temporary(check& t) {
    const auto& whole = *parse_endpoint("h.example:80");
    const auto& part = (*parse_endpoint("x.example:81")).host;
    t.ok(whole == endpoint{"h.example", 80} && part.name() == "x.example");
}
PROVE_AND_RUN(what_was_parsed_outlives_a_temporary)

// A result can be tested, but is never by accident a number.
static_assert(!std::is_convertible_v<parsed<int>, bool> && !std::is_convertible_v<parsed<int>, int>);
static_assert(std::is_trivially_copyable_v<parsed<endpoint>> &&
              !std::is_default_constructible_v<parsed<int>>);

}  // namespace
