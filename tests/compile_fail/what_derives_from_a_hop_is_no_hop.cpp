// A view of hops counts in hops: the second of larger things would be read from inside the first.
// says: no matching (function for call to|constructor for initialization of) .*hops

#include <socks/socks.hpp>
#include <vector>

struct weighed_hop : socks::hop {
    long weight[2] = {};
};

size_t length() {
#if defined(REFUSED)
    const std::vector<weighed_hop> proxies(2);
#else
    const std::vector<socks::hop> proxies(2);
#endif
    const socks::hops through(proxies);
    return through.size();
}
