// The room may have been too small.
// says: nodiscard
// says: encode_auth_status\(1, out\)

#include <socks/socks.hpp>

size_t refuse(socks::buffer out) {
#if defined(REFUSED)
    socks::encode_auth_status(1, out);
    return 2;
#else
    return socks::encode_auth_status(1, out).size();
#endif
}
