// remote() and data() read the header without checks, so only a decoder makes a datagram.
// says: private

#include <socks/wire/datagram.hpp>

constexpr socks::bytes message("\0\0\0\1\300\0\2\7\1\273", 10);

#if defined(REFUSED)
constexpr socks::datagram received(message, 10, 0);
#else
constexpr socks::datagram received = *socks::decode_datagram(message);
#endif

static_assert(received.remote() == socks::endpoint{"192.0.2.7", 443});
