// says: the outbox is smaller than max_pending

#include <socks/socks.hpp>

#if defined(REFUSED)
using outbox = socks::outbox<socks::server::max_pending - 1>;
#else
using outbox = socks::outbox<socks::server::max_pending>;
#endif

void refuse(socks::server& handshake, outbox& out) { handshake.answer({}, out); }
