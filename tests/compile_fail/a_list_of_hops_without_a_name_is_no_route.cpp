// A route borrows its hops, and a list in braces is gone at the end of the line.
// says: no matching (function for call to|constructor for initialization of) .*hops

#include <socks/socks.hpp>

size_t length() {
    const socks::hop proxies[] = {{.proxy = {"a.example", 1080}}, {.proxy = {"b.example", 1080}}};
#if defined(REFUSED)
    const socks::hops through{{{.proxy = {"a.example", 1080}}, {.proxy = {"b.example", 1080}}}};
#else
    const socks::hops through{proxies};
#endif
    return through.size() + sizeof(proxies);
}
