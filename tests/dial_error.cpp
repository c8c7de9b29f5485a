// One failure in three numberings: the codes of both versions and the failures of a server that connects,
// typed as a table.

#include <socks/policy/dial_error.hpp>

#include "check.hpp"
#include "text_of.hpp"

namespace {

using ::check;
using namespace socks;

struct row {
    dial_error error;
    uint8_t byte;
    bool other_family;
};

constexpr row rows[] = {
    {dial_error::refused, 5, false},
    {dial_error::network_unreachable, 3, true},
    {dial_error::host_unreachable, 4, true},
    {dial_error::timed_out, 6, false},
    {dial_error::not_allowed, 2, false},
    {dial_error::name_not_found, 4, false},
    {dial_error::name_not_resolved, 1, false},
    {dial_error::no_address_of_family, 8, true},
    {dial_error::command_not_supported, 7, false},
    {dial_error::out_of_resources, 1, false},
    {dial_error::other, 1, false},
};

// R15.
constexpr void each_failure_of_a_dialling_server_has_its_code(check& t) {
    unsigned next = 0;
    for (const row& r : rows) {
        const auto entered = t.in();
        t.ok(static_cast<unsigned>(r.error) == next++);
        t.ok(static_cast<uint8_t>(code_for(r.error)) == r.byte);
        t.ok(suggests_other_family(r.error) == r.other_family);
    }
    t.ok(static_cast<unsigned>(dial_error::other) + 1 == next);
    t.ok(code_for(static_cast<dial_error>(200)) == code5::general_failure);
}
PROVE_AND_RUN(each_failure_of_a_dialling_server_has_its_code)

constexpr code5 chosen(dial_codes mine, dial_error e) { return code_for(e, mine); }

// R15: one row at a time, each with a code of its own.
constexpr void a_server_may_choose_other_codes(check& t) {
    constexpr dial_codes mine{.refused = code5{0x80},
                              .network_unreachable = code5{0x81},
                              .host_unreachable = code5{0x82},
                              .timed_out = code5{0x83},
                              .not_allowed = code5{0x84},
                              .name_not_found = code5{0x85},
                              .name_not_resolved = code5{0x86},
                              .no_address_of_family = code5{0x87},
                              .command_not_supported = code5{0x88},
                              .out_of_resources = code5{0x89},
                              .other = code5{0x8a}};
    for (uint8_t i = 0; i < 11; ++i)
        t.ok(chosen(mine, dial_error{i}) == code5{static_cast<uint8_t>(0x80 + i)});
    t.ok(dial_codes{}.other == code5::general_failure);
    constexpr dial_codes one{.name_not_found = code5::general_failure};
    t.ok(chosen(one, dial_error::name_not_found) == code5::general_failure);
    t.ok(chosen(one, dial_error::refused) == code5::connection_refused);
}
PROVE_AND_RUN(a_server_may_choose_other_codes)

constexpr void no_table_makes_a_success_of_a_failure(check& t) {
    constexpr dial_codes careless{.timed_out = code5::succeeded, .other = code5{}};
    t.ok(chosen(careless, dial_error::timed_out) == code5::general_failure);
    t.ok(chosen(careless, dial_error::other) == code5::general_failure);
}
PROVE_AND_RUN(no_table_makes_a_success_of_a_failure)

constexpr void every_code_tells_a_failure(check& t) {
    constexpr dial_error five[] = {dial_error::other,
                                   dial_error::other,
                                   dial_error::not_allowed,
                                   dial_error::network_unreachable,
                                   dial_error::host_unreachable,
                                   dial_error::refused,
                                   dial_error::timed_out,
                                   dial_error::command_not_supported,
                                   dial_error::no_address_of_family};
    for (unsigned i = 0; i < 256; ++i) {
        const auto entered = t.in(size_t{i});
        const auto byte = static_cast<uint8_t>(i);
        t.ok(dial_error_for({version::v5, byte}) == (i < 9 ? five[i] : dial_error::other));
        const dial_error four = i == 92 || i == 93 ? dial_error::not_allowed : dial_error::other;
        t.ok(dial_error_for({version::v4, byte}) == four && dial_error_for({version::v4a, byte}) == four);
    }
}
PROVE_AND_RUN(every_code_tells_a_failure)

// A reply passed on by a proxy between two versions.
constexpr void codes_are_translated_between_the_versions(check& t) {
    for (unsigned i = 0; i < 256; ++i) {
        const auto entered = t.in(size_t{i});
        const auto byte = static_cast<uint8_t>(i);
        for (const version four : {version::v4, version::v4a}) {
            const reply_code down = translate({version::v5, byte}, four);
            t.ok(down.version == four && down.value == (i == 0 ? 90 : 91));
            const reply_code up = translate({four, byte}, version::v5);
            t.ok(up.version == version::v5 && up.value == (i == 90 ? 0 : i == 92 || i == 93 ? 2 : 1));
        }
        t.ok(translate({version::v5, byte}, version::v5) == reply_code(version::v5, byte));
        t.ok(translate({version::v4, byte}, version::v4a) == reply_code(version::v4a, byte));
    }
    t.ok(translate(code4::granted, version::v4a).version == version::v4a);
}
PROVE_AND_RUN(codes_are_translated_between_the_versions)

// R16.
constexpr void three_codes_suggest_another_address_family(check& t) {
    for (unsigned i = 0; i < 256; ++i) {
        const auto entered = t.in(size_t{i});
        const auto byte = static_cast<uint8_t>(i);
        t.ok(suggests_other_family({version::v5, byte}) == (i == 3 || i == 4 || i == 8));
        t.ok(!suggests_other_family({version::v4, byte}) && !suggests_other_family({version::v4a, byte}));
    }
}
PROVE_AND_RUN(three_codes_suggest_another_address_family)

constexpr void every_failure_has_words_of_its_own(check& t) {
    for (const row& a : rows)
        for (const row& b : rows) {
            const auto entered = t.in();
            t.ok((text_of(to_string(a.error)) == text_of(to_string(b.error))) == (a.error == b.error));
        }
    t.ok(bytes(to_string(static_cast<dial_error>(200)), 15) == "another failure");
}
PROVE_AND_RUN(every_failure_has_words_of_its_own)

}  // namespace
