// The username/password sub-negotiation, each byte typed from RFC 1929.

#include "sweep.hpp"

namespace {

using ::check;
using namespace socks;

static_assert(auth_status_size == 2);

constexpr auto get_login = [](bytes in) { return decode_credentials(in); };
constexpr auto put_login = [](const credentials& v, buffer out) { return encode_credentials(v, out); };
constexpr auto get_status = [](bytes in) { return decode_auth_status(in); };
constexpr auto put_status = [](uint8_t v, buffer out) { return encode_auth_status(v, out); };

// Section 2. The rows return how many exact reads they take.
constexpr void logins_are_as_drawn(check& t) {
    t.ok(3 == golden(t, "01 04 'john' 03 'foo'"_bytes, credentials{"john", "foo"}, get_login, put_login));
    t.ok(3 == golden(t, "01 01 'a' 02 'bc'"_bytes, credentials{"a", "bc"}, get_login, put_login));
}
PROVE_AND_RUN(logins_are_as_drawn)

// A9: people use them, whatever the document says.
constexpr void empty_user_names_and_passwords_are_bytes_too(check& t) {
    t.ok(1 == golden(t, "01 00 00"_bytes, credentials{"", ""}, get_login, put_login));
    golden(t, "01 00 03 'foo'"_bytes, credentials{"", "foo"}, get_login, put_login);
    golden(t, "01 04 'john' 00"_bytes, credentials{"john", ""}, get_login, put_login);
    golden(t, "01 04 'john' 00"_bytes, credentials{"john"}, get_login, put_login);
}
PROVE_AND_RUN(empty_user_names_and_passwords_are_bytes_too)

// A13, A14: a NUL is a byte, and a length counts bytes, not characters.
constexpr void credentials_are_bytes_not_text(check& t) {
    golden(t, "01 03 'a' 00 'b' 02 00 ff"_bytes, credentials{"a\0b", "\0\xff"}, get_login, put_login);
    golden(t, "01 06 6ac3b6686e21 02 c3a4"_bytes, credentials{"j\xc3\xb6hn!", "\xc3\xa4"}, get_login,
           put_login);
}
PROVE_AND_RUN(credentials_are_bytes_not_text)

// A10, A11: 255 and 255 independently; the longest request is 513 bytes.
void user_and_password_hold_0_to_255_bytes_each(check& t) {
    constexpr size_t lengths[] = {0, 1, 2, 127, 128, 254, 255};
    for (const size_t user : lengths) {
        const auto entered = t.in(user);
        for (const size_t password : lengths) {
            const auto nested = t.in(password);
            message<255> u;
            message<255> p;
            u.letters(user);
            p.put("'P'"_bytes.first(password == 0 ? 0 : 1)).letters(password == 0 ? 0 : password - 1);
            message<513> m;
            m.put(1).put(static_cast<uint8_t>(user)).put(u.view());
            m.put(static_cast<uint8_t>(password)).put(p.view());
            golden(t, m.view(), credentials{u.view(), p.view()}, get_login, put_login);
        }
    }
}
RUN(user_and_password_hold_0_to_255_bytes_each)

// A10: refused, never cut.
constexpr void longer_credentials_are_refused(check& t) {
    char room[600] = {};
    message<256> long_text;
    long_text.letters(256);
    const bytes just = long_text.view().first(255);
    t.ok(encode_credentials({long_text.view(), "foo"}, room).error() == errc::bad_user);
    t.ok(encode_credentials({"john", long_text.view()}, room).error() == errc::bad_password);
    t.ok(encode_credentials({long_text.view(), long_text.view()}, room).error() == errc::bad_user);
    t.ok(encode_credentials({}, room).error() == errc::no_credentials);
    t.ok(encode_credentials({"john", "foo"}, buffer(room, 9)).required() == 10);
    t.ok(room[0] == 0);
    t.ok(encode_credentials({just, just}, room).size() == 513);
}
PROVE_AND_RUN(longer_credentials_are_refused)

// V3: 5 is the version of the protocol around it.
void only_version_1_begins_a_login(check& t) {
    for (unsigned v = 0; v < 256; ++v) {
        message<10> m;
        m.put(static_cast<uint8_t>(v)).put("04 'john' 03 'foo'"_bytes);
        if (v == 1)
            sweep(t, m.view(), get_login, credentials{"john", "foo"});
        else
            sweep_refused(t, m.view(), get_login, errc::bad_version, 1);
    }
}
RUN(only_version_1_begins_a_login)

// A20: any byte but 0 refuses, and which one it was is not lost.
void every_status_comes_out_as_it_was_received(check& t) {
    t.ok(1 == golden(t, "01 00"_bytes, uint8_t{0}, get_status, put_status));
    t.ok(1 == golden(t, "01 55"_bytes, uint8_t{0x55}, get_status, put_status));
    for (unsigned v = 0; v < 256; ++v) {
        const auto entered = t.in(size_t{v});
        const auto byte = static_cast<uint8_t>(v);
        message<2> m;
        m.put(1).put(byte);
        golden(t, m.view(), byte, get_status, put_status);
    }
}
RUN(every_status_comes_out_as_it_was_received)

// A17.
constexpr void secrets_are_equal_when_all_their_bytes_are(check& t) {
    t.ok(constant_time_equal("foo", "foo"));
    t.ok(constant_time_equal("", "") && constant_time_equal({}, ""));
    t.ok(constant_time_equal("a\0b", "a\0b"));
    t.ok(constant_time_equal("files.example.com", "files.example.com"));
    t.ok(!constant_time_equal("foo", "fop") && !constant_time_equal("foo", "goo"));
    t.ok(!constant_time_equal("foo", "fo") && !constant_time_equal("fo", "foo"));
    for (const bytes some : {bytes("foo"), bytes("\0"), bytes("\0\0")})
        t.in(some).ok(!constant_time_equal("", some) && !constant_time_equal(some, ""));
    // The shorter is read again from its front: that must not make a repetition equal.
    t.ok(!constant_time_equal("foofoo", "foo") && !constant_time_equal("foo", "foofoo"));
    t.ok(!constant_time_equal("\0\0", "\0") && !constant_time_equal("\0", "\0\0"));
    t.ok(!constant_time_equal("a\0b", "a\0c") && !constant_time_equal("\x80", "\0"));
}
PROVE_AND_RUN(secrets_are_equal_when_all_their_bytes_are)

constexpr void every_single_bit_makes_secrets_differ(check& t) {
    for (size_t i = 0; i < 4; ++i) {
        for (unsigned bit = 0; bit < 8; ++bit) {
            const auto entered = t.in(size_t{bit});
            char other[] = {'j', 'o', 'h', 'n'};
            other[i] = static_cast<char>(static_cast<uint8_t>(other[i]) ^ (1U << bit));
            t.ok(!constant_time_equal("john", bytes(other, 4)));
        }
    }
}
PROVE_AND_RUN(every_single_bit_makes_secrets_differ)

// Around the sizes of one and two words. The bytes beside the secrets differ.
constexpr void a_difference_anywhere_in_a_long_secret_is_found(check& t) {
    for (size_t n = 1; n <= 25; ++n) {
        const auto entered = t.in(n);
        char one[26] = {};
        char other[26] = {};
        other[n] = 'x';
        t.ok(constant_time_equal(bytes(one, n), bytes(other, n)));
        t.ok(!constant_time_equal(bytes(one, n), bytes(one, n - 1)));
        t.ok(!constant_time_equal(bytes(one, n - 1), bytes(one, n)));
        for (size_t i = 0; i < n; ++i) {
            const auto nested = t.in(i);
            other[i] = '\x80';
            t.ok(!constant_time_equal(bytes(one, n), bytes(other, n)));
            other[i] = '\0';
        }
    }
}
PROVE_AND_RUN(a_difference_anywhere_in_a_long_secret_is_found)

}  // namespace
