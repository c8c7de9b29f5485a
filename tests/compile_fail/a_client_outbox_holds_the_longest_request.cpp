// says: the outbox is too small for a request

#include <socks/socks.hpp>

#if defined(REFUSED)
using outbox = socks::outbox<socks::client::max_output - 1>;
#else
using outbox = socks::outbox<socks::client::max_output>;
#endif

auto begin(socks::client& handshake, const socks::request& request,
           socks::inbox<socks::client::max_input>& in, outbox& out) {
    return handshake.step(request, in, out);
}
