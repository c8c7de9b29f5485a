// The invariants of encoders and decoders. An encoded value decodes to the same value. It fits into
// encoded_size bytes and not into fewer. A decoded value encodes to the same bytes, with a short list of
// exceptions.
//
// Every length of every field is tried. Two fields of one message matter to each other only by the sum of
// their lengths, so each takes all of its lengths while the other has its least and its greatest.

#include "sweep.hpp"

namespace {

using ::check;
using namespace socks;

constexpr auto get_greeting = [](bytes in) { return decode_greeting(in); };
constexpr auto put_greeting = [](const greeting& v, buffer out) { return encode_greeting(v, out); };
constexpr auto get_login = [](bytes in) { return decode_credentials(in); };
constexpr auto put_login = [](const credentials& v, buffer out) { return encode_credentials(v, out); };
constexpr auto get_request5 = [](bytes in) { return decode_request5(in); };
constexpr auto put_request5 = [](const request5& v, buffer out) { return encode_request5(v, out); };
constexpr auto get_reply5 = [](bytes in) { return decode_reply5(in); };
constexpr auto put_reply5 = [](const reply5& v, buffer out) { return encode_reply5(v, out); };
constexpr auto get_request4 = [](bytes in) { return decode_request4(in); };
constexpr auto put_request4 = [](const request4& v, buffer out) { return encode_request4(v, out); };
constexpr auto get_reply4 = [](bytes in) { return decode_reply4(in); };
constexpr auto put_reply4 = [](const reply4& v, buffer out) { return encode_reply4(v, out); };
constexpr auto get_choice = [](bytes in) { return decode_method_selection(in); };
constexpr auto put_choice = [](method v, buffer out) { return encode_method_selection(v, out); };
constexpr auto get_status = [](bytes in) { return decode_auth_status(in); };
constexpr auto put_status = [](uint8_t v, buffer out) { return encode_auth_status(v, out); };

constexpr auto get_chap = [](bytes in) { return decode_chap(in, max_chap_message); };
constexpr auto put_chap = [](const chap_message& v, buffer out) {
    chap_attribute list[16];
    size_t n = 0;
    for (const chap_attribute a : v) list[n++] = a;
    return encode_chap(list, n, out);
};

constexpr size_t longest = 520;  // SOCKS4a: 8 + 255 + 1 + 255 + 1

// Whether the `n` bytes at `p` still are what fill() made them.
constexpr bool untouched(const char* p, size_t n) {
    for (size_t i = 0; i < n; ++i)
        if (p[i] != '\xa5') return false;
    return true;
}

template <size_t N>
constexpr void fill(char (&room)[N]) {
    for (char& c : room) c = '\xa5';
}

template <class T, class Decode, class Encode>
constexpr void goes_there_and_back(check& t, const T& value, size_t size, Decode decode, Encode encode,
                                   place at = {}) {
    char room[longest + 1];
    for (const size_t given : {size_t{0}, size - 1}) {
        const auto entered = t.in(given);
        fill(room);
        const encoded refused = encode(value, buffer(room, given));
        t.ok(refused.error() == errc::no_space && refused.required() == size && refused.size() == 0, at);
        t.ok(untouched(room, sizeof room), at);
    }
    const encoded made = encode(value, buffer(room, size));
    t.ok(made && made.size() == size && untouched(room + size, sizeof room - size), at);
    const exact_copy wire(made.data());
    const auto d = decode(wire.view());
    t.ok(d && d.consumed() == size && same(*d, value), at);

    char roomy[longest + 1];
    fill(roomy);
    t.ok(encode(value, roomy).data() == made.data() && untouched(roomy + size, sizeof roomy - size), at);
}

constexpr size_t ends[] = {0, 1, 254, 255};

// `n` bytes, none of them a NUL or 0xff.
constexpr message<255> text(size_t n, char first) {
    message<255> m;
    m.put(bytes(&first, 1).first(n == 0 ? 0 : 1)).letters(n == 0 ? 0 : n - 1);
    return m;
}

void greetings_of_every_size_go_there_and_back(check& t) {
    for (size_t n = 1; n <= 255; ++n) {
        const auto entered = t.in(n);
        const auto list = text(n, '\x80');
        const greeting g{list.view()};
        t.ok(encoded_size(g) == 2 + n);
        goes_there_and_back(t, g, 2 + n, get_greeting, put_greeting);
    }
}
RUN(greetings_of_every_size_go_there_and_back)

void logins_of_every_size_go_there_and_back(check& t) {
    for (size_t n = 0; n <= 255; ++n) {
        for (const size_t end : ends) {
            const auto entered = t.in(end);
            const auto a = text(n, 'A');
            const auto b = text(end, 'B');
            for (const credentials& l : {credentials{a.view(), b.view()}, credentials{b.view(), a.view()}}) {
                const auto nested = t.in();
                t.ok(encoded_size(l) == 3 + n + end);
                goes_there_and_back(t, l, 3 + n + end, get_login, put_login);
            }
        }
    }
}
RUN(logins_of_every_size_go_there_and_back)

void endpoints_of_every_size_go_there_and_back_over_socks5(check& t) {
    const auto both = [&t](const endpoint& e, size_t size) {
        const request5 q{command::udp_associate, e};
        const reply5 a{code5::host_unreachable, e};
        t.ok(encoded_size(q) == size && encoded_size(a) == size);
        goes_there_and_back(t, q, size, get_request5, put_request5);
        goes_there_and_back(t, a, size, get_reply5, put_reply5);
    };
    for (size_t n = 1; n <= 255; ++n) {
        const auto name = text(n, 'N');
        both({host::as_received(name.view()), static_cast<uint16_t>(n * 257)}, 7 + n);
    }
    for (size_t i = 0; i < 16; ++i) {
        for (unsigned v = 0; v < 256; ++v) {
            ipv6 six;
            ipv4 four;
            six.bytes[i] = four.bytes[i % 4] = static_cast<uint8_t>(v);
            both({six, 0x1234}, 22);
            both({four, 0x1234}, 10);
        }
    }
}
RUN(endpoints_of_every_size_go_there_and_back_over_socks5)

void requests_of_every_size_go_there_and_back_over_socks4(check& t) {
    for (size_t n = 0; n <= 255; ++n) {
        const auto entered = t.in(n);
        const auto longer = text(n, 'A');
        const request4 plain{command::bind, {ipv4{192, 0, 2, 7}, 443}, longer.view()};
        t.ok(encoded_size(plain) == 9 + n);
        goes_there_and_back(t, plain, 9 + n, get_request4, put_request4);
        for (const size_t end : ends) {
            const auto nested = t.in(end);
            const auto other = text(end, 'B');
            const request4 one{command::connect, {host::as_received(longer.view()), 80}, other.view()};
            const request4 two{command::connect, {host::as_received(other.view()), 80}, longer.view()};
            t.ok(encoded_size(one) == 10 + n + end && encoded_size(two) == 10 + n + end);
            if (n != 0) goes_there_and_back(t, one, 10 + n + end, get_request4, put_request4);
            if (end != 0) goes_there_and_back(t, two, 10 + n + end, get_request4, put_request4);
        }
    }
}
RUN(requests_of_every_size_go_there_and_back_over_socks4)

constexpr void the_fixed_messages_go_there_and_back(check& t) {
    goes_there_and_back(t, method::username_password, method_selection_size, get_choice, put_choice);
    goes_there_and_back(t, uint8_t{1}, auth_status_size, get_status, put_status);
    goes_there_and_back(t, reply4{code4::rejected, {ipv4{192, 0, 2, 7}, 443}}, reply4_size, get_reply4,
                        put_reply4);
    t.ok(method_selection_size == 2 && auth_status_size == 2 && reply4_size == 8);
}
PROVE_AND_RUN(the_fixed_messages_go_there_and_back)

// A host that a message has no place for is written as zeros and takes their room.
constexpr void no_host_takes_the_room_of_an_ipv4_address(check& t) {
    t.ok(encoded_size(request5{}) == 10 && encoded_size(reply5{}) == 10 && encoded_size(request4{}) == 9);
    char room[10] = {};
    t.ok(encode_request5({}, buffer(room, 9)).required() == 10 && encode_request5({}, room).size() == 10);
    t.ok(encode_reply5({}, buffer(room, 9)).required() == 10 && encode_reply5({}, room).size() == 10);
    t.ok(encode_request4({}, buffer(room, 8)).required() == 9 && encode_request4({}, room).size() == 9);
}
PROVE_AND_RUN(no_host_takes_the_room_of_an_ipv4_address)

// Every byte of a message takes every value. What still decodes encodes to the same bytes again, unless
// `excused`.
template <class Decode, class Encode, class Excuse>
void comes_back_byte_for_byte(check& t, bytes whole, Decode decode, Encode encode, Excuse excused,
                              place at = {}) {
    for (size_t i = 0; i < whole.size(); ++i) {
        for (unsigned v = 0; v < 256; ++v) {
            const auto entered = t.in(size_t{v});
            message<64> m;
            m.put(whole.first(i)).put(static_cast<uint8_t>(v)).put(whole.subspan(i + 1));
            const auto d = decode(m.view());
            if (!d) continue;
            char room[longest];
            const encoded again = encode(*d, room);
            t.ok((again && again.data() == m.view().first(d.consumed())) != excused(i, v), at);
        }
    }
}

// The whole list of what is accepted without being canonical: reserved bytes, the marker of a SOCKS4a name
// other than 0.0.0.1, the version of a reply where leeway is known, a reply's name of no bytes, and in
// greetings 0xff.
void only_a_short_list_is_accepted_without_being_canonical(check& t) {
    const auto never = [](size_t, unsigned) { return false; };
    const auto reserved = [](size_t i, unsigned v) { return i == 2 && v != 0; };
    comes_back_byte_for_byte(t, "05 04 00 01 02 80"_bytes, get_greeting, put_greeting,
                             [](size_t i, unsigned v) { return i >= 2 && i < 6 && v == 0xff; });
    comes_back_byte_for_byte(t, "05 02"_bytes, get_choice, put_choice, never);
    comes_back_byte_for_byte(t, "01 04 'john' 03 'foo'"_bytes, get_login, put_login, never);
    comes_back_byte_for_byte(t, "01 00"_bytes, get_status, put_status,
                             [](size_t i, unsigned v) { return i == 0 && v == 5; });
    comes_back_byte_for_byte(t, "05 01 00 01 c0000207 01bb"_bytes, get_request5, put_request5, reserved);
    comes_back_byte_for_byte(t, "05 03 00 03 11 'files.example.com' 01bb"_bytes, get_request5, put_request5,
                             reserved);
    comes_back_byte_for_byte(t, "05 02 00 04 20010db8 10325476 98badcfe 0f1e2d3c 0050"_bytes, get_reply5,
                             put_reply5, reserved);
    comes_back_byte_for_byte(t, "05 00 00 03 09 'h.example' 01bb"_bytes, get_reply5, put_reply5,
                             [](size_t i, unsigned v) { return (i == 2 && v != 0) || (i == 4 && v == 0); });
    comes_back_byte_for_byte(t, "04 01 01bb c0000207 'john' 00"_bytes, get_request4, put_request4, never);
    comes_back_byte_for_byte(t, "04 01 01bb 00000001 'john' 00 'h.example' 00"_bytes, get_request4,
                             put_request4, [](size_t i, unsigned v) { return i == 7 && v > 1; });
    comes_back_byte_for_byte(t, "01 02 04 03 'abc' 02 04 'john'"_bytes, get_chap, put_chap, never);
    comes_back_byte_for_byte(t, "00 5a 01bb c0000207"_bytes, get_reply4, put_reply4,
                             [](size_t i, unsigned v) { return i == 0 && v == 4; });
}
RUN(only_a_short_list_is_accepted_without_being_canonical)

}  // namespace
