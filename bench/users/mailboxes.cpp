// The machines over mailboxes, in loops like those of docs/guides/loops.md. The client reads all bytes that
// are there, and wipes nothing. The reads and writes are those of the row "stubs".

#include "peer.hpp"

namespace bench {

using socks::client;
using socks::server;

outcome serve_mailboxes(const sample& s) {
    const service& app = *static_cast<const service*>(s.with);
    const int fd = open_peer(s);
    server handshake(app.options);
    socks::inbox<server::max_input> rx;
    socks::outbox<server::max_pending> tx;
    size_t digest = 0;
    for (;;) {
        using next = server::next;
        const auto a = handshake.step(rx, tx);
        switch (a.next()) {
            case next::send: tx.consume(write_some(fd, a.data())); break;
            case next::recv:
                if (const size_t n = read_some(fd, rx.prepare()))
                    rx.commit(n);
                else
                    handshake.end_of_stream();
                break;
            case next::authenticate:
                handshake.authenticated(app.let_in.known(a.user(), a.password()), tx);
                break;
            case next::serve:
                digest = digest_of(a.to());
                handshake.answer(app.answer, tx);
                break;
            case next::done: return made(fd, digest);
            case next::negotiate:
            case next::wait:
            case next::fail: return {};
        }
    }
}

outcome connect_mailboxes(const sample& s) {
    const auto& request = *static_cast<const socks::request*>(s.with);
    const int fd = open_peer(s);
    client handshake;
    socks::inbox<client::max_input> rx;
    socks::outbox<client::max_output> tx;
    for (;;) {
        using next = client::next;
        const auto a = handshake.step(request, rx, tx);
        switch (a.next()) {
            case next::send: tx.consume(write_some(fd, a.data())); break;
            case next::recv:
                if (const size_t n = read_some(fd, rx.prepare()))
                    rx.commit(n);
                else
                    handshake.end_of_stream();
                break;
            case next::done: return made(fd, digest_of(a.result()));
            case next::negotiate:
            case next::wait:
            case next::bound:
            case next::fail: return {};
        }
    }
}

}  // namespace bench
