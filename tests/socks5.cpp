// Greeting, method selection, request and reply of SOCKS5, each byte typed from RFC 1928.

#include "sweep.hpp"

namespace {

using ::check;
using namespace socks;

constexpr auto get_greeting = [](bytes in) { return decode_greeting(in); };
constexpr auto put_greeting = [](const greeting& v, buffer out) { return encode_greeting(v, out); };
constexpr auto get_choice = [](bytes in) { return decode_method_selection(in); };
constexpr auto put_choice = [](method v, buffer out) { return encode_method_selection(v, out); };
constexpr auto get_request = [](bytes in) { return decode_request5(in); };
constexpr auto put_request = [](const request5& v, buffer out) { return encode_request5(v, out); };
constexpr auto get_reply = [](bytes in) { return decode_reply5(in); };
constexpr auto put_reply = [](const reply5& v, buffer out) { return encode_reply5(v, out); };

constexpr host six =
    ipv6{0x20, 0x01, 0x0d, 0xb8, 0x10, 0x32, 0x54, 0x76, 0x98, 0xba, 0xdc, 0xfe, 0x0f, 0x1e, 0x2d, 0x3c};

// Zero, one, two, and the neighbours of every bound: a signed length byte fails at 128 (R6).
constexpr size_t lengths[] = {1, 2, 126, 127, 128, 129, 254, 255};

// Section 3. The rows return how many exact reads they take.
constexpr void greetings_are_as_drawn(check& t) {
    t.ok(1 == golden(t, "05 01 00"_bytes, greeting{"00"_bytes}, get_greeting, put_greeting));
    t.ok(2 == golden(t, "05 02 00 02"_bytes, greeting{"00 02"_bytes}, get_greeting, put_greeting));
    t.ok(2 ==
         golden(t, "05 04 01 80 fe 02"_bytes, greeting{"01 80 fe 02"_bytes}, get_greeting, put_greeting));
}
PROVE_AND_RUN(greetings_are_as_drawn)

// A8: 255 of them, in any order, repeated; 0xff too, which can never be chosen.
constexpr void greetings_hold_up_to_255_methods(check& t) {
    for (const size_t n : lengths) {
        const auto entered = t.in(n);
        message<257> m;
        m.put(5).put(static_cast<uint8_t>(n)).letters(n);
        message<255> offered;
        offered.letters(n);
        golden(t, m.view(), greeting{offered.view()}, get_greeting, put_greeting);
    }
    sweep(t, "05 03 ff 02 02"_bytes, get_greeting, greeting{"ff 02 02"_bytes});
    sweep(t, "05 01 ff"_bytes, get_greeting, greeting{"ff"_bytes});
    t.ok(greeting{"01 80"_bytes}.offers(method::gssapi) && greeting{"01 80"_bytes}.offers(method{0x80}));
    t.ok(!greeting{"01 80"_bytes}.offers(method::none) && !greeting{}.offers(method::none));
}
PROVE_AND_RUN(greetings_hold_up_to_255_methods)

constexpr void a_greeting_is_not_written_into_too_few_bytes(check& t) {
    char room[] = {'a', 'b', 'c', 'd'};
    const greeting two{"00 02"_bytes};
    t.ok(encoded_size(two) == 4 && encode_greeting(two, buffer(room, 3)).required() == 4);
    t.ok(detail::write_greeting(two.methods, buffer(room, 3)).needed() == 4 && bytes(room, 4) == "abcd");
    t.ok(*detail::write_greeting(two.methods, room) == 4 && bytes(room, 4) == "05 02 00 02"_bytes);
}
PROVE_AND_RUN(a_greeting_is_not_written_into_too_few_bytes)

// A7.
constexpr void a_greeting_without_methods_is_refused(check& t) {
    sweep_refused(t, "05 00 00 02"_bytes, get_greeting, errc::no_methods, 2);
    char room[300] = {};
    message<256> many;
    many.letters(256);
    t.ok(encode_greeting({}, room).error() == errc::bad_methods);
    t.ok(encode_greeting({many.view()}, room).error() == errc::bad_methods);
    t.ok(encode_greeting({"00 ff 02"_bytes}, room).error() == errc::bad_methods);
    t.ok(room[0] == 0);
}
PROVE_AND_RUN(a_greeting_without_methods_is_refused)

void every_method_can_be_chosen_on_the_wire(check& t) {
    t.ok(1 == golden(t, "05 02"_bytes, method::username_password, get_choice, put_choice));
    t.ok(1 == golden(t, "05 ff"_bytes, method::no_acceptable, get_choice, put_choice));
    for (unsigned v = 0; v < 256; ++v) {
        const auto entered = t.in(size_t{v});
        const auto byte = static_cast<uint8_t>(v);
        message<2> m;
        m.put(5).put(byte);
        golden(t, m.view(), method{byte}, get_choice, put_choice);
    }
}
RUN(every_method_can_be_chosen_on_the_wire)

void only_version_5_begins_a_socks5_message(check& t) {
    for (unsigned v = 0; v < 256; ++v) {
        const auto entered = t.in(size_t{v});
        if (v == 5) continue;
        const auto byte = static_cast<uint8_t>(v);
        message<10> m;
        m.put(byte).put("01 00 01 c0000207 01bb"_bytes);
        sweep_refused(t, m.view(), get_greeting, errc::bad_version, 1);
        sweep_refused(t, m.view(), get_choice, errc::bad_version, 1);
        sweep_refused(t, m.view(), get_request, errc::bad_version, 1);
        sweep_refused(t, m.view(), get_reply, errc::bad_version, 1);
        // What comes first is told first.
        message<7> nameless;
        nameless.put(byte).put("01 00 03 00 01bb"_bytes);
        sweep_refused(t, nameless.view(), get_request, errc::bad_version, 1);
        sweep_refused(t, nameless.view(), get_reply, errc::bad_version, 1);
    }
}
RUN(only_version_5_begins_a_socks5_message)

// Sections 4 and 5.
constexpr void requests_are_as_drawn(check& t) {
    t.ok(2 == golden(t, "05 01 00 01 c0000207 01bb"_bytes,
                     request5{command::connect, {ipv4{192, 0, 2, 7}, 443}}, get_request, put_request));
    t.ok(2 == golden(t, "05 02 00 04 20010db8 10325476 98badcfe 0f1e2d3c 0050"_bytes,
                     request5{command::bind, {six, 80}}, get_request, put_request));
    t.ok(2 == golden(t, "05 03 00 03 11 'files.example.com' fffe"_bytes,
                     request5{command::udp_associate, {"files.example.com", 65534}}, get_request,
                     put_request));
    golden(t, "05 01 00 03 01 'x' 0000"_bytes, request5{command::connect, {"x", 0}}, get_request,
           put_request);
    golden(t, "05 03 00 01 00000000 0000"_bytes, request5{command::udp_associate, unspecified_ipv4},
           get_request, put_request);
    golden(t, "05 01 00 04 00000000 00000000 00000000 00000001 0050"_bytes,
           request5{command::connect, {"::1", 80}}, get_request, put_request);
}
PROVE_AND_RUN(requests_are_as_drawn)

void any_byte_is_a_command(check& t) {
    for (unsigned v = 0; v < 256; ++v) {
        const auto entered = t.in(size_t{v});
        const auto byte = static_cast<uint8_t>(v);
        message<10> m;
        m.put(5).put(byte).put("00 01 c0000207 01bb"_bytes);
        golden(t, m.view(), request5{command{byte}, {ipv4{192, 0, 2, 7}, 443}}, get_request, put_request);
    }
}
RUN(any_byte_is_a_command)

// D19, R7: the length of another type is unknowable, so the verdict is final.
void only_three_address_types_exist(check& t) {
    for (unsigned v = 0; v < 256; ++v) {
        const auto entered = t.in(size_t{v});
        if (v == 1 || v == 3 || v == 4) continue;
        const auto byte = static_cast<uint8_t>(v);
        message<10> m;
        m.put("05 00 00"_bytes).put(byte).put("c0000207 01bb"_bytes);
        sweep_refused(t, m.view(), get_request, errc::bad_address_type, 4);
        sweep_refused(t, m.view(), get_reply, errc::bad_address_type, 4);
    }
}
RUN(only_three_address_types_exist)

// `head`, a name of `n` bytes and port 443: VER CMD|REP RSV ATYP LEN NAME PORT.
constexpr message<262> named(bytes head, size_t n) {
    message<262> m;
    m.put(head).put(static_cast<uint8_t>(n)).letters(n).put("01bb"_bytes);
    return m;
}

// D6, R3, R6.
constexpr void names_of_1_to_255_bytes_travel_in_requests(check& t) {
    for (const size_t n : lengths) {
        const auto entered = t.in(n);
        message<255> name;
        name.letters(n);
        golden(t, named("05 01 00 03"_bytes, n).view(),
               request5{command::connect, {host::as_received(name.view()), 443}}, get_request, put_request);
    }
}
PROVE_AND_RUN(names_of_1_to_255_bytes_travel_in_requests)

constexpr void names_of_1_to_255_bytes_travel_in_replies(check& t) {
    for (const size_t n : lengths) {
        const auto entered = t.in(n);
        message<255> name;
        name.letters(n);
        golden(t, named("05 00 00 03"_bytes, n).view(),
               reply5{code5::succeeded, {host::as_received(name.view()), 443}}, get_reply, put_reply);
    }
}
PROVE_AND_RUN(names_of_1_to_255_bytes_travel_in_replies)

// D7, D8, D9: empty, a NUL that closes, a NUL inside, a NUL that begins.
constexpr void a_requested_name_holds_bytes_and_no_nul(check& t) {
    sweep_refused(t, "05 01 00 03 00 0050"_bytes, get_request, errc::empty_name, 5);
    sweep_refused(t, "05 01 00 03 0c 'example.com' 00 0050"_bytes, get_request, errc::nul_in_name, 19);
    sweep_refused(t, "05 01 00 03 0a 'a' 00 '.example' 0050"_bytes, get_request, errc::nul_in_name, 17);
    sweep_refused(t, "05 01 00 03 03 00 'zx' 0050"_bytes, get_request, errc::nul_in_name, 10);
    char room[40] = {};
    t.ok(encode_request5({command::connect, {host::as_received({}), 80}}, room).error() == errc::bad_host);
    t.ok(encode_request5({command::connect, {host::as_received("a\0b"), 80}}, room).error() ==
         errc::bad_host);
    t.ok(encode_request5({command::connect, {bytes("1.2.3.256"), 80}}, room).error() == errc::bad_host);
    t.ok(room[0] == 0);
}
PROVE_AND_RUN(a_requested_name_holds_bytes_and_no_nul)

// D1, D11, D16: what the name spells is for the application to judge.
constexpr void a_requested_name_comes_out_as_it_was_received(check& t) {
    sweep(t, "05 01 00 03 0b '192.168.1.1' 0050"_bytes, get_request,
          request5{command::connect, {host::as_received("192.168.1.1"), 80}});
    sweep(t, "05 01 00 03 0a '[fe80::1%1' 0050"_bytes, get_request,
          request5{command::connect, {host::as_received("[fe80::1%1"), 80}});
    golden(t, "05 01 00 03 0c 'example.com.' 0050"_bytes, request5{command::connect, {"example.com.", 80}},
           get_request, put_request);
    golden(t, "05 01 00 03 0a 6dc3bc6e6368656e2e7f 0050"_bytes,
           request5{command::connect, {host::as_received("m\xc3\xbcnchen.\x7f"), 80}}, get_request,
           put_request);
}
PROVE_AND_RUN(a_requested_name_comes_out_as_it_was_received)

// Section 6.
constexpr void replies_are_as_drawn(check& t) {
    t.ok(2 == golden(t, "05 00 00 01 c0000207 01bb"_bytes,
                     reply5{code5::succeeded, {ipv4{192, 0, 2, 7}, 443}}, get_reply, put_reply));
    t.ok(2 == golden(t, "05 05 00 04 20010db8 10325476 98badcfe 0f1e2d3c 0050"_bytes,
                     reply5{code5::connection_refused, {six, 80}}, get_reply, put_reply));
    t.ok(2 == golden(t, "05 02 00 03 11 'files.example.com' fffe"_bytes,
                     reply5{code5::not_allowed, {"files.example.com", 65534}}, get_reply, put_reply));
    golden(t, "05 00 00 04 00000000 00000000 00000000 00000000 0000"_bytes,
           reply5{code5::succeeded, unspecified_ipv6}, get_reply, put_reply);
}
PROVE_AND_RUN(replies_are_as_drawn)

// R10.
void any_byte_is_a_reply_code(check& t) {
    for (unsigned v = 0; v < 256; ++v) {
        const auto entered = t.in(size_t{v});
        const auto byte = static_cast<uint8_t>(v);
        message<10> m;
        m.put(5).put(byte).put("00 01 c0000207 01bb"_bytes);
        golden(t, m.view(), reply5{code5{byte}, {ipv4{192, 0, 2, 7}, 443}}, get_reply, put_reply);
    }
}
RUN(any_byte_is_a_reply_code)

// R4: the shortest reply, 7 bytes. R5: the single NUL that many servers send for "unspecified".
constexpr void an_empty_or_nul_bound_name_means_no_host(check& t) {
    t.ok(1 == sweep(t, "05 00 00 03 00 1234"_bytes, get_reply, reply5{code5::succeeded, {host{}, 0x1234}}));
    t.ok(2 ==
         sweep(t, "05 00 00 03 01 00 1234"_bytes, get_reply, reply5{code5::succeeded, {host{}, 0x1234}}));
    t.ok(2 == sweep(t, "05 00 00 03 01 'z' 1234"_bytes, get_reply, reply5{code5::succeeded, {"z", 0x1234}}));
    t.ok(2 == sweep(t, "05 00 00 03 01 ff 1234"_bytes, get_reply,
                    reply5{code5::succeeded, {host::as_received("\xff"), 0x1234}}));
    t.ok(2 ==
         sweep(t, "05 00 00 03 02 'zy' 1234"_bytes, get_reply, reply5{code5::succeeded, {"zy", 0x1234}}));
    sweep_refused(t, "05 00 00 03 02 0000 1234"_bytes, get_reply, errc::nul_in_name, 9);
    sweep_refused(t, "05 00 00 03 03 'a' 00 'b' 1234"_bytes, get_reply, errc::nul_in_name, 10);
}
PROVE_AND_RUN(an_empty_or_nul_bound_name_means_no_host)

// F6: never by that of the request, nor by a count left over from it.
constexpr void a_reply_is_measured_by_its_own_address_type(check& t) {
    constexpr bytes addresses[] = {"01 c0000207"_bytes, "04 20010db8 10325476 98badcfe 0f1e2d3c"_bytes,
                                   "03 11 'files.example.com'"_bytes};
    for (const bytes to : addresses) {
        const auto entered = t.in(to);
        for (const bytes bound : addresses) {
            const auto nested = t.in(bound);
            message<80> m;
            m.put("05 01 00"_bytes).put(to).put("0050"_bytes);
            const size_t requested = m.view().size();
            m.put("05 00 00"_bytes).put(bound).put("1234"_bytes);
            const size_t replied = m.view().size();
            m.put("'SSH-2.0-x' 0d0a"_bytes);
            t.ok(decode_request5(m.view()).consumed() == requested);
            const auto reply = decode_reply5(m.view().subspan(requested));
            t.ok(reply && reply->bound.port == 0x1234 && requested + reply.consumed() == replied);
        }
    }
}
PROVE_AND_RUN(a_reply_is_measured_by_its_own_address_type)

constexpr void no_host_is_written_as_zeros(check& t) {
    char room[10] = {};
    t.ok(encode_request5({command::bind, {}}, room).data() == "05 02 00 01 00000000 0000"_bytes);
    t.ok(encode_reply5({}, room).data() == "05 01 00 01 00000000 0000"_bytes);
    t.ok(encode_reply5({code5::ttl_expired, {host{}, 0x1234}}, room).data() ==
         "05 06 00 01 00000000 1234"_bytes);
}
PROVE_AND_RUN(no_host_is_written_as_zeros)

// Nor a name without bytes or with a NUL: a reply without a bound host has zeros instead.
constexpr void no_reply_tells_a_bound_host_that_cannot_be(check& t) {
    char room[20] = {};
    for (const host bad : {host(bytes("a:b")), host::as_received({}), host::as_received("a\0b")})
        t.in().ok(encode_reply5({code5::succeeded, {bad, 80}}, room).error() == errc::bad_host);
    t.ok(bytes(room, 20) == bytes("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 20));
}
PROVE_AND_RUN(no_reply_tells_a_bound_host_that_cannot_be)

}  // namespace
