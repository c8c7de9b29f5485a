// Methods that the caller runs between negotiate and negotiated(): GSSAPI with a simple mechanism of the
// test, and CHAP.

#include "bytes_literal.hpp"
#include "check.hpp"

namespace {

using ::check;
using namespace socks;
using type = gssapi_type;

// One direction of a connection. The mechanism puts 'i' or 'c' in front, for the kind of protection,
// and turns every byte around; messages arrive by exact reads.
class direction {
  public:
    constexpr void put(bytes bytes) { wire_.put(bytes); }

    constexpr void put(type due, bytes token) {
        char room[600];
        wire_.put(encode_gssapi({due, token}, room).data());
    }

    constexpr void put_wrapped(type due, bytes bytes, char kind) {
        message<300> token;
        token.put(static_cast<uint8_t>(kind));
        for (size_t i = 0; i < bytes.size(); ++i) token.put(static_cast<uint8_t>(bytes[i] ^ 0x55));
        put(due, token.view());
    }

    // What the next message holds; no bytes when it is not the one that is due.
    constexpr bytes take(type due) {
        size_t n = 0;
        for (;;) {
            const auto m = decode_gssapi(wire_.view().first(taken_ + n).subspan(taken_), due, 300);
            if (!m && m.needed() == 0) return {};
            if (m) {
                taken_ += m.consumed();
                return m->token;
            }
            n += m.needed();
        }
    }

    // The same, turned back into `room`. @returns the bytes received.
    constexpr bytes take_wrapped(type due, char kind, buffer room) {
        const bytes token = take(due);
        if (token.empty() || token.data()[0] != kind) return {};
        for (size_t i = 1; i < token.size(); ++i) room.data()[i - 1] = static_cast<char>(token[i] ^ 0x55);
        return {room.data(), token.size() - 1};
    }

    // Bytes from before the negotiation.
    constexpr bytes take(size_t n) { return wire_.view().subspan((taken_ += n) - n).first(n); }

    [[nodiscard]] constexpr bool is_taken() const { return taken_ == wire_.view().size(); }
    [[nodiscard]] constexpr bytes wire() const { return wire_.view(); }

