// The machines as a program has them that compiles them once: plain functions in a unit of their own.

#ifndef SOCKS_BENCH_USERS_MACHINES_HPP
#define SOCKS_BENCH_USERS_MACHINES_HPP

#include <socks/socks.hpp>

namespace bench::machines {

using server_inbox = socks::inbox<socks::server::max_input>;
using server_outbox = socks::outbox<socks::server::max_pending>;
using client_inbox = socks::inbox<socks::client::max_input>;
using client_outbox = socks::outbox<socks::client::max_output>;

socks::server::action step(socks::server&, server_inbox&, server_outbox&);
void authenticated(socks::server&, bool accepted, server_outbox&);
void answer(socks::server&, const socks::reply&, server_outbox&);
socks::client::action step(socks::client&, const socks::request&, client_inbox&, client_outbox&);

}  // namespace bench::machines

#endif
