// A smaller one would be full before the message is whole, and wait forever.
// says: the inbox is too small for a request

#include <socks/socks.hpp>

#if defined(REFUSED)
using inbox = socks::inbox<socks::server::max_input - 1>;
#else
using inbox = socks::inbox<socks::server::max_input>;
#endif

auto begin(socks::server& handshake, inbox& in, socks::buffer out) { return handshake.step(in, out); }
