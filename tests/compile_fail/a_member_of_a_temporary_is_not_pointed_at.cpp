// The reference would be to what is gone at the end of its line.
// says: (use of|selected) deleted (function|operator)
// says: decode_reply5\(in\)->bound

#include <socks/socks.hpp>

uint16_t port(socks::bytes in) {
#if defined(REFUSED)
    const auto& bound = socks::decode_reply5(in)->bound;
#else
    const auto& bound = (*socks::decode_reply5(in)).bound;
#endif
    return bound.port;
}
