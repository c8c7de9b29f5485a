// The messages of the GSSAPI method, each byte typed from RFC 1961. The tokens are letters: no mechanism is
// asked.

#include <socks/wire/gssapi.hpp>

// Used by the invariants of sweep.hpp.
constexpr bool same(const socks::gssapi_message& a, const socks::gssapi_message& b) {
    return a.type == b.type && a.token == b.token;
}

#include "sweep.hpp"

namespace {

using ::check;
using namespace socks;
using type = gssapi_type;

static_assert(max_gssapi_token == 65'535);

constexpr size_t longest = max_gssapi_token;

// A decoder that is due for `due` and takes tokens of at most `cap` bytes.
constexpr auto get(type due, size_t cap = longest, tolerance accept = lenient) {
    return [=](bytes in) { return decode_gssapi(in, due, cap, accept); };
}
constexpr auto put = [](const gssapi_message& v, buffer out) { return encode_gssapi(v, out); };

// Sections 3.4, 4.3 and 5. The rows return how many exact reads they take: behind an abort there is nothing
// to read.
constexpr void gssapi_messages_are_as_drawn(check& t) {
    t.ok(3 == golden(t, "01 01 0007 'context'"_bytes, gssapi_message{type::authentication, "context"},
                     get(type::authentication), put));
    t.ok(3 == golden(t, "01 02 0005 'level'"_bytes, gssapi_message{type::protection_level, "level"},
                     get(type::protection_level), put));
    t.ok(3 == golden(t, "01 03 0004 'data'"_bytes, gssapi_message{type::user_data, "data"},
                     get(type::user_data), put));
    t.ok(3 == golden(t, "01 03 0006 00 ff 00 '0' 0d 0a"_bytes,
                     gssapi_message{type::user_data, "00 ff 00 '0' 0d 0a"_bytes}, get(type::user_data), put));
    t.ok(2 == golden(t, "01 02 0001 'L'"_bytes, gssapi_message{type::protection_level, "L"},
                     get(type::protection_level), put));
}
PROVE_AND_RUN(gssapi_messages_are_as_drawn)

// Both bytes of the length count, the high one first.
void tokens_of_every_size_go_there_and_back(check& t) {
    constexpr size_t sizes[] = {1, 2, 127, 128, 255, 256, 257, 511, 715, 4096};
    for (const size_t size : sizes) {
        const auto entered = t.in(size);
        message<4096> token;
        token.letters(size);
        message<4100> m;
        m.put("01 03"_bytes).put(static_cast<uint8_t>(size / 256)).put(static_cast<uint8_t>(size % 256));
        m.put(token.view());
        golden(t, m.view(), gssapi_message{type::user_data, token.view()}, get(type::user_data), put);
    }
}
RUN(tokens_of_every_size_go_there_and_back)

// G2: nothing is cut on the way.
void the_longest_token_has_65535_bytes(check& t) {
    static message<65536> token;
    static char room[65'540];
    token.letters(65'536);
    for (const size_t size : {size_t{32'768}, size_t{65'531}, size_t{65'532}, size_t{65'535}}) {
        const auto entered = t.in(size);
        const gssapi_message whole{type::user_data, token.view().first(size)};
        t.ok(encoded_size(whole) == 4 + size);
        const encoded tight = encode_gssapi(whole, buffer(room, 3 + size));
        t.ok(tight.error() == errc::no_space && tight.required() == 4 + size && tight.size() == 0);
        const encoded made = encode_gssapi(whole, buffer(room, 4 + size));
        if (!t.ok(made && made.size() == 4 + size && made.data().size() == 4 + size)) continue;
        t.ok(made.data()[2] == size / 256 && made.data()[3] == size % 256);
        const auto d = decode_gssapi(made.data(), type::user_data, longest);
        t.ok(d && d.consumed() == 4 + size && d->token == whole.token);
        t.ok(decode_gssapi(made.data().first(3 + size), type::user_data, longest).needed() == 1);
        t.ok(decode_gssapi(made.data().first(4), type::user_data, longest).needed() == size);
    }
    room[0] = 'z';
    t.ok(encode_gssapi({type::user_data, token.view()}, room).error() == errc::bad_token);
    t.ok(encode_gssapi({type::user_data, {}}, room).error() == errc::bad_token);
    t.ok(encode_gssapi({type::protection_level, {}}, room).error() == errc::bad_token);
    t.ok(room[0] == 'z');
}
RUN(the_longest_token_has_65535_bytes)

// Section 3.6: a server that has accepted the context and has no token left says so without one.
constexpr void only_an_authentication_token_may_have_no_bytes(check& t) {
    const gssapi_message ready{type::authentication, {}};
    t.ok(2 == golden(t, "01 01 0000"_bytes, ready, get(type::authentication), put));
    t.ok(2 == golden(t, "01 01 0000"_bytes, ready, get(type::authentication, 0), put));
    sweep_refused(t, "01 02 0000"_bytes, get(type::protection_level), errc::bad_length, 4);
    sweep_refused(t, "01 03 0000 'abc'"_bytes, get(type::user_data), errc::bad_length, 4);
    char room[4] = {};
    t.ok(encode_gssapi({type{0}, {}}, room).error() == errc::bad_token);
}
PROVE_AND_RUN(only_an_authentication_token_may_have_no_bytes)

// G2: refused at its length; to wait for more than fits would be to wait for ever.
constexpr void a_token_longer_than_the_caller_s_room_is_refused_at_its_length(check& t) {
    sweep_refused(t, "01 01 0006 'abcdef'"_bytes, get(type::authentication, 5), errc::bad_length, 4);
    sweep_refused(t, "01 03 0105 'abcdef'"_bytes, get(type::user_data, 260), errc::bad_length, 4);
    sweep_refused(t, "01 02 ffff 'abcdef'"_bytes, get(type::protection_level, 65'534), errc::bad_length, 4);
    sweep_refused(t, "01 02 0001 'a'"_bytes, get(type::protection_level, 0), errc::bad_length, 4);
    sweep(t, "01 01 0006 'abcdef'"_bytes, get(type::authentication, 6),
          gssapi_message{type::authentication, "abcdef"});
}
PROVE_AND_RUN(a_token_longer_than_the_caller_s_room_is_refused_at_its_length)

// G5: whatever is due, and however many bytes follow or fail to.
constexpr void a_message_is_an_authentication_unless_told_otherwise(check& t) {
    const gssapi_message m;
    t.ok(m.type == type::authentication && m.token.empty());
}
PROVE_AND_RUN(a_message_is_an_authentication_unless_told_otherwise)

constexpr void an_abort_is_a_failed_negotiation(check& t) {
    for (const type due : {type::authentication, type::protection_level, type::user_data}) {
        const auto entered = t.in();
        sweep_refused(t, "01 ff"_bytes, get(due), errc::negotiation_failed, 2);
        sweep_refused(t, "01 ff 0003 'why'"_bytes, get(due), errc::negotiation_failed, 2);
        t.ok(get(due)("").needed() == 2 && get(due)("01"_bytes).needed() == 1);
    }
    char room[3] = {'x', 'y', 'z'};
    const gssapi_message abort{type::abort};
    t.ok(encoded_size(abort) == 2 && encode_gssapi(abort, room).data() == "01 ff"_bytes && room[2] == 'z');
    t.ok(encode_gssapi({type::abort, "no token"}, room).data() == "01 ff"_bytes && room[2] == 'z');
    const encoded tight = encode_gssapi(abort, buffer(room, 1));
    t.ok(tight.error() == errc::no_space && tight.required() == 2);
}
PROVE_AND_RUN(an_abort_is_a_failed_negotiation)

// G5.
void only_the_message_type_that_is_due_is_accepted(check& t) {
    for (const type due : {type::authentication, type::protection_level, type::user_data}) {
        const auto entered = t.in();
        for (unsigned v = 0; v < 255; ++v) {
            message<9> m;
            m.put(1).put(static_cast<uint8_t>(v)).put("0005 'token'"_bytes);
            if (v == static_cast<unsigned>(due))
                sweep(t, m.view(), get(due), gssapi_message{due, "token"});
            else
                sweep_refused(t, m.view(), get(due), errc::bad_message_type, 2);
        }
    }
}
RUN(only_the_message_type_that_is_due_is_accepted)

// G5, by the same knob as V2.
void the_version_of_a_gssapi_message_is_as_strict_as_wanted(check& t) {
    constexpr tolerance any{.auth_status_version = leeway::any};
    const gssapi_message value{type::user_data, "token"};
    for (unsigned v = 0; v < 256; ++v) {
        message<9> m;
        m.put(static_cast<uint8_t>(v)).put("03 0005 'token'"_bytes);
        const auto verdict = [&](tolerance accept, bool accepted) {
            const auto decode = get(type::user_data, longest, accept);
            if (accepted)
                sweep(t, m.view(), decode, value);
            else
                sweep_refused(t, m.view(), decode, errc::bad_version, 1);
        };
        verdict(strict, v == 1);
        verdict(lenient, v == 1 || v == 5);
        verdict(any, true);
    }
}
RUN(the_version_of_a_gssapi_message_is_as_strict_as_wanted)

// G1: pieces of any size, message after message, and nothing of the next one is taken.
constexpr void a_context_is_read_message_by_message(check& t) {
    constexpr bytes stream =
        "01 01 0005 'first' 01 01 0003 '2nd' 01 02 0007 'wrapped' 01 03 0004 'data'"_bytes;
    constexpr gssapi_message expected[] = {{type::authentication, "first"},
                                           {type::authentication, "2nd"},
                                           {type::protection_level, "wrapped"},
                                           {type::user_data, "data"}};
    size_t begin = 0;
    size_t end = 0;
    for (const gssapi_message& m : expected) {
        const auto entered = t.in();
        auto d = decode_gssapi(stream.first(end).subspan(begin), m.type, longest);
        for (; !d && d.needed() != 0; d = decode_gssapi(stream.first(end).subspan(begin), m.type, longest))
            end += d.needed();
        if (!t.ok(d && same(*d, m))) return;
        begin += d.consumed();
        t.ok(begin == end);
    }
    t.ok(begin == stream.size());
}
PROVE_AND_RUN(a_context_is_read_message_by_message)

// Section 5: a datagram is one message of user data, exactly.
constexpr void a_datagram_is_exactly_one_message_of_user_data(check& t) {
    constexpr bytes datagram = "01 03 000b 'wrapped UDP'"_bytes;
    for (size_t n = 0; n < datagram.size(); ++n) {
        const auto entered = t.in(n);
        const exact_copy cut(datagram.first(n));
        const auto d = decode_gssapi_datagram(cut.view());
        t.ok(!d && d.error() == errc::bad_length && d.needed() == 0 && d.consumed() == 0);
    }
    const exact_copy whole(datagram);
    const auto d = decode_gssapi_datagram(whole.view());
    t.ok(d && d.consumed() == datagram.size() && same(*d, {type::user_data, "wrapped UDP"}));
    const exact_copy more(datagram, "00"_bytes);
    t.ok(decode_gssapi_datagram(more.view()).error() == errc::bad_length);
    t.ok(decode_gssapi_datagram("01 03 0000"_bytes).error() == errc::bad_length);
    t.ok(decode_gssapi_datagram("01 01 0003 'abc'"_bytes).error() == errc::bad_message_type);
    t.ok(decode_gssapi_datagram("01 ff"_bytes).error() == errc::negotiation_failed);
    t.ok(decode_gssapi_datagram("00 03 0003 'abc'"_bytes).error() == errc::bad_version);
    t.ok((*decode_gssapi_datagram("05 03 0003 'abc'"_bytes)).token == "abc");
    t.ok(decode_gssapi_datagram("05 03 0003 'abc'"_bytes, strict).error() == errc::bad_version);
}
PROVE_AND_RUN(a_datagram_is_exactly_one_message_of_user_data)

// Section 4.3: exactly one byte, and any of them.
constexpr void a_protection_level_is_one_byte(check& t) {
    for (unsigned v = 0; v < 256; ++v) {
        const auto entered = t.in(size_t{v});
        const auto level = static_cast<protection>(v);
        char room[2] = {'x', 'z'};
        const encoded made = encode_protection(level, buffer(room, 1));
        t.ok(made && made.size() == 1 && made.data()[0] == v && room[1] == 'z');
        const auto d = decode_protection(made.data());
        t.ok(d && *d == level && d.consumed() == 1);
    }
    t.ok(decode_protection({}).error() == errc::bad_length);
    t.ok(decode_protection("02 00"_bytes).error() == errc::bad_length);
    const encoded tight = encode_protection(protection::integrity, {});
    t.ok(tight.error() == errc::no_space && tight.required() == 1);
}
PROVE_AND_RUN(a_protection_level_is_one_byte)

constexpr void each_protection_level_has_a_name(check& t) {
    const bytes names[] = {"no protection", "integrity", "integrity and confidentiality",
                           "selective integrity or confidentiality"};
    for (unsigned v = 0; v < 256; ++v) {
        const auto entered = t.in(size_t{v});
        const bytes expected = v < 4 ? names[v] : bytes("unassigned");
        const char* const text = to_string(static_cast<protection>(v));
        t.ok(bytes(text, expected.size()) == expected && text[expected.size()] == '\0');
    }
}
PROVE_AND_RUN(each_protection_level_has_a_name)

// G3: the level is the token. Who does not look for that unwraps it, and the mechanism refuses it.
constexpr void a_level_that_is_not_wrapped_is_the_token_itself(check& t) {
    const gssapi_message none{type::protection_level, "00"_bytes};
    golden(t, "01 02 0001 00"_bytes, none, get(type::protection_level), put);
    golden(t, "01 02 0001 02"_bytes, gssapi_message{type::protection_level, "02"_bytes},
           get(type::protection_level), put);
    t.ok(*decode_protection(none.token) == protection::none);
    t.ok(socks::protection_fault(*decode_protection(none.token), socks::at_least{protection::integrity}) ==
         errc::weak_protection);
}
PROVE_AND_RUN(a_level_that_is_not_wrapped_is_the_token_itself)

// G4: row by row what the level promises, column by column what is demanded.
constexpr void a_level_below_the_one_demanded_is_refused(check& t) {
    constexpr protection levels[] = {protection::none, protection::integrity, protection::confidentiality,
                                     protection::selective};
    constexpr bool enough[4][4] = {
        {true, false, false, false},  // none
        {true, true, false, true},    // integrity
        {true, true, true, true},     // confidentiality
        {true, true, false, true},    // selective
    };
    for (size_t i = 0; i < 4; ++i)
        for (size_t j = 0; j < 4; ++j)
            t.in(j).ok(socks::protection_fault(levels[i], socks::at_least{levels[j]}) ==
                       (enough[i][j] ? errc::none : errc::weak_protection));
    for (unsigned v = 4; v < 256; ++v) {
        const auto entered = t.in(size_t{v});
        for (const protection least : levels)
            t.in().ok(socks::protection_fault(protection(v), socks::at_least{least}) ==
                      errc::weak_protection);
        for (const protection chosen : levels)
            t.in().ok(socks::protection_fault(chosen, socks::at_least{protection(v)}) ==
                      errc::weak_protection);
        t.ok(socks::protection_fault(protection(v), socks::at_least{protection(v)}) == errc::weak_protection);
    }
}
PROVE_AND_RUN(a_level_below_the_one_demanded_is_refused)

}  // namespace
