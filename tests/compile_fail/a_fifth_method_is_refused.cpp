// The machines hold four, by value.
// says: no matching .*methods
// says: sizeof\.\.\. ?\(M\) ?<= ?max

#include <socks/socks.hpp>

using socks::method;

#if defined(REFUSED)
constexpr socks::methods offered(method::none, method::gssapi, method::username_password, method::chap,
                                 method::ssl);
#else
constexpr socks::methods offered(method::none, method::gssapi, method::username_password, method::chap);
#endif

static_assert(offered.size() == 4);
