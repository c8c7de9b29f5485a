#include "handshake.hpp"

#include <stddef.h>

#include <socks/socks.hpp>

namespace {

template <size_t N>
void deliver(socks::bytes from, socks::inbox<N>& to) noexcept {
    const socks::buffer room = to.prepare(from.size());
    for (size_t i = 0; i < from.size(); ++i) room.data()[i] = from.data()[i];
    to.commit(from.size());
}

}  // namespace

bool handshake_succeeds() noexcept {
    const socks::request request{.to = {"files.example.com", 443}, .credentials = {"john", "foo"}};
    const socks::reply connected{socks::code5::succeeded, {socks::ipv4{192, 0, 2, 7}, 1080}};
    socks::client client;
    socks::inbox<socks::client::max_input> to_client;
    char from_client[socks::client::max_output];
    socks::server server{{.methods = {socks::method::username_password}}};
    socks::inbox<socks::server::max_input> to_server;
    socks::outbox<socks::server::max_pending> from_server;
    for (int turn = 0; turn < 16; ++turn) {
        const auto c = client.step(request, to_client, from_client);
        switch (c.next()) {
            case socks::client::next::send: deliver(c.data(), to_server); break;
            case socks::client::next::recv: break;
            case socks::client::next::done: return c.result().reply.bound == connected.bound;
            case socks::client::next::negotiate:
            case socks::client::next::wait:
            case socks::client::next::bound:
            case socks::client::next::fail: return false;
        }
        const auto s = server.step(to_server, from_server);
        switch (s.next()) {
            case socks::server::next::send:
                deliver(s.data(), to_client);
                from_server.consume(s.data().size());
                break;
            case socks::server::next::authenticate:
                server.authenticated(s.user() == "john" && s.password() == "foo", from_server);
                break;
            case socks::server::next::serve:
                if (s.to() != request.to) return false;
                server.answer(connected, from_server);
                break;
            case socks::server::next::recv:
            case socks::server::next::done: break;
            case socks::server::next::negotiate:
            case socks::server::next::wait:
            case socks::server::next::fail: return false;
        }
    }
    return false;
}

const void* wildcard() noexcept { return &socks::unspecified_ipv4; }
