// The request would point into what is gone at the end of its line.
// says: (use of|call to|invokes a|uses) ?deleted (member )?function

#include <socks/socks.hpp>

socks::stored_request read_request();

uint16_t port() {
#if defined(REFUSED)
    const socks::request request = read_request();
    return request.to.port;
#else
    const socks::stored_request stored = read_request();
    const socks::request request = stored;
    return request.to.port;
#endif
}
