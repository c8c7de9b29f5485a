// Whoever ignores an action loses bytes.
// says: nodiscard
// says: step\(request, in, out\)

#include <socks/socks.hpp>

bool begin(socks::client& handshake, const socks::request& request, socks::bytes in, socks::buffer out) {
#if defined(REFUSED)
    handshake.step(request, in, out);
    return true;
#else
    return handshake.step(request, in, out).next() == socks::client::next::send;
#endif
}
