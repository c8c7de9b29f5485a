// Sums of lengths off the wire do not fit into 16 bits.
// says: socks needs a size_t of 32 bits

#if defined(REFUSED)
#undef __SIZE_TYPE__
#define __SIZE_TYPE__ unsigned short
#endif

#include <socks/core/bytes.hpp>

static_assert(sizeof(size_t) == sizeof(socks::bytes().size()));
