// The port has its own place; a proxy would look up the name "localhost:80".
// says: this_text_is_neither_an_address_nor_a_host_name

#include <socks/socks.hpp>

#if defined(REFUSED)
constexpr socks::host to = "localhost:80";
#else
constexpr socks::host to = "localhost";
#endif

static_assert(to.kind() == socks::host_kind::name);
