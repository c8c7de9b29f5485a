// Two conversions between the library and lwIP: the address of the proxy, and the text of an error.

#ifndef EXAMPLES_LWIP_CONVERT_HPP
#define EXAMPLES_LWIP_CONVERT_HPP

extern "C" {  // because the options of Debian's lwIP declare functions of C
#include <lwipopts.h>
}
#include <lwip/err.h>
#include <lwip/ip_addr.h>
#include <string.h>

#include <socks/socks.hpp>

/// The address for tcp_connect() or netconn_connect(). `from` must be an address, not a name.
inline ip_addr_t to_ip_addr(const socks::host& from) {
    ip_addr_t to{};
    if (from.kind() == socks::host_kind::ipv4) {
        const auto& b = from.v4().bytes;
        IP_ADDR4(&to, b[0], b[1], b[2], b[3]);
    } else {
        IP_SET_TYPE_VAL(to, IPADDR_TYPE_V6);
        memcpy(ip_2_ip6(&to)->addr, from.v6().bytes, sizeof from.v6().bytes);
    }
    return to;
}

/// The text of an error that ends a connection. lwip_strerr() has texts only in a debug build of lwIP.
inline const char* text_of(err_t e) {
    switch (e) {
        case ERR_RST: return "connection reset";
        case ERR_ABRT: return "connection aborted";
        case ERR_CLSD: return "connection closed";
        case ERR_RTE: return "no route";
        case ERR_MEM: return "out of memory";
        case ERR_TIMEOUT: return "timed out";
        default: return "error of lwIP";
    }
}

#endif
