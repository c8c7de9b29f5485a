// Whether a failure is final: after it every step, with any input, gives the same error with the same byte,
// consumes nothing and sends nothing.

#ifndef SOCKS_TESTS_FINALITY_HPP
#define SOCKS_TESTS_FINALITY_HPP

#include "refusals.hpp"

namespace drive {

inline constexpr bytes later_inputs[] = {"", "05 00  05 00 00 01 00000000 0000"_bytes, "H",
                                         "00 5a 0000 00000000"_bytes,
                                         "05 01 00  05 01 00 01 42660763 0050"_bytes};

template <socks::feature Parts>
constexpr void fails_alike(check& t, socks::basic_client<Parts>& m, const socks::request& request, bytes in,
                           errc why, uint8_t byte) {
    using next = socks::client::next;
    char out[socks::client::max_output] = {};
    const auto a = m.step(request, in, out);
    t.ok(a.next() == next::fail && a.error() == why && a.byte() == byte && a.consumed() == 0);
    socks::outbox<socks::client::max_output> post;
    socks::inbox<socks::client::max_input> box;
    const auto b = m.step(request, box, post);
    t.ok(b.next() == next::fail && b.error() == why && b.byte() == byte && post.empty());
}

template <socks::feature Parts>
constexpr void stays_failed(check& t, socks::basic_client<Parts> m, const socks::request& request, errc why,
                            uint8_t byte) {
    for (const bytes in : later_inputs) {
        const auto entered = t.in(in);
        fails_alike(t, m, request, in, why, byte);
        m.negotiated(true);
        fails_alike(t, m, plain4, in, why, byte);
        m.end_of_stream();
        fails_alike(t, m, login5, in, why, byte);
        m.negotiated(false);
        fails_alike(t, m, request, in, why, byte);
    }
}

template <socks::feature Parts>
constexpr void fails_alike(check& t, socks::basic_server<Parts>& m, bytes in, errc why, uint8_t byte) {
    using next = socks::server::next;
    char out[socks::server::max_output] = {};
    const auto a = m.step(in, out);
    t.ok(a.next() == next::fail && a.error() == why && a.byte() == byte && a.consumed() == 0);
    socks::outbox<socks::server::max_pending> post;
    socks::inbox<socks::server::max_input> box;
    m.authenticated(true, post);
    m.answer({code5::succeeded, {}}, post);
    const auto b = m.step(box, post);
    t.ok(b.next() == next::fail && b.error() == why && b.byte() == byte && post.empty());
}

template <socks::feature Parts>
constexpr void stays_failed(check& t, socks::basic_server<Parts> m, errc why, uint8_t byte) {
    char out[socks::server::max_output] = {};
    for (const bytes in : later_inputs) {
        const auto entered = t.in(in);
        fails_alike(t, m, in, why, byte);
        t.ok(m.authenticated(true, out).error() == errc::out_of_turn);
        t.ok(m.answer({code5::succeeded, {}}, out).error() == errc::out_of_turn);
        fails_alike(t, m, in, why, byte);
        m.negotiated(true);
        m.end_of_stream();
        fails_alike(t, m, in, why, byte);
    }
}

}  // namespace drive

#endif
