// A verdict that is 0 for success must not be mixed up with whether there is a verdict.
// says: (cannot convert|conversion from) .*decoded.* to .*bool

#include <socks/socks.hpp>

bool logged_in(socks::bytes in) {
    const auto status = socks::decode_auth_status(in);
#if defined(REFUSED)
    const bool good = status;
#else
    const bool good = status && *status == 0;
#endif
    return good;
}
