// The request would point into what is gone at the end of its line.
// says: (use of|call to|invokes a|uses) ?deleted (member )?function

#include <socks/socks.hpp>

socks::stored_request read_request();

uint16_t port() {
#if defined(REFUSED)
    const socks::request want = read_request();
    return want.to.port;
#else
    const socks::stored_request stored = read_request();
    const socks::request want = stored;
    return want.to.port;
#endif
}
