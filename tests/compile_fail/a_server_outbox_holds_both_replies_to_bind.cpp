// says: the outbox is too small for the two replies to BIND

#include <socks/socks.hpp>

#if defined(REFUSED)
using outbox = socks::outbox<socks::server::max_pending - 1>;
#else
using outbox = socks::outbox<socks::server::max_pending>;
#endif

void refuse(socks::server& handshake, outbox& out) { handshake.answer({}, out); }
