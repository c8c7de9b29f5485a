// On a plain buffer nobody else sends them; an outbox keeps them for the next step.
// says: nodiscard
// says: authenticated\(true, out\)

#include <socks/socks.hpp>

#if defined(REFUSED)
void accept(socks::server& handshake, socks::buffer out) { handshake.authenticated(true, out); }
#else
size_t accept(socks::server& handshake, socks::buffer out) {
    return handshake.authenticated(true, out).size();
}
#endif

void accept(socks::server& handshake, socks::outbox<socks::server::max_pending>& out) {
    handshake.authenticated(true, out);
}
