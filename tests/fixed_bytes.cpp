// An owned copy of a text: it outlives its origin, refuses a text that does not fit, and leaves nothing after
// wipe().

#include <socks/core/fixed_bytes.hpp>

#include <type_traits>

#include "bytes_literal.hpp"
#include "check.hpp"

namespace {

using ::check;
using namespace socks;

static_assert(fixed_bytes<255>::capacity == 255 && sizeof(fixed_bytes<255>) == 258);
static_assert(std::is_trivially_copyable_v<fixed_bytes<8>>);
static_assert(std::is_convertible_v<const fixed_bytes<8>&, bytes>);
static_assert(!std::is_convertible_v<fixed_bytes<8>, bytes>);

constexpr void a_fixed_copy_outlives_its_origin(check& t) {
    fixed_bytes<4> copy;
    t.ok(copy.empty() && copy.view().empty());
    char origin[] = {'j', 'o', 'h', 'n'};
    t.ok(copy.store(bytes(origin, 4)));
    for (char& c : origin) c = '?';
    t.ok(copy.view() == "john" && !copy.empty());
    t.ok(copy.store("foo") && copy.view() == "foo");
    t.ok(copy.store({}) && copy.empty());
}
PROVE_AND_RUN(a_fixed_copy_outlives_its_origin)

constexpr void a_text_that_is_too_long_leaves_the_old_copy(check& t) {
    fixed_bytes<4> copy;
    t.ok(copy.store("foo"));
    for (const bytes longer : {bytes("johns"), bytes("files.example.com")})
        t.in(longer).ok(!copy.store(longer) && copy.view() == "foo");
}
PROVE_AND_RUN(a_text_that_is_too_long_leaves_the_old_copy)

constexpr void a_fixed_copy_may_be_replaced_by_a_part_of_itself(check& t) {
    fixed_bytes<16> copy;
    t.ok(copy.store("abcdefghijklmnop") && copy.store(copy.view().subspan(1)));
    t.ok(copy.view() == "bcdefghijklmnop");
    t.ok(copy.store(copy.view().subspan(3)) && copy.view() == "efghijklmnop");
    t.ok(copy.store(copy.view().first(5)) && copy.view() == "efghi");
    t.ok(copy.store(copy.view()) && copy.view() == "efghi");
}
PROVE_AND_RUN(a_fixed_copy_may_be_replaced_by_a_part_of_itself)

constexpr void clearing_a_fixed_copy_wipes_it(check& t) {
    fixed_bytes<4> copy;
    t.ok(copy.store("john"));
    const bytes view = copy.view();
    copy.clear();
    t.ok(view == "00 00 00 00"_bytes && copy.empty());
}
PROVE_AND_RUN(clearing_a_fixed_copy_wipes_it)

constexpr fixed_bytes<8> stored(bytes text) {
    fixed_bytes<8> copy;
    static_cast<void>(copy.store(text));
    return copy;
}

constexpr void a_fixed_copy_can_be_returned_and_copied(check& t) {
    const fixed_bytes<8> first = stored("john");
    fixed_bytes<8> second = first;
    t.ok(second.store("foo") && first.view() == "john" && second.view() == "foo");
    const bytes converted = first;
    t.ok(converted == "john" && converted.data() == first.view().data());
}
PROVE_AND_RUN(a_fixed_copy_can_be_returned_and_copied)

constexpr void clearing_wipes_what_a_longer_copy_left(check& t) {
    fixed_bytes<4> copy;
    t.ok(copy.store("john"));
    const bytes storage = copy.view();
    t.ok(copy.store("f"));
    copy.clear();
    t.ok(storage == "00 00 00 00"_bytes);
}
PROVE_AND_RUN(clearing_wipes_what_a_longer_copy_left)

}  // namespace
