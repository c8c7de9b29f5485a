// Each tolerance of real peers' mistakes, at each setting, with every byte.

#include "sweep.hpp"

namespace {

using ::check;
using namespace socks;

constexpr bytes john = "04 'john' 03 'foo'"_bytes;

// Whether a message that begins with `byte` and goes on with `rest` is accepted.
template <class Decode>
constexpr bool begins(Decode decode, uint8_t byte, bytes rest, tolerance accept) {
    message<16> m;
    m.put(byte).put(rest);
    const auto d = decode(m.view(), accept);
    return d && d.consumed() == m.view().size();
}

// V1.
void a_socks4_reply_has_version_0_or_by_leeway_4_or_any(check& t) {
    constexpr auto decode = [](bytes in, tolerance accept) { return decode_reply4(in, accept); };
    constexpr bytes rest = "5a 0050 7f000001"_bytes;
    for (unsigned v = 0; v < 256; ++v) {
        const auto entered = t.in(size_t{v});
        const auto byte = static_cast<uint8_t>(v);
        t.ok(begins(decode, byte, rest, tolerance{.reply4_version = leeway::strict}) == (v == 0));
        t.ok(begins(decode, byte, rest, tolerance{.reply4_version = leeway::known}) == (v == 0 || v == 4));
        t.ok(begins(decode, byte, rest, tolerance{.reply4_version = leeway::any}));
        t.ok(begins(decode, byte, rest, strict) == (v == 0));
        t.ok(begins(decode, byte, rest, lenient) == (v == 0 || v == 4));
    }
}
RUN(a_socks4_reply_has_version_0_or_by_leeway_4_or_any)

// V2.
void a_login_status_has_version_1_or_by_leeway_5_or_any(check& t) {
    constexpr auto decode = [](bytes in, tolerance accept) { return decode_auth_status(in, accept); };
    constexpr bytes rest = "00"_bytes;
    for (unsigned v = 0; v < 256; ++v) {
        const auto entered = t.in(size_t{v});
        const auto byte = static_cast<uint8_t>(v);
        t.ok(begins(decode, byte, rest, tolerance{.auth_status_version = leeway::strict}) == (v == 1));
        t.ok(begins(decode, byte, rest, tolerance{.auth_status_version = leeway::known}) ==
             (v == 1 || v == 5));
        t.ok(begins(decode, byte, rest, tolerance{.auth_status_version = leeway::any}));
        t.ok(begins(decode, byte, rest, strict) == (v == 1));
        t.ok(begins(decode, byte, rest, lenient) == (v == 1 || v == 5));
    }
}
RUN(a_login_status_has_version_1_or_by_leeway_5_or_any)

// V3: refused even leniently; only who asks for it gets it.
void a_login_has_version_1_or_where_asked_for_5(check& t) {
    constexpr auto decode = [](bytes in, tolerance accept) { return decode_credentials(in, accept); };
    for (unsigned v = 0; v < 256; ++v) {
        const auto entered = t.in(size_t{v});
        const auto byte = static_cast<uint8_t>(v);
        t.ok(begins(decode, byte, john, tolerance{.credentials_version_5 = false}) == (v == 1));
        t.ok(begins(decode, byte, john, tolerance{.credentials_version_5 = true}) == (v == 1 || v == 5));
        t.ok(begins(decode, byte, john, strict) == (v == 1));
        t.ok(begins(decode, byte, john, lenient) == (v == 1));
    }
}
RUN(a_login_has_version_1_or_where_asked_for_5)

// A version that is refused is refused at once, one that is tolerated changes nothing else.
constexpr void a_tolerated_version_changes_nothing_else(check& t) {
    const auto strictly4 = [](bytes in) { return decode_reply4(in, strict); };
    const auto known4 = [](bytes in) { return decode_reply4(in); };
    const auto any4 = [](bytes in) { return decode_reply4(in, tolerance{.reply4_version = leeway::any}); };
    const reply4 granted{code4::granted, {ipv4{127, 0, 0, 1}, 80}};
    sweep_refused(t, "04 5a 0050 7f000001"_bytes, strictly4, errc::bad_version, 1);
    sweep_refused(t, "05 5a 0050 7f000001"_bytes, known4, errc::bad_version, 1);
    sweep(t, "04 5a 0050 7f000001"_bytes, known4, granted);
    sweep(t, "48 5a 0050 7f000001"_bytes, any4, granted);

    const auto strictly = [](bytes in) { return decode_auth_status(in, strict); };
    const auto known = [](bytes in) { return decode_auth_status(in); };
    const auto any = [](bytes in) {
        return decode_auth_status(in, tolerance{.auth_status_version = leeway::any});
    };
    sweep_refused(t, "05 00"_bytes, strictly, errc::bad_version, 1);
    sweep_refused(t, "00 00"_bytes, known, errc::bad_version, 1);
    sweep(t, "05 21"_bytes, known, uint8_t{0x21});
    sweep(t, "00 21"_bytes, any, uint8_t{0x21});

    const auto five = [](bytes in) {
        return decode_credentials(in, tolerance{.credentials_version_5 = true});
    };
    sweep(t, "05 01 'a' 02 'bc'"_bytes, five, credentials{"a", "bc"});
    sweep_refused(t, "06 01 'a' 02 'bc'"_bytes, five, errc::bad_version, 1);
}
PROVE_AND_RUN(a_tolerated_version_changes_nothing_else)

// D20, R17: never taken for the address type beside it.
void a_reserved_byte_is_ignored_unless_strict(check& t) {
    const auto request = [](bytes in) { return decode_request5(in); };
    const auto request_strictly = [](bytes in) { return decode_request5(in, strict); };
    const auto reply = [](bytes in) { return decode_reply5(in); };
    const auto reply_strictly = [](bytes in) { return decode_reply5(in, strict); };
    const endpoint to{ipv4{192, 0, 2, 7}, 443};
    for (unsigned v = 0; v < 256; ++v) {
        const auto entered = t.in(size_t{v});
        message<10> asked;
        message<10> answered;
        asked.put("05 01"_bytes).put(static_cast<uint8_t>(v)).put("01 c0000207 01bb"_bytes);
        answered.put("05 00"_bytes).put(static_cast<uint8_t>(v)).put("01 c0000207 01bb"_bytes);
        sweep(t, asked.view(), request, request5{command::connect, to});
        sweep(t, answered.view(), reply, reply5{code5::succeeded, to});
        if (v == 0) {
            sweep(t, asked.view(), request_strictly, request5{command::connect, to});
            sweep(t, answered.view(), reply_strictly, reply5{code5::succeeded, to});
        } else {
            sweep_refused(t, asked.view(), request_strictly, errc::bad_reserved, 3);
            sweep_refused(t, answered.view(), reply_strictly, errc::bad_reserved, 3);
        }
    }
}
RUN(a_reserved_byte_is_ignored_unless_strict)

// A9.
constexpr void empty_credentials_are_refused_where_strict(check& t) {
    const auto strictly = [](bytes in) { return decode_credentials(in, strict); };
    sweep_refused(t, "01 00 00"_bytes, strictly, errc::empty_credentials, 2);
    sweep_refused(t, "01 00 03 'foo'"_bytes, strictly, errc::empty_credentials, 2);
    sweep_refused(t, "01 04 'john' 00"_bytes, strictly, errc::empty_credentials, 7);
    // The shortest one then has 5 bytes, and that is what a reader is told.
    t.ok(2 == sweep(t, "01 01 'a' 02 'bc'"_bytes, strictly, credentials{"a", "bc"}));
    t.ok(1 == sweep(t, "01 01 'a' 01 'b'"_bytes, strictly, credentials{"a", "b"}));
    t.ok(3 == sweep(t, "01 04 'john' 03 'foo'"_bytes, strictly, credentials{"john", "foo"}));
}
PROVE_AND_RUN(empty_credentials_are_refused_where_strict)

// R4, R5.
constexpr void an_unspecified_bound_name_is_refused_where_strict(check& t) {
    const auto strictly = [](bytes in) { return decode_reply5(in, strict); };
    sweep_refused(t, "05 00 00 03 00 1234"_bytes, strictly, errc::empty_name, 7);
    sweep_refused(t, "05 00 00 03 01 00 1234"_bytes, strictly, errc::nul_in_name, 8);
    sweep(t, "05 00 00 03 01 'z' 1234"_bytes, strictly, reply5{code5::succeeded, {"z", 0x1234}});
}
PROVE_AND_RUN(an_unspecified_bound_name_is_refused_where_strict)

constexpr tolerance everything{.reply4_version = leeway::any,
                               .auth_status_version = leeway::any,
                               .credentials_version_5 = true,
                               .reserved = true,
                               .empty_credentials = true,
                               .empty_bound = true};

// D7, D9: names in requests are a matter of safety.
constexpr void no_tolerance_lets_an_empty_name_or_a_nul_into_a_request(check& t) {
    const auto request = [](bytes in) { return decode_request5(in, everything); };
    sweep_refused(t, "05 01 00 03 00 0050"_bytes, request, errc::empty_name, 5);
    sweep_refused(t, "05 01 00 03 01 00 0050"_bytes, request, errc::nul_in_name, 8);
    const auto reply = [](bytes in) { return decode_reply5(in, everything); };
    sweep_refused(t, "05 00 00 03 02 0000 0050"_bytes, reply, errc::nul_in_name, 9);
}
PROVE_AND_RUN(no_tolerance_lets_an_empty_name_or_a_nul_into_a_request)

constexpr void a_tolerance_can_be_spelled_where_it_is_used(check& t) {
    const bytes reply = "07 5a 1f90 c0000207"_bytes;
    t.ok(decode_reply4(reply, {.reply4_version = leeway::any}) && !decode_reply4(reply));
    socks::client wary({.tolerance = {.reserved = false}});
    const socks::server stern({.tolerance = {.empty_credentials = false}});
    char out[3];
    const bool greets = wary.step({.to = {"h.example", 80}}, {}, out).next() == socks::client::next::send;
    t.ok(greets && stern.method() == method::none);
}
PROVE_AND_RUN(a_tolerance_can_be_spelled_where_it_is_used)

}  // namespace
