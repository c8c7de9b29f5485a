// A switch without default, and the compiler knows what is missing.
// says: enumeration value .?authenticate.? not handled

#include <socks/socks.hpp>

bool is_over(socks::server::next n) {
    using next = socks::server::next;
    switch (n) {
        case next::send:
        case next::recv:
#if !defined(REFUSED)
        case next::authenticate:
#endif
        case next::negotiate:
        case next::serve:
        case next::wait: return false;
        case next::done:
        case next::fail: break;
    }
    return true;
}
