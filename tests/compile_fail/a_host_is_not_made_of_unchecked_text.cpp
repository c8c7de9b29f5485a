// A NUL would end the name early in SOCKS4a. as_received() keeps such a name, and is_sendable() says that it
// is not sent.
// says: private

#include <socks/core/address.hpp>

constexpr socks::bytes name("a\0b", 3);

#if defined(REFUSED)
constexpr socks::host received(socks::host_kind::name, name, socks::errc::none);
#else
constexpr socks::host received = socks::host::as_received(name);
#endif

static_assert(!received.is_sendable());
