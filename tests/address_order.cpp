// The order of the attempts to connect.

#include <socks/policy/address_order.hpp>

#include "check.hpp"

namespace {

using ::check;
using namespace socks;

static_assert(attempt_delay == 250);  // RFC 8305 section 5

constexpr endpoint four[] = {{"192.0.2.1", 80}, {"192.0.2.2", 80}, {"192.0.2.3", 80}, {"192.0.2.4", 80}};
constexpr endpoint six[] = {{"2001:db8::1", 80}, {"2001:db8::2", 80}, {"2001:db8::3", 80}};

// The order of `list` after the call: for each wanted address its place in the list before.
template <size_t N>
constexpr bool becomes(const endpoint (&list)[N], const endpoint (&wanted)[N]) {
    endpoint sorted[N];
    for (size_t i = 0; i < N; ++i) sorted[i] = list[i];
    interleave_families(sorted, N);
    bool same = true;
    for (size_t i = 0; i < N; ++i) same &= sorted[i] == wanted[i];
    return same;
}

// RFC 8305, section 4.
constexpr void the_families_take_turns(check& t) {
    t.ok(becomes({six[0], six[1], six[2], four[0], four[1], four[2]},
                 {six[0], four[0], six[1], four[1], six[2], four[2]}));
    t.ok(becomes({four[0], four[1], six[0], six[1]}, {four[0], six[0], four[1], six[1]}));
    t.ok(becomes({four[0], six[0], four[1], six[1]}, {four[0], six[0], four[1], six[1]}));
    t.ok(becomes({six[2], six[0], four[3], six[1], four[0]}, {six[2], four[3], six[0], four[0], six[1]}));
}
PROVE_AND_RUN(the_families_take_turns)

constexpr void the_rest_of_the_longer_family_is_last(check& t) {
    t.ok(becomes({six[0], four[0], four[1], four[2]}, {six[0], four[0], four[1], four[2]}));
    t.ok(becomes({four[0], four[1], four[2], four[3], six[0]}, {four[0], six[0], four[1], four[2], four[3]}));
    t.ok(becomes({six[0], six[1], six[2], four[0]}, {six[0], four[0], six[1], six[2]}));
}
PROVE_AND_RUN(the_rest_of_the_longer_family_is_last)

constexpr void one_family_keeps_its_order(check& t) {
    t.ok(becomes({four[2], four[0], four[1]}, {four[2], four[0], four[1]}));
    t.ok(becomes({six[1]}, {six[1]}));
    interleave_families(nullptr, 0);
}
PROVE_AND_RUN(one_family_keeps_its_order)

constexpr void an_ipv4_mapped_address_counts_as_ipv4(check& t) {
    const endpoint mapped{"::ffff:192.0.2.7", 80};
    t.ok(becomes({mapped, four[0], six[0]}, {mapped, six[0], four[0]}));
    t.ok(becomes({six[0], six[1], mapped}, {six[0], mapped, six[1]}));
}
PROVE_AND_RUN(an_ipv4_mapped_address_counts_as_ipv4)

constexpr void each_address_keeps_its_port(check& t) {
    t.ok(becomes({{"192.0.2.1", 1}, {"192.0.2.1", 2}, {"2001:db8::1", 3}},
                 {{"192.0.2.1", 1}, {"2001:db8::1", 3}, {"192.0.2.1", 2}}));
}
PROVE_AND_RUN(each_address_keeps_its_port)

}  // namespace
