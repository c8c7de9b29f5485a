// A decoder's result is a value, a count of missing bytes, or an error: exactly one of the three.

#include <socks/core/decoded.hpp>

#include <type_traits>

#include "check.hpp"

namespace {

using ::check;
using namespace socks;

constexpr void a_value_is_neither_need_nor_error(check& t) {
    const decoded<int> d(7, 3);
    t.ok(static_cast<bool>(d) && *d == 7 && d.consumed() == 3 && d.needed() == 0 && d.error() == errc::none);
    const decoded<endpoint> e({{"h.example", 80}, 12});
    t.ok(e->port == 80 && e->host.name() == "h.example" && e.consumed() == 12);
}
PROVE_AND_RUN(a_value_is_neither_need_nor_error)

// A constant evaluation refuses a reference to what is gone.
constexpr void the_value_of_a_temporary_outlives_it(check& t) {
    const auto& whole = *decoded<endpoint>({{"h.example", 80}, 12});
    const auto& part = (*decoded<endpoint>({{"x.example", 81}, 12})).host;
    t.ok(whole.port == 80 && whole.host.name() == "h.example" && part.name() == "x.example");
    const decoded<endpoint> kept({{"y.example", 82}, 12});
    t.ok(&*kept == kept.operator->() && &*kept == &*kept);
}
PROVE_AND_RUN(the_value_of_a_temporary_outlives_it)

constexpr void need_is_neither_value_nor_error(check& t) {
    const auto d = decoded<int>::incomplete(5);
    t.ok(!d && d.needed() == 5 && d.consumed() == 0 && d.error() == errc::none);
}
PROVE_AND_RUN(need_is_neither_value_nor_error)

constexpr void an_error_is_neither_value_nor_need(check& t) {
    const decoded<int> d = errc::bad_version;
    t.ok(!d && d.error() == errc::bad_version && d.needed() == 0 && d.consumed() == 0);
}
PROVE_AND_RUN(an_error_is_neither_value_nor_need)

// A result can be tested, but is never by accident a number.
static_assert(!std::is_convertible_v<decoded<int>, bool> && !std::is_convertible_v<decoded<int>, int>);
static_assert(!std::is_convertible_v<encoded, bool> && !std::is_default_constructible_v<decoded<int>>);
static_assert(std::is_trivially_copyable_v<decoded<endpoint>> && std::is_trivially_copyable_v<encoded>);
static_assert(sizeof(encoded) <= 16);

constexpr void nothing_was_written_at_first(check& t) {
    const encoded nothing;
    t.ok(nothing && nothing.size() == 0 && nothing.data().empty() && nothing.required() == 0);
}
PROVE_AND_RUN(nothing_was_written_at_first)

#if SIZE_MAX > UINT32_MAX
// 4 GiB and 3 bytes are not 3.
constexpr void an_encoded_does_not_count_beyond_its_32_bits(check& t) {
    const char room[1] = {};
    for (const size_t size : {size_t{1} << 32, (size_t{1} << 32) + 3, SIZE_MAX}) {
        const auto entered = t.in(size);
        const encoded made(room, size);
        t.ok(!made && made.error() == errc::no_space && made.size() == 0 && made.required() == 0 &&
             made.data().empty());
        t.ok(encoded::no_space(size).required() == 0);
    }
    t.ok(encoded(room, UINT32_MAX).size() == UINT32_MAX &&
         encoded::no_space(UINT32_MAX).required() == UINT32_MAX);
}
PROVE_AND_RUN(an_encoded_does_not_count_beyond_its_32_bits)
#endif

constexpr void what_was_encoded_is_data_or_an_error(check& t) {
    char room[5] = {'a', 'b', 'c', 'd', 'e'};
    const encoded made(room, 3);
    t.ok(made && made.data() == "abc" && made.data().data() == room && made.size() == 3);
    t.ok(made.error() == errc::none && made.required() == 0);
    const encoded failed = errc::bad_host;
    t.ok(!failed && failed.error() == errc::bad_host && failed.size() == 0 && failed.data().empty());
    t.ok(failed.required() == 0);
    const encoded nothing;
    t.ok(nothing && nothing.size() == 0 && nothing.data().empty());
}
PROVE_AND_RUN(what_was_encoded_is_data_or_an_error)

constexpr void no_space_says_how_much_would_do(check& t) {
    const encoded e = encoded::no_space(520);
    t.ok(!e && e.error() == errc::no_space && e.required() == 520 && e.size() == 0 && e.data().empty());
}
PROVE_AND_RUN(no_space_says_how_much_would_do)

static_assert(sizeof(message_size) == 4 && !std::is_convertible_v<message_size, bool>);

constexpr void a_message_size_is_a_size_a_count_of_missing_bytes_or_an_error(check& t) {
    const message_size whole = message_size::complete(65'535);
    t.ok(whole && *whole == 65'535 && whole.consumed() == 65'535);
    t.ok(whole.needed() == 0 && whole.error() == errc::none);
    const message_size more = message_size::incomplete(65'534);
    t.ok(!more && more.needed() == 65'534 && more.consumed() == 0 && more.error() == errc::none);
    const message_size bad = errc::bad_schedule;
    t.ok(!bad && bad.error() == errc::bad_schedule && bad.needed() == 0 && bad.consumed() == 0);
    const message_size nothing = message_size::complete(0);
    t.ok(nothing && *nothing == 0 && nothing.needed() == 0 && nothing.error() == errc::none);
}
PROVE_AND_RUN(a_message_size_is_a_size_a_count_of_missing_bytes_or_an_error)

constexpr void a_message_size_without_a_size_is_passed_on_to_a_message(check& t) {
    const auto short_of = decoded<credentials>(message_size::incomplete(300));
    t.ok(!short_of && short_of.needed() == 300 && short_of.error() == errc::none);
    const auto failed = decoded<credentials>(message_size(errc::bad_version));
    t.ok(!failed && failed.needed() == 0 && failed.error() == errc::bad_version);
}
PROVE_AND_RUN(a_message_size_without_a_size_is_passed_on_to_a_message)

// The longest message of all is a GSSAPI token behind its head.
void a_message_of_65539_bytes_is_not_cut(check& t) {
    static char room[65'539];
    const encoded made(room, sizeof room);
    t.ok(made && made.size() == 65'539 && made.data().size() == 65'539 && made.required() == 0);
    const encoded tight = encoded::no_space(65'539);
    t.ok(!tight && tight.required() == 65'539 && tight.size() == 0 && tight.data().empty());
}
RUN(a_message_of_65539_bytes_is_not_cut)

}  // namespace
