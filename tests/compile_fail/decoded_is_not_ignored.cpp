// It may hold no value.
// says: nodiscard
// says: decode_auth_status\(in\)

#include <socks/socks.hpp>

bool logged_in(socks::bytes in) {
#if defined(REFUSED)
    socks::decode_auth_status(in);
    return true;
#else
    const auto status = socks::decode_auth_status(in);
    return status && *status == 0;
#endif
}
