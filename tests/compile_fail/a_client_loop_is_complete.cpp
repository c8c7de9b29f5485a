// A switch without default, and the compiler knows what is missing.
// says: enumeration value .?wait.? not handled

#include <socks/socks.hpp>

bool is_over(socks::client::next n) {
    using next = socks::client::next;
    switch (n) {
        case next::send:
        case next::recv:
        case next::negotiate:
#if !defined(REFUSED)
        case next::wait:
#endif
        case next::bound: return false;
        case next::done:
        case next::fail: break;
    }
    return true;
}
