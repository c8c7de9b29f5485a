// The machines over plain views: received bytes are read where they are, and messages are written where they
// are sent from.

#include "users.hpp"

namespace bench {

using socks::client;
using socks::server;

outcome serve_views(const sample& s) {
    const service& app = *static_cast<const service*>(s.with);
    server handshake(app.options);
    const char* in = s.in;
    const char* end = s.in + s.chunk;
    char* out = s.out;
    size_t digest = 0;
    for (;;) {
        using next = server::next;
        const auto a = handshake.step({in, static_cast<size_t>(end - in)}, {out, server::max_output});
        in += a.consumed();
        switch (a.next()) {
            case next::send: out += a.data().size(); break;
            case next::recv: end = received(s, end); break;
            case next::authenticate:
                out += handshake
                           .authenticated(app.let_in.known(a.user(), a.password()), {out, server::max_output})
                           .size();
                break;
            case next::serve:
                digest = digest_of(a.to());
                out += handshake.answer(app.answer, {out, server::max_output}).size();
                break;
            case next::done: return {static_cast<size_t>(out - s.out), digest};
            case next::negotiate:
            case next::wait:
            case next::fail: return {};
        }
    }
}

outcome connect_views(const sample& s) {
    const auto& request = *static_cast<const socks::request*>(s.with);
    client handshake;
    const char* in = s.in;
    const char* end = s.in + s.chunk;
    char* out = s.out;
    for (;;) {
        using next = client::next;
        const auto a =
            handshake.step(request, {in, static_cast<size_t>(end - in)}, {out, client::max_output});
        in += a.consumed();
        switch (a.next()) {
            case next::send: out += a.data().size(); break;
            case next::recv: end = received(s, end); break;
            case next::done: return {static_cast<size_t>(out - s.out), digest_of(a.result())};
            case next::negotiate:
            case next::wait:
            case next::bound:
            case next::fail: return {};
        }
    }
}

}  // namespace bench