  private:
    message<2048> wire_;
    size_t taken_ = 0;
};

template <size_t N>
constexpr void receive(inbox<N>& in, bytes bytes) {
    const buffer room = in.prepare();
    for (size_t i = 0; i < bytes.size(); ++i) room.data()[i] = bytes.data()[i];
    in.commit(bytes.size());
}

constexpr bool occurs(bytes part, bytes in) {
    for (size_t i = 0; i + part.size() <= in.size(); ++i)
        if (in.subspan(i).first(part.size()) == part) return true;
    return false;
}

// G1: from the request on everything is wrapped, and neither machine knows of it. Its inbox is filled by
// unwrapping.
constexpr void a_handshake_runs_on_the_unwrapped_bytes(check& t) {
    const socks::request request{.to = {"files.example.com", 443}, .methods = method::gssapi};
    client c;
    server s({.methods = method::gssapi});
    inbox<client::max_input> to_client;
    inbox<server::max_input> to_server;
    char out[client::max_output];
    char plain[300];
    direction up;
    direction down;

    up.put(c.step(request, to_client, out).data());
    receive(to_server, up.take(3));
    down.put(s.step(to_server, out).data());
    receive(to_client, down.take(2));
    t.ok(c.step(request, to_client, out).next() == client::next::negotiate);
    t.ok(s.step(to_server, out).next() == server::next::negotiate);

    up.put(type::authentication, "who are you");
    t.ok(up.take(type::authentication) == "who are you");
    down.put(type::authentication, "it is me");
    t.ok(down.take(type::authentication) == "it is me");
    up.put_wrapped(type::protection_level, encode_protection(protection::confidentiality, out).data(), 'i');
    const auto asked = decode_protection(up.take_wrapped(type::protection_level, 'i', plain));
    t.ok(asked && *asked == protection::confidentiality);
    down.put_wrapped(type::protection_level, encode_protection(*asked, out).data(), 'i');
    const auto chosen = decode_protection(down.take_wrapped(type::protection_level, 'i', plain));
    t.ok(chosen &&
         socks::protection_fault(*chosen, socks::at_least{protection::confidentiality}) == errc::none);
    c.negotiated(true);
    s.negotiated(true);

    const bytes sent = c.step(request, to_client, out).data();
    t.ok(sent == "05 01 00 03 11 'files.example.com' 01bb"_bytes);
    up.put_wrapped(type::user_data, sent.first(5), 'c');
    up.put_wrapped(type::user_data, sent.subspan(5), 'c');
    receive(to_server, up.take_wrapped(type::user_data, 'c', plain));
    t.ok(s.step(to_server, out).needed() == 19);
    receive(to_server, up.take_wrapped(type::user_data, 'c', plain));
    const auto serve = s.step(to_server, out);
    t.ok(serve.next() == server::next::serve && serve.method() == method::gssapi && serve.to() == request.to);

    const encoded reply = s.answer({code5::succeeded, {ipv4{192, 0, 2, 7}, 4660}}, out);
    t.ok(reply.data() == "05 00 00 01 c0000207 1234"_bytes);
    message<40> with_banner;
    down.put_wrapped(type::user_data, with_banner.put(reply.data()).put("220 ready").view(), 'c');
    receive(to_client, down.take_wrapped(type::user_data, 'c', plain));
    const auto done = c.step(request, to_client, out);
    t.ok(done.next() == client::next::done && done.result().early == "220 ready");
    t.ok(s.step(to_server, out).next() == server::next::done);

    t.ok(up.is_taken() && down.is_taken());
    t.ok(!occurs("files.example.com", up.wire()) && !occurs("220 ready", down.wire()));
}
PROVE_AND_RUN(a_handshake_runs_on_the_unwrapped_bytes)

// What a client does when its greeting is answered by the choice of `chosen`.
constexpr client::action choose(client& c, const socks::request& request, uint8_t chosen, buffer out) {
    const char choice[] = {5, static_cast<char>(chosen)};
    static_cast<void>(c.step(request, {}, out));
    return c.step(request, bytes(choice, 2), out);
}

// G6: a failed CHAP does not end with the password in the clear, unless the caller offered that and the
// server asks.
constexpr void nothing_takes_the_place_of_a_method_that_failed(check& t) {
    const socks::request either{.to = {"files.example.com", 443},
                                .credentials = {"john", "foo"},
                                .methods = {method::chap, method::username_password}};
    char out[client::max_output];
    client fails;
    const auto asked = choose(fails, either, 3, out);
    t.ok(asked.next() == client::next::negotiate && asked.method() == method::chap);
    t.ok(fails.step(either, {}, out).next() == client::next::wait);
    fails.negotiated(false);
    const auto failed = fails.step(either, {}, out);
    t.ok(failed.next() == client::next::fail && failed.error() == errc::negotiation_failed);
    t.ok(fails.step(either, "05 02"_bytes, out).error() == errc::negotiation_failed);

    client succeeds;
    t.ok(choose(succeeds, either, 3, out).next() == client::next::negotiate);
    succeeds.negotiated(true);
    t.ok(succeeds.step(either, {}, out).data() == "05 01 00 03 11 'files.example.com' 01bb"_bytes);

    client with_password;
    t.ok(choose(with_password, either, 2, out).data() == "01 04 'john' 03 'foo'"_bytes);

    const socks::request only{.to = either.to, .credentials = either.credentials, .methods = method::chap};
    client narrow;
    t.ok(choose(narrow, only, 2, out).error() == errc::method_not_offered);
}
PROVE_AND_RUN(nothing_takes_the_place_of_a_method_that_failed)

}  // namespace
