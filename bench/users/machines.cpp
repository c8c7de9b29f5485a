#include "machines.hpp"

namespace bench::machines {

socks::server::action step(socks::server& s, server_inbox& in, server_outbox& out) { return s.step(in, out); }

void authenticated(socks::server& s, bool accepted, server_outbox& out) { s.authenticated(accepted, out); }

void answer(socks::server& s, const socks::reply& r, server_outbox& out) { s.answer(r, out); }

socks::client::action step(socks::client& c, const socks::request& r, client_inbox& in, client_outbox& out) {
    return c.step(r, in, out);
}

}  // namespace bench::machines
