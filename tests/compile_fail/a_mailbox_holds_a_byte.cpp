// Its storage is an array, and no array is empty.
// says: static.assert(ion)? failed

#include <socks/socks.hpp>

#if defined(REFUSED)
socks::inbox<0> rx;
socks::outbox<0> tx;
#else
socks::inbox<1> rx;
socks::outbox<1> tx;
#endif
