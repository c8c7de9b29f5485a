// The messages of CHAP, each byte typed from draft-ietf-aft-socks-chap-01. The responses are those of
// RFC 2202, test case 2: no algorithm runs here.

#include <socks/wire/chap.hpp>

// Used by the invariants of sweep.hpp.
constexpr bool same(const socks::chap_message& a, const socks::chap_message& b) {
    auto other = b.begin();
    for (const socks::chap_attribute one : a) {
        if (other == b.end() || one.type != (*other).type || one.value != (*other).value) return false;
        ++other;
    }
    return other == b.end();
}

#include "sweep.hpp"

namespace {

using ::check;
using namespace socks;
using type = chap_type;

static_assert(max_chap_message == 65'537 && chap_attribute().type == chap_type::status);

constexpr auto get = [](bytes in) { return decode_chap(in, max_chap_message); };
constexpr auto put = [](const chap_message& v, buffer out) {
    chap_attribute list[4];
    size_t n = 0;
    for (const chap_attribute a : v) list[n++] = a;
    return encode_chap(list, n, out);
};

// The complete message `in`.
constexpr chap_message whole(bytes in) { return *get(in); }

// A decoder that accepts messages of at most `max_size` bytes.
constexpr auto get_up_to(size_t max_size) {
    return [=](bytes in) { return decode_chap(in, max_size); };
}

constexpr bytes offer = "01 02 11 02 85 05 02 04 'john'"_bytes;
constexpr bytes challenge = "01 02 11 01 85 03 1c 'what do ya want for nothing?'"_bytes;
constexpr bytes response = "01 01 04 10 750c783e6ab0b503eaa86e310a5db738"_bytes;

// The number is how many exact reads the message takes: at most one more than it has attributes.
constexpr void chap_messages_are_as_drawn(check& t) {
    const auto drawn = [&t](bytes message, int reads, place at = {}) {
        t.ok(golden(t, message, whole(message), get, put, at) == reads, at);
    };
    drawn(offer, 3);
    drawn(challenge, 3);
    drawn(response, 2);
    drawn("01 01 00 01 00"_bytes, 2);
    drawn("01 01 03 00"_bytes, 1);
    drawn("01 03 00 01 ff 05 05 'UTF-8' 01 03 'bad'"_bytes, 4);
    drawn("01 04 10 01 07 03 02 'ab' 02 00 7f 06 'future'"_bytes, 4);
    const chap_message one = whole(offer);
    t.ok(one.value(type::algorithms) == "85 05"_bytes && one.value(type::user_identity) == "john");
    const chap_message two = whole(challenge);
    t.ok(two.value(type::challenge) == "what do ya want for nothing?");
    t.ok(whole(response).value(type::response) == "750c783e6ab0b503eaa86e310a5db738"_bytes);
}
PROVE_AND_RUN(chap_messages_are_as_drawn)

constexpr void chap_attributes_keep_their_order_and_their_type(check& t) {
    const chap_message received = whole("01 04 7f 02 'no' 02 03 'one' 02 04 'many' ff 00"_bytes);
    constexpr chap_attribute expected[] = {
        {type{0x7f}, "no"}, {type::user_identity, "one"}, {type::user_identity, "many"}, {type{0xff}, ""}};
    size_t n = 0;
    for (auto i = received.begin(); i != received.end(); ++n) {
        const chap_attribute a = *i++;
        t.in(n).ok(n < 4 && a.type == expected[n].type && a.value == expected[n].value);
    }
    t.ok(n == 4);
    t.ok(received.begin() != received.end() && received.end() != received.begin());
    t.ok(chap_message().begin() == chap_message().end());
    t.ok(chap_message::iterator() == chap_message().end());
}
PROVE_AND_RUN(chap_attributes_keep_their_order_and_their_type)

// G8: attributes of later drafts are skipped.
constexpr void the_first_attribute_of_a_type_counts_and_others_are_skipped(check& t) {
    const chap_message received = whole("01 04 7f 02 'no' 02 03 'one' 02 04 'many' ff 00"_bytes);
    t.ok(received.value(type::user_identity) == "one" && received.value(type{0x7f}) == "no");
    t.ok(received.value(type{0xff}).empty() && received.value(type::challenge).empty());
}
PROVE_AND_RUN(the_first_attribute_of_a_type_counts_and_others_are_skipped)

constexpr void an_algorithm_is_offered_if_the_list_has_it(check& t) {
    constexpr auto md5 = chap_algorithm::hmac_md5;
    t.ok(whole("01 01 11 03 05 06 85"_bytes).offers(md5) && whole("01 01 11 01 85"_bytes).offers(md5));
    t.ok(whole("01 01 11 03 05 06 85"_bytes).offers(chap_algorithm{5}));
    t.ok(!whole("01 01 11 02 05 86"_bytes).offers(md5) && !whole("01 01 11 00"_bytes).offers(md5));
    t.ok(!whole("01 01 02 01 85"_bytes).offers(md5) && !whole("01 01 85 01 11"_bytes).offers(md5));
}
PROVE_AND_RUN(an_algorithm_is_offered_if_the_list_has_it)

// G9.
constexpr void only_a_status_of_zero_is_success(check& t) {
    for (unsigned v = 0; v < 256; ++v) {
        message<5> m;
        m.put("01 01 00 01"_bytes).put(static_cast<uint8_t>(v));
        t.in(size_t{v}).ok(whole(m.view()).succeeded() == (v == 0));
    }
    t.ok(whole("01 02 01 02 'hi' 00 01 00"_bytes).succeeded());
    t.ok(whole("01 02 00 01 00 00 01 00"_bytes).succeeded());
    t.ok(!whole("01 02 00 01 00 00 01 01"_bytes).succeeded());
    t.ok(!whole("01 02 00 01 01 00 01 00"_bytes).succeeded());
    t.ok(!whole("01 01 00 00"_bytes).succeeded() && !whole("01 01 00 02 00 00"_bytes).succeeded());
    t.ok(!whole("01 01 01 01 00"_bytes).succeeded() && !chap_message().succeeded());
}
PROVE_AND_RUN(only_a_status_of_zero_is_success)

void the_version_of_a_chap_message_is_1(check& t) {
    for (unsigned v = 0; v < 256; ++v) {
        const auto entered = t.in(size_t{v});
        message<5> m;
        m.put(static_cast<uint8_t>(v)).put("01 00 01 00"_bytes);
        if (v == 1)
            sweep(t, m.view(), get, whole(m.view()));
        else
            sweep_refused(t, m.view(), get, errc::bad_version, 1);
    }
}
RUN(the_version_of_a_chap_message_is_1)

constexpr void a_chap_message_without_attributes_is_refused(check& t) {
    sweep_refused(t, "01 00"_bytes, get, errc::bad_length, 2);
    sweep_refused(t, "01 00 11 01 85"_bytes, get, errc::bad_length, 2);
}
PROVE_AND_RUN(a_chap_message_without_attributes_is_refused)

// G10: refused at its length, because the rest of it would never fit.
constexpr void a_chap_message_longer_than_the_caller_s_room_is_refused_at_its_length(check& t) {
    sweep(t, "01 02 03 03 'abc' 04 01 'd'"_bytes, get_up_to(10), whole("01 02 03 03 'abc' 04 01 'd'"_bytes));
    sweep_refused(t, "01 02 03 03 'abc' 04 01 'd'"_bytes, get_up_to(9), errc::bad_length, 9);
    sweep_refused(t, "01 02 03 03 'abc' 04 01 'd'"_bytes, get_up_to(8), errc::bad_length, 4);
    sweep_refused(t, "01 02 03 03 'abc' 04 01 'd'"_bytes, get_up_to(5), errc::bad_length, 2);
    sweep_refused(t, "01 01 03 ff"_bytes, get_up_to(258), errc::bad_length, 4);
    sweep_refused(t, "01 ff"_bytes, get_up_to(511), errc::bad_length, 2);
    t.ok(get_up_to(512)("01 ff"_bytes).needed() == 510 &&
         get_up_to(259)("01 01 03 ff"_bytes).needed() == 255);
    t.ok(get("").needed() == 4 && get("01"_bytes).needed() == 3 && get("01 03"_bytes).needed() == 6);
}
PROVE_AND_RUN(a_chap_message_longer_than_the_caller_s_room_is_refused_at_its_length)

void the_longest_chap_message_has_65537_bytes(check& t) {
    static message<256> value;
    static char room[max_chap_message];
    static chap_attribute list[256];
    value.letters(256);
    for (size_t i = 0; i < 256; ++i) list[i] = {type{static_cast<uint8_t>(i)}, value.view().first(255)};
    t.ok(max_chap_message == 65'537 && encoded_size(list, 255) == 65'537);
    const encoded tight = encode_chap(list, 255, buffer(room, 65'536));
    t.ok(tight.error() == errc::no_space && tight.required() == 65'537 && tight.size() == 0);
    t.ok(room[0] == '\0');
    const encoded made = encode_chap(list, 255, room);
    if (!t.ok(made && made.size() == 65'537)) return;
    const auto d = get(made.data());
    t.ok(d && d.consumed() == 65'537);
    size_t n = 0;
    for (const chap_attribute a : *d) {
        t.in(n).ok(a.type == list[n].type && a.value == list[n].value);
        ++n;
    }
    t.ok(n == 255 && get(made.data().first(65'536)).needed() == 1);
    t.ok(get_up_to(65'536)(made.data()).error() == errc::bad_length);
    int reads = 0;
    t.ok(read_exactly(made.data(), get, reads) == 65'537 && reads <= 256);
}
RUN(the_longest_chap_message_has_65537_bytes)

void a_message_that_chap_has_no_number_for_is_not_written(check& t) {
    static message<256> value;
    static chap_attribute many[256];
    char room[1024] = {'z'};
    value.letters(256);
    const chap_attribute long_value[] = {{type::status, "00"_bytes}, {type::text_message, value.view()}};
    t.ok(encode_chap(long_value, room).error() == errc::bad_attribute);
    t.ok(encode_chap(&long_value[1], 1, room).error() == errc::bad_attribute);
    for (const size_t count : {size_t{0}, size_t{256}})
        t.in(count).ok(encode_chap(many, count, room).error() == errc::bad_attribute && room[0] == 'z');
    const auto longest = value.view().first(255);
    t.ok(encode_chap({{type::text_message, longest}}, room).size() == 259);
    t.ok(whole(bytes(room, 259)).value(type::text_message) == longest);
}
RUN(a_message_that_chap_has_no_number_for_is_not_written)

constexpr void chap_messages_are_written_from_a_list(check& t) {
    char room[64] = {};
    t.ok(encode_chap({{type::algorithms, "85 05"_bytes}, {type::user_identity, "john"}}, room).data() ==
         offer);
    t.ok(encode_chap({{type::status, "00"_bytes}}, room).data() == "01 01 00 01 00"_bytes);
    const encoded tight = encode_chap({{type::status, "00"_bytes}}, buffer(room, 4));
    t.ok(tight.error() == errc::no_space && tight.required() == 5);
}
PROVE_AND_RUN(chap_messages_are_written_from_a_list)

constexpr void a_value_where_the_message_is_written_is_refused(check& t) {
    char room[16] = {};
    const chap_attribute apart{type::status, "00"_bytes};
    const chap_attribute inside{type::text_message, bytes(room + 7, 1)};
    t.ok(encode_chap({inside, apart}, room).error() == errc::overlap);
    t.ok(encode_chap({apart, inside}, room).error() == errc::overlap && room[0] == 0);
}
PROVE_AND_RUN(a_value_where_the_message_is_written_is_refused)

// Pieces of any size, message after message, and nothing of the next one is taken.
constexpr void a_negotiation_is_read_message_by_message(check& t) {
    constexpr bytes expected[] = {offer, response, "01 01 00 01 00"_bytes};
    message<64> stream;
    for (const bytes m : expected) stream.put(m);
    size_t begin = 0;
    size_t end = 0;
    for (const bytes m : expected) {
        const auto entered = t.in();
        auto d = get(stream.view().first(end).subspan(begin));
        for (; !d && d.needed() != 0; d = get(stream.view().first(end).subspan(begin))) end += d.needed();
        if (!t.ok(d && same(*d, whole(m)))) return;
        begin += d.consumed();
        t.ok(begin == end);
    }
    t.ok(begin == stream.view().size());
}
PROVE_AND_RUN(a_negotiation_is_read_message_by_message)

}  // namespace
