// A machine without SOCKS4 and SOCKS5 could not say anything.
// says: list feature::socks4, feature::socks5 or both

#include <socks/socks.hpp>

#if defined(REFUSED)
constexpr socks::feature version{};
#else
constexpr socks::feature version = socks::feature::socks5;
#endif

socks::basic_client<version | socks::feature::credentials> client;
socks::basic_chain<version | socks::feature::credentials> chain;
socks::basic_server<version | socks::feature::credentials> server;
