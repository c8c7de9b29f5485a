// An argument that overlaps the output, at any distance: the message is right, or the call fails and writes
// nothing. It fails only if the argument lies at the place of another text of the same message.

#include <socks/transfer_cft/finding.hpp>

#include "bytes_literal.hpp"
#include "check.hpp"

namespace {

using ::check;
using namespace socks;

constexpr size_t arena_size = 72;
constexpr size_t middle = 24;  // where the room for output begins

struct arena {
    char storage[arena_size] = {};
    constexpr arena() {
        for (size_t i = 0; i < arena_size; ++i) storage[i] = static_cast<char>('A' + i % 26);
    }
    constexpr bytes put(size_t at, bytes text) {
        for (size_t i = 0; i < text.size(); ++i) storage[at + i] = text.data()[i];
        return {storage + at, text.size()};
    }
    [[nodiscard]] constexpr bytes view() const { return {storage, arena_size}; }
};

// Slides `text` over the room into which `encode` writes a message of it, which has another text at [from,
// to).
template <class Encode>
constexpr void slides(check& t, bytes text, Encode encode, size_t from = 0, size_t to = 0) {
    char elsewhere[arena_size] = {};
    const encoded right = encode(text, buffer(elsewhere));
    t.ok(!!right && right.size() <= arena_size - middle);
    for (size_t at = 0; at + text.size() <= arena_size; ++at) {
        arena a;
        const bytes in = a.put(at, text);
        const arena before = a;
        const encoded made = encode(in, buffer(a.storage + middle, arena_size - middle));
        if (from == to || at + text.size() <= middle + from || at >= middle + to)
            t.ok(made.data() == right.data());
        else
            t.ok(made.error() == errc::overlap && a.view() == before.view());
    }
    // No bytes lie nowhere.
    arena a;
    t.ok(encode(bytes(a.storage + middle + 1, 0), buffer(a.storage + middle, arena_size - middle)).error() !=
         errc::overlap);
}

constexpr bytes name = "a.example";

constexpr void a_login_is_right_or_refused(check& t) {
    slides(
        t, "john",
        [](bytes in, buffer out) {
            return encode_credentials({in, "foobar"}, out);
        },
        7, 13);
    slides(t, "john", [](bytes in, buffer out) { return encode_credentials({in, ""}, out); });
    slides(t, "secret", [](bytes in, buffer out) { return encode_credentials({"john", in}, out); });
    arena a;  // both, one behind the other
    const bytes both = a.put(middle, "johnfoo");
    const encoded made = encode_credentials({both.first(4), both.subspan(4)}, buffer(a.storage + middle, 40));
    t.ok(made.data() == "01 04 'john' 03 'foo'"_bytes);
}
PROVE_AND_RUN(a_login_is_right_or_refused)

constexpr void a_name_in_the_room_is_moved(check& t) {
    slides(t, name, [](bytes in, buffer out) {
        return encode_request5({command::connect, {host::as_received(in), 443}}, out);
    });
    slides(t, name, [](bytes in, buffer out) {
        return encode_reply5({code5::succeeded, {host::as_received(in), 443}}, out);
    });
    slides(t, name, [](bytes in, buffer out) {
        return encode_request4({command::connect, {host::as_received(in), 443}, "john"}, out);
    });
}
PROVE_AND_RUN(a_name_in_the_room_is_moved)

constexpr void a_user_id_is_right_or_refused(check& t) {
    slides(t, "john", [](bytes in, buffer out) {
        return encode_request4({command::connect, {"192.0.2.7", 443}, in}, out);
    });
    slides(
        t, "john",
        [](bytes in, buffer out) {
            return encode_request4({command::connect, {"a.example", 443}, in}, out);
        },
        13, 23);
}
PROVE_AND_RUN(a_user_id_is_right_or_refused)

constexpr void methods_in_the_room_are_moved(check& t) {
    slides(t, "00 01 02"_bytes, [](bytes in, buffer out) { return encode_greeting({in}, out); });
}
PROVE_AND_RUN(methods_in_the_room_are_moved)

constexpr void data_in_the_room_are_moved(check& t) {
    slides(t, "some data", [](bytes in, buffer out) { return encode_datagram({"192.0.2.7", 53}, in, out); });
    slides(t, "some data", [](bytes in, buffer out) { return encode_datagram({"b.example", 53}, in, out); });
    slides(t, "some data", [](bytes in, buffer out) { return encode_framed({"192.0.2.7", 53}, in, out); });
    slides(t, "some data", [](bytes in, buffer out) { return encode_framed({"b.example", 53}, in, out); });
    slides(t, "a token", [](bytes in, buffer out) {
        return encode_gssapi({gssapi_type::authentication, in}, out);
    });
}
PROVE_AND_RUN(data_in_the_room_are_moved)

constexpr void an_attribute_of_chap_is_right_or_refused(check& t) {
    slides(
        t, "a hash",
        [](bytes in, buffer out) {
            return encode_chap({{chap_type::response, in}, {chap_type::user_identity, "john"}}, out);
        },
        0, 16);
}
PROVE_AND_RUN(an_attribute_of_chap_is_right_or_refused)

constexpr void the_name_of_a_datagram_is_right_or_refused(check& t) {
    slides(
        t, name,
        [](bytes in, buffer out) {
            return encode_datagram({host::as_received(in), 53}, "data", out);
        },
        16, 20);
    slides(
        t, name,
        [](bytes in, buffer out) {
            return encode_framed({host::as_received(in), 53}, "data", out);
        },
        16, 20);
    // The name and the data of one that was received, in the room that it was received into.
    arena a;
    const bytes received = a.put(middle, "00 00 00 03 09 'a.example' 0035 'data'"_bytes);
    const auto d = decode_datagram(received);
    t.ok(encode_datagram(d->remote(), d->data(), buffer(a.storage + middle, 40)).data() ==
         "00 00 00 03 09 'a.example' 0035 'data'"_bytes);
    t.ok(encode_framed(d->remote(), d->data(), buffer(a.storage + middle, 40)).data() ==
         "00 04 10 03 09 'a.example' 0035 'data'"_bytes);
}
PROVE_AND_RUN(the_name_of_a_datagram_is_right_or_refused)

constexpr bytes port = "0035"_bytes;

// Only the header is written; the name may stand in it, and in the data behind it.
template <class Encode>
constexpr void slides_in_place(check& t, Encode encode) {
    const bytes data = "a name: b.example";
    const size_t headroom = 30;
    for (size_t at = 0; at + name.size() <= middle + headroom + data.size(); ++at) {
        const auto entered = t.in(at);
        arena a;
        a.put(middle + headroom, data);
        const bytes in = a.put(at, name);
        const arena before = a;
        const encoded made =
            encode({host::as_received(in), 53}, buffer(a.storage + middle, headroom + data.size()), headroom);
        const size_t header = 7 + name.size();
        t.ok(made.size() == header + data.size() && made.data().subspan(5).first(name.size()) == name);
        t.ok(made.data().subspan(header) == before.view().subspan(middle + headroom).first(data.size()));
        t.ok(made.data().subspan(header - 2).first(2) == port && made.data()[3] == 3 && made.data()[4] == 9);
    }
}

constexpr void a_name_in_the_packet_is_moved_into_the_header(check& t) {
    slides_in_place(t, [](const endpoint& at, buffer packet, size_t headroom) {
        return encode_datagram_in_place(at, packet, headroom);
    });
    slides_in_place(t, [](const endpoint& at, buffer packet, size_t headroom) {
        return encode_framed_in_place(at, packet, headroom);
    });
}
PROVE_AND_RUN(a_name_in_the_packet_is_moved_into_the_header)

constexpr void the_texts_of_tor_are_moved(check& t) {
    slides(t, "object", [](bytes in, buffer out) { return tor::encode_object_user(in, out); });
    slides(t, "prefix", [](bytes in, buffer out) { return tor::encode_token(in, 0x0123, out); });
}
PROVE_AND_RUN(the_texts_of_tor_are_moved)

// How long a printed text becomes is known afterwards: what it is made of may not stand anywhere in the room.
template <class Print>
constexpr void prints(check& t, bytes text, Print print) {
    char elsewhere[arena_size] = {};
    const encoded right = print(text, buffer(elsewhere));
    for (size_t at = 0; at + text.size() <= arena_size; ++at) {
        const auto entered = t.in(at);
        arena a;
        const bytes in = a.put(at, text);
        const arena before = a;
        const encoded made = print(in, buffer(a.storage + middle, arena_size - middle));
        const bool apart = at + text.size() <= middle;
        t.ok(apart ? !!made && made.data() == right.data()
                   : made.error() == errc::overlap && a.view() == before.view());
    }
}

constexpr void a_printed_text_is_right_or_refused(check& t) {
    prints(t, name, [](bytes in, buffer out) { return format(host::as_received(in), out); });
    prints(t, name, [](bytes in, buffer out) { return format(endpoint{host::as_received(in), 443}, out); });
    prints(t, name, [](bytes in, buffer out) {
        return format(proxy_uri{.proxy = {host::as_received(in), 1080}, .credentials = {"jo", "x"}}, out);
    });
    prints(t, "john", [](bytes in, buffer out) {
        return format(proxy_uri{.proxy = {"a.example", 1080}, .credentials = {in, "x"}}, out);
    });
    prints(t, "VALUE", [](bytes in, buffer out) {
        return cft::format(cft::finding{cft::flaw::missing_parameter, {}, in}, out);
    });
}
PROVE_AND_RUN(a_printed_text_is_right_or_refused)

// What gets shorter may be decoded where it stands, and to any place in front of it.
constexpr void a_decoded_value_is_right_or_refused(check& t) {
    const bytes text = "a//b/x41/101c";
    for (size_t at = 0; at + text.size() <= arena_size; ++at) {
        const auto entered = t.in(at);
        arena a;
        const encoded made =
            cft::decode_value(a.put(at, text), buffer(a.storage + middle, arena_size - middle));
        const bool inside = at < middle && at + text.size() > middle;
        t.ok(inside ? made.error() == errc::overlap : made.data() == "a/bAAc");
    }
}
PROVE_AND_RUN(a_decoded_value_is_right_or_refused)

constexpr void a_uri_is_right_or_refused(check& t) {
    const bytes text = "socks5://j%6fhn:f%6fo@h.example:81";
    for (size_t at = 0; at + text.size() <= arena_size; ++at) {
        const auto entered = t.in(at);
        arena a;
        const auto uri = parse_proxy_uri(a.put(at, text), buffer(a.storage + middle, arena_size - middle));
        const bool inside = at < middle && at + text.size() > middle;
        t.ok(inside ? uri.error() == errc::overlap
                    : !!uri && uri->credentials.user == "john" && uri->credentials.password == "foo" &&
                          uri->proxy == endpoint{"h.example", 81});
    }
}
PROVE_AND_RUN(a_uri_is_right_or_refused)

constexpr void an_answer_in_the_room_for_the_reply_is_moved(check& t) {
    arena a;
    const buffer out(a.storage + middle, arena_size - middle);
    server s;
    t.ok(s.step("05 01 00"_bytes, out).next() == server::next::send);
    t.ok(s.step("05 01 00 01 c0000207 0050"_bytes, out).next() == server::next::serve);
    const host bound = host::as_received(a.put(middle + 3, name));
    t.ok(s.answer({code5::succeeded, {bound, 443}}, out).data() == "05 00 00 03 09 'a.example' 01bb"_bytes);
}
PROVE_AND_RUN(an_answer_in_the_room_for_the_reply_is_moved)

// A SOCKS4a request whose user lies where its name goes.
constexpr void a_request_in_its_own_way_fails_for_good(check& t) {
    arena a;
    const bytes user = a.put(middle + 13, "john");
    const socks::request request{.version = version::v4a, .to = {"a.example", 443}, .credentials = {user}};
    client c;
    const buffer out(a.storage + middle, arena_size - middle);
    for (int i = 0; i < 2; ++i) {
        const auto entered = t.in(static_cast<size_t>(i));
        const auto failed = c.step(request, {}, out);
        t.ok(failed.next() == client::next::fail && failed.error() == errc::overlap &&
             failed.consumed() == 0);
    }
}
PROVE_AND_RUN(a_request_in_its_own_way_fails_for_good)

// A fragment may be received into the storage, behind what is kept; over it is refused.
constexpr void a_fragment_is_kept_or_refused(check& t) {
    const bytes one = "00 00 01 01 c0000207 0035 'first '"_bytes;
    const bytes two = "00 00 82 01 c0000207 0035 'second'"_bytes;
    for (size_t at = 0; at + two.size() <= arena_size; ++at) {
        const auto entered = t.in(at);
        arena a;
        reassembly queue(5'000);
        const buffer storage(a.storage + middle, arena_size - middle);
        const bool first = at + one.size() <= arena_size;
        if (!first) continue;
        t.ok(queue.step(a.put(at, one), 1, storage).next() == reassembly::next::wait);
        t.ok(bytes(a.storage + middle, one.size()) == one);
        const bytes in = a.put(at, two);
        const auto s = queue.step(in, 2, storage);
        const bool apart = at + two.size() <= middle || at >= middle + one.size();
        if (apart)
            t.ok(s.next() == reassembly::next::deliver && s.datagram().data() == "first second");
        else
            t.ok(s.next() == reassembly::next::drop && !queue.waiting());
    }
}
PROVE_AND_RUN(a_fragment_is_kept_or_refused)

}  // namespace
