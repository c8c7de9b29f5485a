// Whoever ignores an action loses bytes.
// says: nodiscard
// says: step\(want, in, out\)

#include <socks/socks.hpp>

bool begin(socks::client& handshake, const socks::request& want, socks::bytes in, socks::buffer out) {
#if defined(REFUSED)
    handshake.step(want, in, out);
    return true;
#else
    return handshake.step(want, in, out).next() == socks::client::next::send;
#endif
}
