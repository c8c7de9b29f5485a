// What client.cpp and server.cpp share: Asio or Boost.Asio, and the conversion of endpoints.

#ifndef SOCKS_ASIO_TCP_HPP
#define SOCKS_ASIO_TCP_HPP

#include <utility>  // before Boost.Asio 1.74, which uses std::exchange without it

#if defined(SOCKS_ASIO_BOOST)
#include <boost/asio.hpp>
#include <boost/system/system_error.hpp>
#else
#include <asio.hpp>
#endif

#include <cstring>

#include <socks/system/sockaddr.hpp>

#include "socks_asio.hpp"

namespace net = socks_asio::net;
using net::ip::tcp;
using socks_asio::error_code;

/// use_awaitable for an operation that stores its error, and does not throw it.
inline auto store_error(error_code& ec) { return net::redirect_error(net::use_awaitable, ec); }

/// `e` must have an address, not a name.
inline tcp::endpoint to_tcp(const socks::endpoint& e) {
    sockaddr_storage address;
    const size_t size = *socks::to_sockaddr(e, address);
    tcp::endpoint result;
    result.resize(size);
    std::memcpy(result.data(), &address, size);
    return result;
}

inline socks::endpoint from_tcp(const tcp::endpoint& e) {
    return socks::from_sockaddr(e.data(), static_cast<socklen_t>(e.size()));
}

#endif
