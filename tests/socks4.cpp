// Request and reply of SOCKS4 and 4a, each byte typed from the two memos.

#include "sweep.hpp"

namespace {

using ::check;
using namespace socks;

static_assert(request4().command == command::connect);

constexpr auto get_request = [](bytes in) { return decode_request4(in); };
constexpr auto put_request = [](const request4& v, buffer out) { return encode_request4(v, out); };
constexpr auto get_reply = [](bytes in) { return decode_reply4(in); };
constexpr auto put_reply = [](const reply4& v, buffer out) { return encode_reply4(v, out); };

// S4-1, S4-3, S4-4: exactly one NUL, and no user ID where none was given.
constexpr void requests_with_an_address_are_as_drawn(check& t) {
    golden(t, "04 01 01bb c0000207 'john' 00"_bytes,
           request4{command::connect, {ipv4{192, 0, 2, 7}, 443}, "john"}, get_request, put_request);
    golden(t, "04 02 0050 7f000001 00"_bytes, request4{command::bind, {ipv4{127, 0, 0, 1}, 80}, {}},
           get_request, put_request);
    golden(t, "04 01 fffe ffffffff 'x' 00"_bytes,
           request4{command::connect, {ipv4{255, 255, 255, 255}, 65534}, "x"}, get_request, put_request);
}
PROVE_AND_RUN(requests_with_an_address_are_as_drawn)

constexpr void requests_with_a_name_are_as_drawn(check& t) {
    golden(t, "04 01 01bb 00000001 'john' 00 'files.example.com' 00"_bytes,
           request4{command::connect, {"files.example.com", 443}, "john"}, get_request, put_request);
    golden(t, "04 02 0050 00000001 00 'h' 00"_bytes, request4{command::bind, {"h", 80}, {}}, get_request,
           put_request);
}
PROVE_AND_RUN(requests_with_a_name_are_as_drawn)

// A NUL can only be waited for, but never a field less: 9 bytes at first, and 3 for a user ID's end and a
// name.
constexpr void the_shortest_requests_take_the_fewest_reads(check& t) {
    t.ok(1 == sweep(t, "04 01 01bb c0000207 00"_bytes, get_request,
                    request4{command::connect, {ipv4{192, 0, 2, 7}, 443}, {}}));
    t.ok(2 == sweep(t, "04 01 01bb 00000001 00 'h' 00"_bytes, get_request,
                    request4{command::connect, {"h", 443}, {}}));
    t.ok(2 == sweep(t, "04 01 01bb 00000001 'j' 00 'h' 00"_bytes, get_request,
                    request4{command::connect, {"h", 443}, "j"}));
    t.ok(5 == sweep(t, "04 01 01bb c0000207 'john' 00"_bytes, get_request,
                    request4{command::connect, {ipv4{192, 0, 2, 7}, 443}, "john"}));
}
PROVE_AND_RUN(the_shortest_requests_take_the_fewest_reads)

// S4-6: a name follows 0.0.0.x with x other than 0, and nothing else.
constexpr void the_marker_of_a_name_is_0_0_0_x(check& t) {
    const auto address = [](ipv4 a) { return request4{command::connect, {a, 80}, "xy"}; };
    const request4 name{command::connect, {"h.example", 80}, "xy"};
    golden(t, "04 01 0050 00000000 'xy' 00"_bytes, address({0, 0, 0, 0}), get_request, put_request);
    golden(t, "04 01 0050 00000100 'xy' 00"_bytes, address({0, 0, 1, 0}), get_request, put_request);
    golden(t, "04 01 0050 00000101 'xy' 00"_bytes, address({0, 0, 1, 1}), get_request, put_request);
    golden(t, "04 01 0050 00010001 'xy' 00"_bytes, address({0, 1, 0, 1}), get_request, put_request);
    golden(t, "04 01 0050 01000001 'xy' 00"_bytes, address({1, 0, 0, 1}), get_request, put_request);
    sweep(t, "04 01 0050 00000001 'xy' 00 'h.example' 00"_bytes, get_request, name);
    sweep(t, "04 01 0050 00000080 'xy' 00 'h.example' 00"_bytes, get_request, name);
    sweep(t, "04 01 0050 000000ff 'xy' 00 'h.example' 00"_bytes, get_request, name);
}
PROVE_AND_RUN(the_marker_of_a_name_is_0_0_0_x)

// S4-8: what the name spells is for the application to judge.
constexpr void a_name_comes_out_as_it_was_received(check& t) {
    sweep(t, "04 01 0050 00000001 00 '192.168.1.1' 00"_bytes, get_request,
          request4{command::connect, {host::as_received("192.168.1.1"), 80}, {}});
    sweep(t, "04 01 0050 00000001 00 '[fe80::1%1' 00"_bytes, get_request,
          request4{command::connect, {host::as_received("[fe80::1%1"), 80}, {}});
}
PROVE_AND_RUN(a_name_comes_out_as_it_was_received)

// S4-2: two NULs in a row.
constexpr void a_name_of_no_bytes_is_refused_at_its_nul(check& t) {
    sweep_refused(t, "04 01 0050 00000001 00 00 'host' 00"_bytes, get_request, errc::empty_name, 10);
    sweep_refused(t, "04 01 0050 00000001 'john' 00 00"_bytes, get_request, errc::empty_name, 14);
}
PROVE_AND_RUN(a_name_of_no_bytes_is_refused_at_its_nul)

// VN CD DSTPORT DSTIP and the two strings; no name, no second string.
constexpr message<540> request_of(size_t user, size_t name) {
    message<540> m;
    m.put("04 01 01bb"_bytes)
        .put(name == 0 ? "c0000207"_bytes : "00000001"_bytes)
        .letters(user)
        .put("00"_bytes);
    if (name != 0) m.put("'N'"_bytes).letters(name - 1).put("00"_bytes);
    return m;
}

// S4-5, S4-14: the longest request is 520 bytes.
void strings_hold_up_to_255_bytes_each(check& t) {
    constexpr size_t lengths[] = {0, 1, 2, 127, 128, 254, 255};
    for (const size_t user : lengths) {
        const auto entered = t.in(user);
        for (const size_t name : lengths) {
            const auto nested = t.in(name);
            const auto m = request_of(user, name);
            message<255> u;
            message<255> n;
            u.letters(user);
            n.put("'N'"_bytes.first(name == 0 ? 0 : 1)).letters(name == 0 ? 0 : name - 1);
            const host to = name == 0 ? host(ipv4{192, 0, 2, 7}) : host::as_received(n.view());
            golden(t, m.view(), request4{command::connect, {to, 443}, u.view()}, get_request, put_request);
        }
    }
    t.ok(request_of(255, 255).view().size() == 520);
}
RUN(strings_hold_up_to_255_bytes_each)

// S4-5: at the first byte too many, without waiting for a NUL that may never come.
constexpr void a_string_is_given_up_at_its_256th_byte(check& t) {
    for (const bytes address : {"c0000207"_bytes, "00000001"_bytes}) {
        const auto entered = t.in(address);
        message<280> user;
        user.put("04 01 01bb"_bytes).put(address).letters(256).put("00"_bytes);
        sweep_refused(t, user.view(), get_request, errc::user_too_long, 8 + 256);
    }
    message<300> name;
    name.put("04 01 01bb 00000001 'john' 00"_bytes).letters(256).put("00"_bytes);
    sweep_refused(t, name.view(), get_request, errc::name_too_long, 8 + 5 + 256);
}
PROVE_AND_RUN(a_string_is_given_up_at_its_256th_byte)

constexpr void what_socks4_cannot_carry_is_not_written(check& t) {
    char room[600] = {};
    message<256> long_text;
    long_text.letters(256);
    const auto error_of = [&room](host to, bytes user) {
        return encode_request4({command::connect, {to, 80}, user}, room).error();
    };
    t.ok(error_of(ipv4{192, 0, 2, 7}, long_text.view()) == errc::bad_user);
    t.ok(error_of(ipv4{192, 0, 2, 7}, "jo\0hn") == errc::bad_user);
    t.ok(error_of(ipv4{192, 0, 2, 7}, "\0") == errc::bad_user);
    t.ok(error_of(bytes("1.2.3.256"), {}) == errc::bad_host);
    t.ok(error_of(ipv6{}, {}) == errc::ipv6_over_socks4);                // S4-10
    t.ok(error_of(ipv4{0, 0, 0, 1}, {}) == errc::reserved_over_socks4);  // S4-7
    t.ok(error_of(ipv4{0, 0, 0, 255}, {}) == errc::reserved_over_socks4);
    t.ok(error_of(host::as_received({}), {}) == errc::bad_host);
    t.ok(error_of(host::as_received("a\0b"), {}) == errc::bad_host);
    t.ok(room[0] == 0);
}
PROVE_AND_RUN(what_socks4_cannot_carry_is_not_written)

void only_version_4_begins_a_request(check& t) {
    for (unsigned v = 0; v < 256; ++v) {
        const auto entered = t.in(size_t{v});
        if (v == 4) continue;
        message<10> m;
        m.put(static_cast<uint8_t>(v)).put("01 01bb c0000207 00"_bytes);
        sweep_refused(t, m.view(), get_request, errc::bad_version, 1);
    }
}
RUN(only_version_4_begins_a_request)

// 3 is UDP ASSOCIATE in SOCKS5, 5 is UDP over TCP, 0xf1 is RESOLVE_PTR. SOCKS4 has none of them.
void a_command_of_socks5_is_none_of_socks4(check& t) {
    char room[600] = {};
    for (unsigned v = 0; v < 256; ++v) {
        const auto byte = static_cast<uint8_t>(v);
        message<10> m;
        m.put(4).put(byte).put("01bb c0000207 'x' 00"_bytes);
        const request4 r{command{byte}, {ipv4{192, 0, 2, 7}, 443}, "x"};
        if (v == 3 || v == 5 || v == 0xf1) {
            sweep_refused(t, m.view(), get_request, errc::bad_command, 2);
            t.ok(encode_request4(r, room).error() == errc::command_over_socks4 && room[0] == 0);
        } else {
            golden(t, m.view(), r, get_request, put_request);
        }
    }
}
RUN(a_command_of_socks5_is_none_of_socks4)

// S4-11, S4-12: always 8 bytes, port and address exposed, neither validated.
constexpr void socks4_replies_are_as_drawn(check& t) {
    t.ok(1 == golden(t, "00 5a 01bb c0000207"_bytes, reply4{code4::granted, {ipv4{192, 0, 2, 7}, 443}},
                     get_reply, put_reply));
    golden(t, "00 5b 0000 00000000"_bytes, reply4{code4::rejected, unspecified_ipv4}, get_reply, put_reply);
    golden(t, "00 5d fffe 000000fd"_bytes, reply4{code4::identd_mismatch, {ipv4{0, 0, 0, 253}, 65534}},
           get_reply, put_reply);
}
PROVE_AND_RUN(socks4_replies_are_as_drawn)

// S4-13.
void any_byte_is_a_result_code(check& t) {
    for (unsigned v = 0; v < 256; ++v) {
        const auto entered = t.in(size_t{v});
        const auto byte = static_cast<uint8_t>(v);
        message<8> m;
        m.put("00"_bytes).put(byte).put("01bb c0000207"_bytes);
        golden(t, m.view(), reply4{code4{byte}, {ipv4{192, 0, 2, 7}, 443}}, get_reply, put_reply);
    }
}
RUN(any_byte_is_a_result_code)

constexpr void what_a_socks4_reply_cannot_carry_is_written_as_zeros(check& t) {
    char room[8] = {};
    const bytes zeros = "00 5a 1234 00000000"_bytes;
    t.ok(encode_reply4({code4::granted, {host{}, 0x1234}}, room).data() == zeros);
    t.ok(encode_reply4({code4::granted, {ipv6{0x20, 0x01}, 0x1234}}, room).data() == zeros);
    t.ok(encode_reply4({code4::granted, {"files.example.com", 0x1234}}, room).data() == zeros);
    t.ok(encode_reply4({}, room).data() == "00 5b 0000 00000000"_bytes);
    t.ok(encode_reply4({}, buffer(room, 7)).required() == 8);
}
PROVE_AND_RUN(what_a_socks4_reply_cannot_carry_is_written_as_zeros)

constexpr void a_socks4_request_without_a_host_has_zeros(check& t) {
    char room[9] = {};
    const request4 r{command::bind, {host{}, 0x1234}, {}};
    t.ok(encode_request4(r, room).data() == "04 02 1234 00000000 00"_bytes);
    t.ok(encode_request4(r, buffer(room, 8)).required() == 9);
}
PROVE_AND_RUN(a_socks4_request_without_a_host_has_zeros)

// Whatever the steps by which a request arrives, the interrupted search says what the whole one says.
void a_search_resumed_at_any_step_says_the_same(check& t) {
    message<300> too_long;
    too_long.put("04 01 01bb 00000001 'john' 00"_bytes).letters(257);
    const auto longest = request_of(255, 255);
    const bytes requests[] = {"04 01 01bb c0000207 'john' 00 'early'"_bytes,
                              "04 01 01bb 00000001 'john' 00 'files.example.com' 00 'early' 00"_bytes,
                              "04 01 01bb 00000001 00 00"_bytes,
                              "05 01 00"_bytes,
                              too_long.view(),
                              longest.view()};
    for (const bytes whole : requests) {
        const auto entered = t.in(whole);
        for (size_t step = 1; step <= whole.size(); ++step) {
            scan4 scan;
            for (size_t n = 0; n <= whole.size(); n += step) {
                const auto nested = t.in(n);
                const exact_copy in(whole.first(n));
                const auto resumed = scan.resume(in.view());
                const auto fresh = decode_request4(in.view());
                t.ok(resumed.error() == fresh.error() && resumed.needed() == fresh.needed());
                t.ok(resumed.consumed() == fresh.consumed() && (!resumed || *resumed == fresh.consumed()));
                if (!fresh) continue;
                t.ok(scan.user_size() == fresh->user.size());
                break;
            }
        }
    }
}
RUN(a_search_resumed_at_any_step_says_the_same)

// What was found in bytes that are gone says nothing about others in their place.
constexpr void a_request_that_shrank_is_an_error(check& t) {
    message<300> whole;
    whole.put("04 01 01bb 00000001"_bytes).letters(200).put("00 'files.example.com' 00"_bytes);
    for (const size_t seen : {size_t{9}, size_t{100}, size_t{208}, size_t{209}, size_t{215}}) {
        const auto entered = t.in(seen);
        for (size_t less = 1; less < seen; ++less) {
            const auto nested = t.in(less);
            scan4 scan;
            t.ok(scan.resume(whole.view().first(seen)).needed() != 0);
            t.ok(scan.resume(whole.view().first(less)).error() == errc::input_shrank);
        }
    }
    scan4 scan;  // nothing is remembered of the first eight bytes
    t.ok(scan.resume(whole.view().first(8)).needed() == 3);
    t.ok(scan.resume(whole.view().first(3)).needed() == 6);
    t.ok(*scan.resume(whole.view()) == 227);
}
PROVE_AND_RUN(a_request_that_shrank_is_an_error)

// A server that had no room for its refusal is called again, and looks at the same request again.
constexpr void a_search_that_ended_says_the_same_again(check& t) {
    const bytes requests[] = {"04 01 01bb c0000207 'john' 00 'early' 00"_bytes,
                              "04 01 01bb 00000001 'john' 00 'files.example.com' 00 'early' 00"_bytes,
                              "04 01 01bb 00000001 00 00 'early' 00"_bytes};
    for (const bytes in : requests) {
        const auto entered = t.in(in);
        scan4 scan;
        const auto first = scan.resume(in);
        const auto again = scan.resume(in);
        t.ok(again.error() == first.error() && again.needed() == 0 && again.consumed() == first.consumed());
        t.ok(!first || scan.user_size() == 4);
    }
}
PROVE_AND_RUN(a_search_that_ended_says_the_same_again)

}  // namespace
