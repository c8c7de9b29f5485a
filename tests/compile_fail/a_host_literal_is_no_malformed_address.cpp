// What ends in a number is an address or a mistake, for resolvers each read it in their own way.
// says: this_text_is_neither_an_address_nor_a_host_name

#include <socks/socks.hpp>

#if defined(REFUSED)
constexpr socks::host to = "1.2.3.256";
#else
constexpr socks::host to = "1.2.3.255";
#endif

static_assert(to.kind() == socks::host_kind::ipv4);
