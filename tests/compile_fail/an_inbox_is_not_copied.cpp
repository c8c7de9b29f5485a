// Views of early data would go on pointing into the original.
// says: deleted.*inbox

#include <socks/socks.hpp>

size_t waiting(const socks::inbox<512>& in) {
#if defined(REFUSED)
    const socks::inbox<512> kept = in;
#else
    const socks::inbox<512>& kept = in;
#endif
    return kept.data().size();
}
