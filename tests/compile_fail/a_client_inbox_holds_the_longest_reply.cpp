// A smaller one would be full before the message is whole, and wait forever.
// says: the inbox is too small for a reply

#include <socks/socks.hpp>

#if defined(REFUSED)
using inbox = socks::inbox<socks::client::max_input - 1>;
#else
using inbox = socks::inbox<socks::client::max_input>;
#endif

auto begin(socks::client& handshake, const socks::request& request, inbox& in, socks::buffer out) {
    return handshake.step(request, in, out);
}
