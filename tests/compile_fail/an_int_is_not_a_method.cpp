// A number that means something else must not end up in a greeting.
// says: no matching .*methods
// says: same<.*method>

#include <socks/socks.hpp>

#if defined(REFUSED)
constexpr socks::methods offered(2);
#else
constexpr socks::methods offered(static_cast<socks::method>(0x80));
#endif

static_assert(offered.size() == 1);
